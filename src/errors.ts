/** What went wrong, as a stable word that scripts may test for, and the exit status that goes with it. */
export const exitStatus = {
  /** bad input or usage */
  usage: 2,
  'invalid-yaml': 2,
  'invalid-object': 2,
  'unknown-field': 2,
  'unknown-kind': 2,
  forbidden: 2,
  conflict: 2,
  'already-exists': 2,
  'not-found': 2,
  /** a watch asks for changes that are forgotten (HTTP 410 Gone) */
  expired: 2,
  'no-such-lab': 2,
  'lab-exists': 2,
  /** the environment cannot do it */
  environment: 3,
  'missing-tool': 3,
  'permission-denied': 3,
  kernel: 3,
  timeout: 3,
  'lab-died': 3,
  internal: 3,
} as const;

/** Stable code of a LabError. */
export type LabErrorCode = keyof typeof exitStatus;

/** Where in the input the fault is; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** More about a LabError: the cure, the place, and faults that were found together with it. */
export interface LabErrorOptions {
  readonly hint?: string;
  readonly place?: Place;
  /** Path inside the object, such as `spec.ports[0].nodePort`. */
  readonly field?: string;
  /** Which object of a request with several is meant; counts from 0. */
  readonly object?: number;
  readonly cause?: unknown;
  /** All faults of one input, when there are several; the error itself then sums them up. */
  readonly all?: readonly LabError[];
}

/** The one error that svclab throws on purpose: a stable code, one line of what is wrong, and a hint for the cure. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly code: LabErrorCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly field: string | undefined;
  readonly object: number | undefined;
  readonly all: readonly LabError[];

  constructor(code: LabErrorCode, message: string, options: LabErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.place = options.place;
    this.field = options.field;
    this.object = options.object;
    this.all = options.all ?? [];
  }

  /** Exit status of a command that ends with this error: 2 for input and usage, 3 for the environment. */
  get exitStatus(): 2 | 3 {
    return exitStatus[this.code];
  }
}

/** A LabError as JSON, as it crosses the controller's API. */
export interface LabErrorJSON {
  readonly code: LabErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly field?: string;
  readonly object?: number;
  readonly place?: Place;
  readonly all?: readonly LabErrorJSON[];
}

/** The error as plain data, for the API and `--output json`. */
export function errorToJSON(error: LabError): LabErrorJSON {
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.object === undefined ? {} : { object: error.object }),
    ...(error.place === undefined ? {} : { place: error.place }),
    ...(error.all.length === 0 ? {} : { all: error.all.map(errorToJSON) }),
  };
}

/** The LabError that errorToJSON wrote. */
export function errorFromJSON(json: LabErrorJSON): LabError {
  const { code, message, all, ...rest } = json;
  return new LabError(code, message, { ...rest, ...(all === undefined ? {} : { all: all.map(errorFromJSON) }) });
}

/** Wraps whatever was thrown: LabErrors pass, anything else becomes `internal` with the original as its cause. */
export function toLabError(thrown: unknown): LabError {
  if (thrown instanceof LabError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LabError('internal', message, {
    cause: thrown,
    hint: 'This is a fault of svclab; run again with --debug.',
  });
}
