import { Socket } from 'node:net';
import type { Dial } from '../../dns/server/dial.ts';
import { udpSocket } from '../../dns/server/udp.ts';
import { withNetns } from '../../kernel/netns.ts';
import { openSocket } from '../../probe/open.ts';

/** Opens sockets in the network namespace at the path, so that what is sent takes the way of everything sent there. */
export function dialFrom(netns: string): Dial {
  return {
    udp: ({ address, port }) => {
      const socket = udpSocket(address);
      try {
        withNetns(netns, () => socket.connect(port, address));
      } catch (error) {
        socket.close();
        throw error;
      }
      return socket;
    },
    tcp: ({ address, port }) => {
      const opened = withNetns(netns, () => openSocket('tcp', address, port));
      if ('errno' in opened) throw new Error(opened.errno);
      return new Socket({ fd: opened.fd, readable: true, writable: true });
    },
  };
}
