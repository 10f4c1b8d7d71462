/** Who answered, as servers of built-in images tell it. */
export interface AnswerIdentity {
  readonly pod?: string;
  readonly endpoint?: string;
  readonly source?: string;
}

/** Request that every built-in server, TCP and UDP, answers with one line of JSON: pod, endpoint, source. */
export const whoRequest = 'SVCLAB WHO\n';

/**
 * A header that fills more than one packet of any usual MTU. Built-in HTTP servers send it back, so that a path which
 * only small packets pass is noticed in both directions.
 */
export const paddingHeader = { name: 'Svclab-Padding', value: '.'.repeat(1_800) } as const;

function identityOf(get: (name: 'pod' | 'endpoint' | 'source') => unknown): AnswerIdentity {
  const pod = get('pod');
  const endpoint = get('endpoint');
  const source = get('source');
  return {
    ...(typeof pod === 'string' ? { pod } : {}),
    ...(typeof endpoint === 'string' ? { endpoint } : {}),
    ...(typeof source === 'string' ? { source } : {}),
  };
}

/** Identity in an answer to `SVCLAB WHO`; empty when the answer is something else. */
export function identityFromLine(text: string): AnswerIdentity {
  const line = text.split('\n', 1)[0] ?? '';
  if (!line.startsWith('{')) return {};
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return {};
    return identityOf((name) => (value as Record<string, unknown>)[name]);
  } catch {
    return {};
  }
}

/** Identity in the headers of an HTTP answer; names are in lower case. */
export function identityFromHeaders(header: (name: string) => string | undefined): AnswerIdentity {
  return identityOf((name) => header(`svclab-${name}`));
}

/** The parts of the start of an HTTP answer, or undefined when it is none. */
export function parseHttpAnswer(
  text: string,
): { readonly status: number; readonly identity: AnswerIdentity; readonly body: string } | undefined {
  const status = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(text)?.[1];
  if (status === undefined) return undefined;
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? text : text.slice(0, end);
  const headers = new Map<string, string>();
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const identity = identityFromHeaders((name) => headers.get(name));
  return { status: Number(status), identity, body: end < 0 ? '' : text.slice(end + 4) };
}
