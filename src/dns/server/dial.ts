import type { Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import type { SocketAddress } from '../../net/socket-address.ts';
import { udpSocket } from './udp.ts';

/** Opens connected sockets to other servers; where they are opened decides which network the questions travel. */
export interface Dial {
  /** Throws when there is no socket to be had. */
  readonly udp: (server: SocketAddress) => UdpSocket;
  /** Throws when there is no socket to be had, or no way to the server. */
  readonly tcp: (server: SocketAddress) => Socket;
}

/** Sockets of this process's own network. */
export const dialHere: Dial = {
  udp: ({ address, port }) => {
    const socket = udpSocket(address);
    socket.connect(port, address);
    return socket;
  },
  tcp: ({ address, port }) => connect({ host: address, port }),
};
