import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';
import { withNetns } from '../../kernel/netns.ts';
import type { Handlers, Identity } from '../images/types.ts';
import type { ServerSpec } from '../protocol.ts';
import { serveConnection } from './connection.ts';
import { matchWho, plainAddress, whoLine } from './who.ts';

/** A socket that listens. */
export interface Listening {
  /** Stops listening and ends all connections. */
  readonly close: () => void;
}

/** Opens a TCP server in the spec's network namespace. `failed` hears of a port that cannot be had. */
export function listenTcp(spec: ServerSpec, handlers: Handlers, failed: (error: Error) => void): Listening | undefined {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(socket, spec.identity, handlers);
  });
  server.on('error', failed);
  withNetns(spec.netns, () => server.listen({ port: spec.port }));
  if (server.address() === null) return undefined;
  return {
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** dgram binds at once, in the namespace just entered, only if its look-up answers at once. */
function sameAddress(family: 4 | 6) {
  return (
    host: string,
    _options: unknown,
    callback: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
  ): void => callback(null, host, family);
}

function bindUdp(spec: ServerSpec, family: 4 | 6): UdpSocket | Error {
  const socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4', lookup: sameAddress(family) });
  let failure: Error | undefined;
  socket.on('error', (error) => {
    failure = error;
  });
  withNetns(spec.netns, () => socket.bind({ port: spec.port, address: family === 6 ? '::' : '0.0.0.0' }));
  if (failure === undefined) return socket;
  socket.close();
  return failure;
}

function answerDatagram(message: Buffer, ends: Parameters<typeof whoLine>[1], identity: Identity, handlers: Handlers) {
  if (matchWho(message) === 'yes') return whoLine(identity, ends);
  try {
    return handlers.datagram?.(message, ends);
  } catch {
    return undefined;
  }
}

/** Opens a UDP server in the spec's network namespace. `failed` hears of a port that cannot be had. */
export function listenUdp(spec: ServerSpec, handlers: Handlers, failed: (error: Error) => void): Listening | undefined {
  const { identity, port } = spec;
  const dual = bindUdp(spec, 6);
  const socket = dual instanceof Error ? bindUdp(spec, 4) : dual;
  if (socket instanceof Error) {
    failed(socket);
    return undefined;
  }
  socket.on('message', (message, from) => {
    const remoteAddress = plainAddress(from.address);
    const localAddress = remoteAddress.startsWith('127.') || remoteAddress === '::1' ? remoteAddress : identity.ip;
    const ends = { localAddress, localPort: port, remoteAddress, remotePort: from.port };
    const answer = answerDatagram(message, ends, identity, handlers);
    if (answer !== undefined) socket.send(answer, from.port, from.address, () => undefined);
  });
  return { close: () => socket.close() };
}
