/** Commands of one chunk, and what is wrong with what follows them. */
export interface Parsed {
  readonly commands: readonly (readonly string[])[];
  /** Text for `-ERR Protocol error: …`; the connection must end. */
  readonly error?: string;
}

const limits = { inline: 64 * 1024, arguments: 1024, bulk: 512 * 1024, pending: 1024 * 1024 };

type Step = { readonly at: number; readonly words: readonly string[] } | { readonly error: string } | undefined;

function lineEnd(data: string, from: number): number {
  return data.indexOf('\n', from);
}

function readInteger(text: string): number | undefined {
  return /^-?\d{1,9}\r?$/.test(text) ? Number.parseInt(text, 10) : undefined;
}

/** One array of bulk strings, as clients send commands. */
function readArray(data: string): Step {
  const end = lineEnd(data, 0);
  if (end < 0) return undefined;
  const count = readInteger(data.slice(1, end));
  if (count === undefined || count > limits.arguments) return { error: 'invalid multibulk length' };
  const words: string[] = [];
  let at = end + 1;
  for (let i = 0; i < count; i++) {
    const headEnd = lineEnd(data, at);
    if (headEnd < 0) return undefined;
    if (data[at] !== '$') return { error: `expected '$', got '${data.slice(at, at + 1)}'` };
    const length = readInteger(data.slice(at + 1, headEnd));
    if (length === undefined || length < 0 || length > limits.bulk) return { error: 'invalid bulk length' };
    at = headEnd + 1 + length + 2;
    if (data.length < at) return undefined;
    words.push(data.slice(headEnd + 1, headEnd + 1 + length));
  }
  return { at, words };
}

function readInline(data: string): Step {
  const end = lineEnd(data, 0);
  if (end < 0) return data.length > limits.inline ? { error: 'too big inline request' } : undefined;
  const text = data.slice(0, end).replace(/\r$/, '');
  const quotes = text.match(/"/g)?.length ?? 0;
  if (quotes % 2 === 1) return { error: 'unbalanced quotes in request' };
  const words = [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
  return { at: end + 1, words };
}

/**
 * A parser of what a redis client sends: RESP arrays of bulk strings, and inline commands. Bytes are kept as latin1
 * characters. It remembers what is incomplete. Source: the redis serialization protocol specification.
 */
export function createParser(): (chunk: Buffer) => Parsed {
  let pending = '';
  return (chunk) => {
    pending += chunk.toString('latin1');
    const commands: (readonly string[])[] = [];
    while (pending !== '') {
      const step = pending.startsWith('*') ? readArray(pending) : readInline(pending);
      if (step === undefined) break;
      if ('error' in step) return { commands, error: step.error };
      pending = pending.slice(step.at);
      if (step.words.length > 0) commands.push(step.words);
    }
    return pending.length > limits.pending ? { commands, error: 'too big request' } : { commands };
  };
}
