import type { Sandbox } from './sandbox.ts';

/** `ok`: usable. `warn`: usable with a limit. `missing`: not usable. */
export type CheckStatus = 'ok' | 'warn' | 'missing';

/** What one check found. */
export interface Finding {
  readonly status: CheckStatus;
  /** What was seen, one line. */
  readonly detail: string;
  /** The cure, one line; a command where there is one. */
  readonly fix?: string;
}

/** A finding with its place in the report. */
export interface CheckResult extends Finding {
  readonly id: string;
  readonly title: string;
  /** Whether labs cannot run without it. What is not needed is information. */
  readonly needed: boolean;
}

/** One thing to look at. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly needed: boolean;
  /** Tries it for real in the sandbox; undefined when no sandbox could be made. Changes nothing of the host. */
  readonly run: (sandbox: Sandbox | undefined) => Finding | Promise<Finding>;
}

/** What of this machine is usable. Part of the documented interface of `svclab doctor -o json`. */
export interface DoctorReport {
  /** Whether everything that is needed is there. */
  readonly usable: boolean;
  /** Release of the running kernel, as `uname -r` prints it. */
  readonly kernel: string;
  /** Whether labs will run as root or, without it, in a user namespace. */
  readonly runsAs: 'root' | 'user';
  readonly checks: readonly CheckResult[];
}
