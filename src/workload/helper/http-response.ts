import { paddingHeader } from '../../probe/identity.ts';
import { headerValue } from '../images/query.ts';
import type { HttpRequest, HttpResponse } from '../images/types.ts';
import type { Who } from './who.ts';

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  505: 'HTTP Version Not Supported',
};

/** Whether the client wants the connection kept open after this request (RFC 9112, section 9.3). */
export function keepsAlive(request: HttpRequest): boolean {
  const wishes = (headerValue(request.headers, 'connection') ?? '').toLowerCase().split(/\s*,\s*/);
  return request.version === '1.0' ? wishes.includes('keep-alive') : !wishes.includes('close');
}

/** Text of a response with the headers that say who answered whom. */
export function renderResponse(
  response: HttpResponse,
  who: Who,
  options: {
    readonly keepAlive: boolean;
    readonly withBody: boolean;
    readonly version: string;
    /** Sent back, so that the answer takes several packets where the question did. */
    readonly padding?: string;
  },
): string {
  const status = response.status ?? 200;
  const lines = [
    `HTTP/1.1 ${status} ${reasons[status] ?? 'Unknown'}`,
    ...(response.headers ?? []).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(response.body)}`,
    `Svclab-Pod: ${who.pod}`,
    `Svclab-Endpoint: ${who.endpoint}`,
    `Svclab-Source: ${who.source}`,
  ];
  if (options.padding !== undefined) lines.push(`${paddingHeader.name}: ${options.padding}`);
  if (!options.keepAlive) lines.push('Connection: close');
  else if (options.version === '1.0') lines.push('Connection: keep-alive');
  return `${lines.join('\r\n')}\r\n\r\n${options.withBody ? response.body : ''}`;
}

/** Text of the answer to a request that cannot be understood. */
export function renderError(status: number, who: Who): string {
  const body = `${status} ${reasons[status] ?? 'Unknown'}\n`;
  return renderResponse({ status, headers: [['Content-Type', 'text/plain']], body }, who, {
    keepAlive: false,
    withBody: true,
    version: '1.1',
  });
}
