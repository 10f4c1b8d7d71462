import { getSystemErrorName } from 'node:util';
import { close, connect, getsockname, getsockopt, send, setsockopt, socket } from '../kernel/libc.ts';
import { familyOf, type IP } from '../net/address.ts';
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

const EPERM = 1;
const EINPROGRESS = 115;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SOL_IP = 0;
const IP_TOS = 1;
const IP_RECVERR = 11;
const SOL_IPV6 = 41;
const IPV6_RECVERR = 25;
const IPV6_TCLASS = 67;

/**
 * Starts to connect; returns errno, or 0 when it is under way. An ICMP error can come back before connect(2) has
 * returned, when all hops are in this kernel. The socket is locked then, so that Linux keeps the error as a soft one and
 * would fail the connection only after the next SYN, a second later; SO_ERROR tells of it now.
 */
function startConnect(fd: number, address: Uint8Array): number {
  const errno = connect(fd, address);
  return errno === EINPROGRESS ? getsockopt(fd, SOL_SOCKET, SO_ERROR) : errno;
}

/**
 * Sends a datagram; returns errno, or 0 when it is under way. A rule on the sender's own way out gives EPERM whether it
 * drops or rejects; the ICMP error of a rejection comes then, or in a moment.
 */
function say(fd: number, datagram: Uint8Array): number {
  const sent = send(fd, datagram);
  if (sent !== -EPERM) return Math.max(0, -sent);
  return getsockopt(fd, SOL_SOCKET, SO_ERROR);
}

/** Without this a UDP socket is told of closed ports only, not of unreachable networks and hosts (ip(7)). */
function reportErrors(fd: number, address: IP): void {
  if (familyOf(address) === 'ipv4') setsockopt(fd, SOL_IP, IP_RECVERR, 1);
  else setsockopt(fd, SOL_IPV6, IPV6_RECVERR, 1);
}

/** What everything that is sent carries in its differentiated services field (RFC 2474), `ping -Q` shifted by two bits. */
function setDscp(fd: number, address: IP, dscp: number): void {
  if (familyOf(address) === 'ipv4') setsockopt(fd, SOL_IP, IP_TOS, dscp << 2);
  else setsockopt(fd, SOL_IPV6, IPV6_TCLASS, dscp << 2);
}

/**
 * Opens a socket in the network namespace that the thread is in, and starts to connect it; a UDP socket sends its first
 * datagram too. Throws `kernel` when no socket can be had.
 */
export function openSocket(
  kind: 'tcp' | 'udp',
  address: IP,
  port: number,
  datagram?: Uint8Array,
  dscp?: number,
): Opened {
  const type = kind === 'tcp' ? SOCK_STREAM : SOCK_DGRAM;
  const fd = socket(domainOf(address), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (kind === 'udp') reportErrors(fd, address);
  if (dscp !== undefined) setDscp(fd, address, dscp);
  const failed = startConnect(fd, encodeSockaddr(address, port)) || (datagram === undefined ? 0 : say(fd, datagram));
  if (failed !== 0) {
    close(fd);
    return { errno: getSystemErrorName(-failed) };
  }
  const local = decodeSockaddr(getsockname(fd));
  return { fd, localAddress: local.address, localPort: local.port };
}
