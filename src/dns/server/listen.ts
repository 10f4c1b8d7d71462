import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { LabError } from '../../errors.ts';
import type { Responder } from '../responder.ts';
import { createFrameReader, frame } from '../wire/frames.ts';
import { udpSocket } from './udp.ts';
import { forward } from './upstream.ts';

/** A DNS server that listens. */
export interface DnsListener {
  readonly address: string;
  readonly port: number;
  /** Stops listening and ends all connections. */
  readonly close: () => void;
}

const idleMs = 10_000;

function serveConnection(socket: Socket, responder: Responder): void {
  const read = createFrameReader();
  const send = (message: Buffer): void => {
    if (socket.writable && !socket.write(frame(message))) {
      socket.pause();
      socket.once('drain', () => socket.resume());
    }
  };
  let waiting = 0;
  const endWhenDone = (): void => {
    if (socket.readableEnded && waiting === 0) socket.end();
  };
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on('data', (chunk) => {
    for (const message of read(chunk)) {
      const response = responder.respond(message, 'tcp');
      if (response === undefined) continue;
      if (Buffer.isBuffer(response)) send(response);
      else {
        waiting++;
        void forward(response).then((reply) => {
          waiting--;
          send(reply);
          endWhenDone();
        });
      }
    }
  });
  socket.on('end', endWhenDone);
  socket.on('error', () => socket.destroy());
}

async function listenTcp(responder: Responder, host: string, port: number, sockets: Set<Socket>): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(socket, responder);
  });
  const listening = once(server, 'listening');
  server.listen({ host, port });
  await listening;
  return server;
}

async function listenUdp(responder: Responder, host: string, port: number) {
  const socket = udpSocket(host);
  socket.on('message', (message, { address, port: from }) => {
    const response = responder.respond(message, 'udp');
    if (response === undefined) return;
    if (Buffer.isBuffer(response)) socket.send(response, from, address, ignore);
    else void forward(response).then((reply) => socket.send(reply, from, address, ignore));
  });
  const listening = once(socket, 'listening');
  socket.bind({ address: host, port });
  await listening;
  socket.on('error', ignore);
  return socket;
}

/** A client that is gone is no fault of the server's. */
function ignore(): void {}

/**
 * Answers UDP and TCP on an address; port 0 is a free one, the same for both. Throws `environment` and
 * `permission-denied` when the port cannot be had.
 */
export async function listenDns(responder: Responder, host: string, port: number): Promise<DnsListener> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  try {
    server = await listenTcp(responder, host, port, sockets);
    const { port: chosen } = server.address() as AddressInfo;
    const udp = await listenUdp(responder, host, chosen);
    const tcp = server;
    const close = (): void => {
      udp.close();
      tcp.close();
      for (const socket of sockets) socket.destroy();
    };
    return { address: host, port: chosen, close };
  } catch (error) {
    server?.close();
    throw listenError(error, host, port);
  }
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = `cannot listen on ${host} port ${port}`;
  if (code === 'EACCES') {
    const hint = 'Ports below 1024 need root; choose another with --listen.';
    return new LabError('permission-denied', where, { hint, cause: error });
  }
  if (code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL') {
    const why = code === 'EADDRINUSE' ? 'another program listens there' : 'this machine does not have the address';
    return new LabError('environment', `${where}: ${why}`, { hint: 'Choose another with --listen.', cause: error });
  }
  return error;
}
