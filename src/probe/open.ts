import { getSystemErrorName } from 'node:util';
import { close, connect, getsockname, send, socket } from '../kernel/libc.ts';
import type { IP } from '../net/address.ts';
import {
  decodeSockaddr,
  domainOf,
  encodeSockaddr,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
} from './sockaddr.ts';

/** A socket on its way, or the name of the errno that stopped it at once. */
export type Opened =
  | { readonly fd: number; readonly localAddress: IP; readonly localPort: number }
  | { readonly errno: string };

const EINPROGRESS = 115;

/**
 * Opens a socket in the network namespace that the thread is in, and starts to connect it; a UDP socket sends its first
 * datagram too. Throws `kernel` when no socket can be had.
 */
export function openSocket(kind: 'tcp' | 'udp', address: IP, port: number, datagram?: Uint8Array): Opened {
  const type = kind === 'tcp' ? SOCK_STREAM : SOCK_DGRAM;
  const fd = socket(domainOf(address), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const errno = connect(fd, encodeSockaddr(address, port));
  const failed = errno === EINPROGRESS ? 0 : errno;
  const sent = failed === 0 && datagram !== undefined ? send(fd, datagram) : 0;
  if (failed !== 0 || sent < 0) {
    close(fd);
    return { errno: getSystemErrorName(failed === 0 ? sent : -failed) };
  }
  const local = decodeSockaddr(getsockname(fd));
  return { fd, localAddress: local.address, localPort: local.port };
}
