import type { Socket } from 'node:net';
import { paddingHeader, whoRequest } from '../../probe/identity.ts';
import { headerValue } from '../images/query.ts';
import type { Ends, Handlers, HttpRequest, HttpResponse, Identity, Reply, Session } from '../images/types.ts';
import { createHttpParser, requestLine } from './http-request.ts';
import { keepsAlive, renderError, renderResponse } from './http-response.ts';
import { matchWho, plainAddress, whoLine, whoOf } from './who.ts';

const limits = { firstLine: 8 * 1024, idleMs: 75_000, lingerMs: 5_000, greetingMs: 40 };

type Receive = (chunk: Buffer) => void;

function endsOf(socket: Socket): Ends {
  return {
    localAddress: plainAddress(socket.localAddress ?? ''),
    localPort: socket.localPort ?? 0,
    remoteAddress: plainAddress(socket.remoteAddress ?? ''),
    remotePort: socket.remotePort ?? 0,
  };
}

function send(socket: Socket, data: string | Buffer): void {
  if (!socket.writable || socket.write(data)) return;
  socket.pause();
  socket.once('drain', () => socket.resume());
}

function finish(socket: Socket, data: string | Buffer): void {
  socket.removeAllListeners('data');
  socket.resume();
  socket.end(data);
  socket.setTimeout(limits.lingerMs, () => socket.destroy());
}

function reply(socket: Socket, answer: Reply | undefined): void {
  if (answer === undefined) return;
  if (answer.end === true) finish(socket, answer.data);
  else send(socket, answer.data);
}

function respond(handler: (request: HttpRequest, ends: Ends) => HttpResponse, request: HttpRequest, ends: Ends) {
  try {
    return handler(request, ends);
  } catch {
    return { status: 500, body: 'the image failed to answer\n' };
  }
}

function httpReceiver(
  socket: Socket,
  identity: Identity,
  ends: Ends,
  handler: (request: HttpRequest, ends: Ends) => HttpResponse,
): Receive {
  const parse = createHttpParser();
  const who = whoOf(identity, ends);
  socket.setTimeout(limits.idleMs, () => socket.destroy());
  return (chunk) => {
    const { requests, expectsContinue, error } = parse(chunk);
    let text = '';
    for (const request of requests) {
      const keepAlive = keepsAlive(request);
      const padding = headerValue(request.headers, paddingHeader.name.toLowerCase());
      const options = {
        keepAlive,
        withBody: request.method !== 'HEAD',
        version: request.version,
        ...(padding === undefined ? {} : { padding }),
      };
      text += renderResponse(respond(handler, request, ends), who, options);
      if (!keepAlive) {
        finish(socket, text);
        return;
      }
    }
    if (error !== undefined) {
      finish(socket, text + renderError(error, who));
      return;
    }
    if (expectsContinue) text += 'HTTP/1.1 100 Continue\r\n\r\n';
    if (text !== '') send(socket, text);
  };
}

function sessionReceiver(socket: Socket, session: Session): Receive {
  reply(socket, session.greeting);
  return (chunk) => reply(socket, session.receive?.(chunk));
}

function speaksHttp(data: Buffer): boolean | undefined {
  const end = data.indexOf(10);
  if (end < 0) return data.length > limits.firstLine ? false : undefined;
  return requestLine.test(data.toString('latin1', 0, end).replace(/\r$/, ''));
}

/**
 * Serves one TCP connection: answers `SVCLAB WHO` lines, then speaks HTTP or the image's own protocol, by what the
 * client's first line looks like where the image has both. Nothing that a client sends makes it throw.
 */
export function serveConnection(socket: Socket, identity: Identity, handlers: Handlers): void {
  const ends = endsOf(socket);
  let pending: Buffer = Buffer.alloc(0);
  let receive: Receive | undefined;

  const handOver = (take: NonNullable<Handlers['connection']>): void => {
    for (const event of ['data', 'end', 'error']) socket.removeAllListeners(event);
    take(socket, pending);
  };
  const speak = (http: boolean): void => {
    clearTimeout(greeting);
    if (http && handlers.http !== undefined) receive = httpReceiver(socket, identity, ends, handlers.http);
    else receive = sessionReceiver(socket, handlers.session?.(ends) ?? { greeting: { data: '', end: true } });
    if (pending.length > 0 && socket.listenerCount('data') > 0) receive(pending);
    pending = Buffer.alloc(0);
  };
  const decide = (): void => {
    while (matchWho(pending) === 'yes') {
      send(socket, whoLine(identity, ends));
      pending = pending.subarray(whoRequest.length);
    }
    if (pending.length === 0 || matchWho(pending) === 'partly') return;
    if (handlers.connection !== undefined) {
      handOver(handlers.connection);
      return;
    }
    const http = handlers.session === undefined || (handlers.http !== undefined && speaksHttp(pending));
    if (http !== undefined) speak(http);
  };
  const waits = handlers.http === undefined && handlers.session?.(ends).greeting !== undefined;
  const greeting = waits ? setTimeout(speak, limits.greetingMs, false) : undefined;

  socket.on('data', (chunk: Buffer) => {
    if (receive !== undefined) return receive(chunk);
    clearTimeout(greeting);
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    decide();
  });
  socket.on('end', () => {
    if (receive === undefined && pending.length > 0 && handlers.session !== undefined) {
      pending = Buffer.concat([pending, Buffer.from('\n')]);
      decide();
    }
    socket.end();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clearTimeout(greeting));
}
