import { headerValue } from '../images/query.ts';
import type { HttpRequest } from '../images/types.ts';

/** What bytes of a connection came to. */
export interface ParsedRequests {
  readonly requests: readonly HttpRequest[];
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Status to answer with before the connection is closed. */
  readonly error?: number;
}

const limits = { head: 16 * 1024, headers: 100, body: 1024 * 1024 };
const empty: Buffer = Buffer.alloc(0);

/** The request line's pattern; a connection that begins otherwise is not HTTP. */
export const requestLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/(\d)\.(\d)$/;

type Head = Omit<HttpRequest, 'body'>;

function originForm(target: string): string {
  const absolute = /^https?:\/\/[^/?#]*(.*)$/i.exec(target)?.[1];
  if (absolute === undefined) return target;
  return absolute.startsWith('/') ? absolute : `/${absolute}`;
}

function parseHeaders(lines: readonly string[]): readonly (readonly [string, string])[] | undefined {
  if (lines.length > limits.headers) return undefined;
  const headers: (readonly [string, string])[] = [];
  for (const line of lines) {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) return undefined;
    headers.push([match[1], match[2]]);
  }
  return headers;
}

/** A request's head, or the status that tells what is wrong with it. */
function parseHead(text: string): Head | number {
  const [first = '', ...rest] = text.split(/\r?\n/);
  const [, method, target, major, minor] = requestLine.exec(first) ?? [];
  if (method === undefined || target === undefined) return 400;
  if (major !== '1') return 505;
  const headers = parseHeaders(rest);
  if (headers === undefined) return 400;
  const version = minor === '0' ? '1.0' : '1.1';
  if (version === '1.1' && headerValue(headers, 'host') === undefined) return 400;
  return { method, target: originForm(target), version, headers };
}

type Body = { readonly body: Buffer; readonly at: number } | number | undefined;

function readChunks(data: Buffer, from: number): Body {
  const parts: Buffer[] = [];
  let size = 0;
  let at = from;
  for (;;) {
    const end = data.indexOf('\r\n', at);
    if (end < 0) return data.length - at > 1024 ? 400 : undefined;
    const length = /^([0-9a-fA-F]{1,6})(?:;.*)?$/.exec(data.toString('latin1', at, end))?.[1];
    if (length === undefined) return 400;
    const bytes = Number.parseInt(length, 16);
    if (bytes === 0) return readTrailer(data, end + 2, Buffer.concat(parts));
    size += bytes;
    if (size > limits.body) return 413;
    at = end + 2 + bytes + 2;
    if (data.length < at) return undefined;
    parts.push(data.subarray(end + 2, end + 2 + bytes));
  }
}

function readTrailer(data: Buffer, from: number, body: Buffer): Body {
  if (data.indexOf('\r\n', from) === from) return { body, at: from + 2 };
  const end = data.indexOf('\r\n\r\n', from);
  if (end < 0) return data.length - from > limits.head ? 431 : undefined;
  return { body, at: end + 4 };
}

function readBody(head: Head, data: Buffer, from: number): Body {
  const lengths = head.headers.filter(([name]) => name.toLowerCase() === 'content-length').map(([, value]) => value);
  const coding = headerValue(head.headers, 'transfer-encoding');
  if (coding !== undefined) {
    if (lengths.length > 0 || coding.toLowerCase() !== 'chunked') return 400;
    return readChunks(data, from);
  }
  const [length = '0'] = lengths;
  if (lengths.some((other) => other !== length) || !/^\d{1,12}$/.test(length)) return 400;
  if (Number(length) > limits.body) return 413;
  const at = from + Number(length);
  return data.length < at ? undefined : { body: data.subarray(from, at), at };
}

function endOfHead(data: Buffer): { readonly head: number; readonly body: number } | undefined {
  const strict = data.indexOf('\r\n\r\n');
  const bare = data.indexOf('\n\n');
  if (bare >= 0 && (strict < 0 || bare < strict)) return { head: bare, body: bare + 2 };
  return strict < 0 ? undefined : { head: strict, body: strict + 4 };
}

/**
 * A parser of one connection's requests, HTTP/1.0 and 1.1 (RFC 9112), with pipelining. Heads are at most 16 KiB,
 * bodies 1 MiB. After an error the connection has to be closed.
 */
export function createHttpParser(): (chunk: Buffer) => ParsedRequests {
  let pending = empty;
  let told = false;
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const requests: HttpRequest[] = [];
    const failed = (error: number): ParsedRequests => ({ requests, expectsContinue: false, error });
    for (;;) {
      while (pending[0] === 13 || pending[0] === 10) pending = pending.subarray(1);
      const end = endOfHead(pending);
      if (end === undefined || end.head > limits.head) {
        if (end !== undefined || pending.length > limits.head) return failed(431);
        return { requests, expectsContinue: false };
      }
      const head = parseHead(pending.toString('latin1', 0, end.head));
      if (typeof head === 'number') return failed(head);
      const body = readBody(head, pending, end.body);
      if (typeof body === 'number') return failed(body);
      if (body === undefined) {
        const expectsContinue = !told && headerValue(head.headers, 'expect')?.toLowerCase() === '100-continue';
        told ||= expectsContinue;
        return { requests, expectsContinue };
      }
      told = false;
      requests.push({ ...head, body: body.body });
      pending = pending.subarray(body.at);
    }
  };
}
