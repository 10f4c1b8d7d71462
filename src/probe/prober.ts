import { createSocket } from 'node:dgram';
import { Socket } from 'node:net';
import { withNetns } from '../kernel/netns.ts';
import { hostPort } from '../net/address.ts';
import { identityFromLine, paddingHeader, parseHttpAnswer, whoRequest } from './identity.ts';
import { type Opened, openSocket } from './open.ts';
import { outcomeOfErrno, unanswered } from './outcome.ts';
import { patiently } from './patiently.ts';
import { mapLimit } from './pool.ts';
import type { AddressRequest, ProbeAnswer } from './types.ts';

const maxBody = 4096;
const maxAnswer = 16 * 1024;
/** How long a TCP server that is connected may keep silent before its silence is the answer. */
const silenceMs = 250;
const parallel = 128;

type Ended = Omit<ProbeAnswer, 'milliseconds' | 'localAddress' | 'localPort'>;

function failure(errno: string): Ended {
  return { outcome: outcomeOfErrno(errno) ?? 'dropped', message: errno };
}

const padding = `${paddingHeader.name}: ${paddingHeader.value}\r\n`;

function tcpRequest({ to }: AddressRequest): string {
  if (to.scheme !== 'http') return whoRequest;
  const host = hostPort(to.address, to.port ?? 80);
  return `GET ${to.path ?? '/'} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: svclab\r\nAccept: */*\r\n${padding}Connection: close\r\n\r\n`;
}

function tcpAnswer({ to }: AddressRequest, text: string): Ended {
  const http = parseHttpAnswer(text);
  if (http !== undefined) {
    return { outcome: 'delivered', ...http.identity, status: http.status, body: http.body.slice(0, maxBody) };
  }
  const identity = to.scheme === 'tcp' ? identityFromLine(text) : {};
  return { outcome: 'delivered', ...identity, ...(text === '' ? {} : { body: text.slice(0, maxBody) }) };
}

/** The end of patience on a connection that was made: HTTP wants an answer, other servers may keep silent. */
function silence(request: AddressRequest, text: string): Ended {
  if (request.to.scheme === 'http' && text === '') return { outcome: 'dropped', message: unanswered };
  return tcpAnswer(request, text);
}

function complete({ to }: AddressRequest, text: string): boolean {
  if (text.length >= maxAnswer) return true;
  if (to.scheme === 'tcp') return text.includes('\n');
  const end = text.indexOf('\r\n\r\n');
  const length = end < 0 ? undefined : /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1];
  return length !== undefined && text.length - end - 4 >= Number(length);
}

/** Waits for a TCP socket that is connecting: its answer, its error, or the end of patience. */
function converse(fd: number, request: AddressRequest): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const socket = new Socket({ fd, readable: true, writable: true });
  let text = '';
  let connected = false;
  const finish = (answer: Ended): void => {
    callOff();
    resolve(answer);
    socket.destroy();
  };
  const patience = (): void => finish(connected ? silence(request, text) : { outcome: 'dropped' });
  let callOff = patiently(patience, request.timeoutMs);
  socket.on('error', (error: NodeJS.ErrnoException) => {
    finish(connected ? tcpAnswer(request, text) : failure(error.code ?? error.message));
  });
  socket.on('data', (chunk: Buffer) => {
    connected = true;
    text += chunk.toString('latin1');
    if (complete(request, text)) finish(tcpAnswer(request, text));
  });
  socket.on('end', () => finish(tcpAnswer(request, text)));
  socket.write(tcpRequest(request), (error) => {
    if (error !== null && error !== undefined) return;
    connected = true;
    callOff();
    callOff = patiently(
      patience,
      request.to.scheme === 'tcp' ? Math.min(silenceMs, request.timeoutMs) : request.timeoutMs,
    );
  });
  return promise;
}

/** Waits for the answer to the datagram that was sent on a connected UDP socket. */
function listen(fd: number, request: AddressRequest): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const socket = createSocket(request.to.address.includes(':') ? 'udp6' : 'udp4');
  const finish = (answer: Ended): void => {
    callOff();
    resolve(answer);
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    socket.close();
  };
  const callOff = patiently(() => finish({ outcome: 'dropped' }), request.timeoutMs);
  socket.on('message', (message) => {
    const text = message.toString('utf8');
    finish({ outcome: 'delivered', ...identityFromLine(text), body: text.slice(0, maxBody) });
  });
  socket.on('error', (error: NodeJS.ErrnoException) => finish(failure(error.code ?? error.message)));
  socket.bind({ fd });
  return promise;
}

function open({ to }: AddressRequest): Opened {
  const port = to.port ?? (to.scheme === 'http' ? 80 : 0);
  if (to.scheme === 'udp') return openSocket('udp', to.address, port, Buffer.from(whoRequest));
  return openSocket('tcp', to.address, port);
}

/**
 * Tries one TCP, HTTP or UDP connection in this process: the socket is opened in the request's network namespace, and
 * answers are read by Node. A TCP connection that was made is delivered, also when it is closed or reset later; a
 * datagram or an HTTP request without an answer in time is dropped. Throws `kernel` when the namespace cannot be entered.
 */
export async function probeOnce(request: AddressRequest): Promise<ProbeAnswer> {
  const startedAt = performance.now();
  const opened = withNetns(request.netns, () => open(request));
  if ('errno' in opened) return { ...failure(opened.errno), milliseconds: performance.now() - startedAt };
  const { fd, localAddress, localPort } = opened;
  const ended = await (request.to.scheme === 'udp' ? listen(fd, request) : converse(fd, request));
  return { ...ended, milliseconds: performance.now() - startedAt, localAddress, localPort };
}

/** Tries the requests in this process, 128 at a time. Answers come back in the order of the requests. */
export async function probeFast(requests: readonly AddressRequest[]): Promise<readonly ProbeAnswer[]> {
  return mapLimit(requests, parallel, probeOnce);
}
