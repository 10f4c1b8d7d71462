import { bind, close, lastErrno, listen, setsockopt, socket } from '../kernel/libc.ts';
import type { IP } from '../net/address.ts';
import { domainOf, encodeSockaddr, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK, SOCK_STREAM } from '../probe/sockaddr.ts';

const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SOL_IPV6 = 41;
const IPV6_V6ONLY = 26;
const EAFNOSUPPORT = 97;
/** net.core.somaxconn of current kernels, which Go listens with. */
const backlog = 4096;

/** Every address of the host, of both families. */
export const anyAddress = '::' as IP;
/** Every IPv4 address of the host. */
export const anyIPv4 = '0.0.0.0' as IP;

/** Where to listen. */
export interface ListeningAddress {
  readonly protocol: 'tcp' | 'udp';
  /** `::` stands for both families, as a wildcard address does in Go. */
  readonly address: IP;
  readonly port: number;
  /** `::` is to stand for IPv6 alone. */
  readonly onlyIPv6?: true;
}

function openFor(address: IP, type: number): { readonly fd: number; readonly address: IP } {
  try {
    return { fd: socket(domainOf(address), type, 0), address };
  } catch (error) {
    if (address !== anyAddress || lastErrno() !== EAFNOSUPPORT) throw error;
    return { fd: socket(domainOf(anyIPv4), type, 0), address: anyIPv4 };
  }
}

/**
 * Opens a socket that listens (TCP) or is bound (UDP) in the network namespace that the thread is in, and returns its
 * descriptor. On a host without IPv6, `::` means all of IPv4. Throws `kernel`, with EADDRINUSE when the port is taken.
 */
export function openListening({ protocol, address, port, onlyIPv6 }: ListeningAddress): number {
  const type = (protocol === 'tcp' ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const opened = openFor(address, type);
  try {
    if (protocol === 'tcp') setsockopt(opened.fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (opened.address === anyAddress) setsockopt(opened.fd, SOL_IPV6, IPV6_V6ONLY, onlyIPv6 ? 1 : 0);
    bind(opened.fd, encodeSockaddr(opened.address, port));
    if (protocol === 'tcp') listen(opened.fd, backlog);
    return opened.fd;
  } catch (error) {
    close(opened.fd);
    throw error;
  }
}
