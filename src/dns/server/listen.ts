import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { LabError } from '../../errors.ts';
import type { Responder } from '../responder.ts';
import { answerDnsDatagram, type DnsServer, serveDnsConnection } from './connection.ts';
import { Forwarder } from './forwarder.ts';
import { answerTo, udpSocket } from './udp.ts';

/** A DNS server that listens. */
export interface DnsListener {
  readonly address: string;
  readonly port: number;
  /** Stops listening and ends all connections. */
  readonly close: () => void;
}

async function listenTcp(dns: DnsServer, host: string, port: number, sockets: Set<Socket>): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveDnsConnection(socket, dns);
  });
  const listening = once(server, 'listening');
  server.listen({ host, port });
  await listening;
  return server;
}

async function listenUdp(dns: DnsServer, host: string, port: number) {
  const socket = udpSocket(host);
  socket.on('message', (message, from) => {
    const answer = answerDnsDatagram(message, dns);
    if (Buffer.isBuffer(answer)) answerTo(socket, answer, from);
    else void answer?.then((reply) => answerTo(socket, reply, from));
  });
  const listening = once(socket, 'listening');
  socket.bind({ address: host, port });
  try {
    await listening;
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', ignore);
  return socket;
}

/** A client that is gone is no fault of the server's. */
function ignore(): void {}

/** How often a port that is free for TCP may be taken for UDP. */
const tries = 20;

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * Answers UDP and TCP on an address; port 0 is a free one, the same for both. Throws `environment` and
 * `permission-denied` when the port cannot be had.
 */
export async function listenDns(responder: Responder, host: string, port: number): Promise<DnsListener> {
  for (let left = tries; ; left--) {
    try {
      return await listenBoth({ responder, forwarder: new Forwarder() }, host, port);
    } catch (error) {
      if (port !== 0 || left === 0 || codeOf(error) !== 'EADDRINUSE') throw listenError(error, host, port);
    }
  }
}

async function listenBoth(dns: DnsServer, host: string, port: number): Promise<DnsListener> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  try {
    server = await listenTcp(dns, host, port, sockets);
    const { port: chosen } = server.address() as AddressInfo;
    const udp = await listenUdp(dns, host, chosen);
    const tcp = server;
    const close = (): void => {
      udp.close();
      tcp.close();
      for (const socket of sockets) socket.destroy();
    };
    return { address: host, port: chosen, close };
  } catch (error) {
    server?.close();
    throw error;
  }
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = codeOf(error);
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
