import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { answerTo } from '../../dns/server/udp.ts';
import { addressesIn } from '../../kernel/addresses.ts';
import { withNetns } from '../../kernel/netns.ts';
import type { Handlers, Identity } from '../images/types.ts';
import type { ServerSpec } from '../protocol.ts';
import { serveConnection } from './connection.ts';
import { matchWho, plainAddress, whoLine } from './who.ts';

/** A socket that listens. */
export interface Listening {
  /** Stops listening and ends all connections. */
  readonly close: () => void;
  /** Descriptor of a TCP server's socket. */
  readonly fd?: number;
}

/** Node keeps a server's descriptor to itself; libuv names it on its handle. */
function descriptorOf(server: Server): number | undefined {
  return (server as Server & { readonly _handle?: { readonly fd?: number } })._handle?.fd;
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
  const fd = descriptorOf(server);
  return {
    ...(fd === undefined ? {} : { fd }),
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

function bindUdp(spec: ServerSpec, address: string): UdpSocket | Error {
  const family = isIPv6(address) ? 6 : 4;
  const socket = createSocket({ type: family === 6 ? 'udp6' : 'udp4', lookup: sameAddress(family) });
  let failure: Error | undefined;
  socket.on('error', (error) => {
    failure = error;
  });
  withNetns(spec.netns, () => socket.bind({ port: spec.port, address }));
  if (failure === undefined) return socket;
  socket.close();
  return failure;
}

/**
 * The addresses to bind to: each of a host's own, since a socket bound to all of them answers from the address of the
 * route back, and the sender, who asked another one, does not take that. A Pod has only one of each family.
 */
function udpAddresses({ netns }: ServerSpec): readonly string[] {
  const own = addressesIn(netns).filter(({ address }) => !address.startsWith('fe80:'));
  const isHost = own.filter(({ address, loopback }) => !loopback && !isIPv6(address)).length > 1;
  return isHost ? own.map(({ address }) => address) : ['::'];
}

/** Sockets of all addresses, or why there is none. One for all of IPv4 where there is no IPv6. */
function bindAll(spec: ServerSpec, addresses: readonly string[]): readonly UdpSocket[] | Error {
  const sockets: UdpSocket[] = [];
  for (const address of addresses) {
    const socket = bindUdp(spec, address);
    if (!(socket instanceof Error)) sockets.push(socket);
    else if (address === '::') return bindAll(spec, ['0.0.0.0']);
    else {
      for (const other of sockets) other.close();
      return socket;
    }
  }
  return sockets;
}

function answerDatagram(message: Buffer, ends: Parameters<typeof whoLine>[1], identity: Identity, handlers: Handlers) {
  if (matchWho(message) === 'yes') return whoLine(identity, ends);
  try {
    return handlers.datagram?.(message, ends);
  } catch {
    return undefined;
  }
}

function sendBack(socket: UdpSocket, answer: string | Buffer | undefined, to: Parameters<typeof answerTo>[2]): void {
  if (answer !== undefined) answerTo(socket, answer, to);
}

/** A datagram does not tell where it arrived: at the Pod's address of the sender's family. */
function localAddressTowards(remote: string, { ip, ipv6 = ip }: Identity): string {
  if (remote.startsWith('127.') || remote === '::1') return remote;
  return remote.includes(':') ? ipv6 : ip;
}

/** Opens a UDP server in the spec's network namespace. `failed` hears of a port that cannot be had. */
export function listenUdp(spec: ServerSpec, handlers: Handlers, failed: (error: Error) => void): Listening | undefined {
  const { identity, port } = spec;
  const sockets = bindAll(spec, udpAddresses(spec));
  if (sockets instanceof Error) {
    failed(sockets);
    return undefined;
  }
  for (const socket of sockets) {
    socket.on('message', (message, from) => {
      const remoteAddress = plainAddress(from.address);
      const localAddress = localAddressTowards(remoteAddress, identity);
      const ends = { localAddress, localPort: port, remoteAddress, remotePort: from.port };
      const answer = answerDatagram(message, ends, identity, handlers);
      if (answer instanceof Promise) void answer.then((later) => sendBack(socket, later, from));
      else sendBack(socket, answer, from);
    });
  }
  return {
    close: () => {
      for (const socket of sockets) socket.close();
    },
  };
}
