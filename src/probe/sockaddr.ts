import { familyOf, type IP, ipFromBigInt, ipToBigInt } from '../net/address.ts';

/** Numbers of socket(2) on Linux. */
export const AF_INET = 2;
const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;

/** Address family number of socket(2) for an address. */
export function domainOf(ip: IP): number {
  return familyOf(ip) === 'ipv4' ? AF_INET : AF_INET6;
}

/** struct sockaddr_in or sockaddr_in6 of an address and port, as connect(2) takes it. */
export function encodeSockaddr(ip: IP, port: number): Uint8Array {
  const v4 = familyOf(ip) === 'ipv4';
  const bytes = new Uint8Array(v4 ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, domainOf(ip), true);
  view.setUint16(2, port);
  const value = ipToBigInt(ip);
  if (v4) view.setUint32(4, Number(value));
  else {
    view.setBigUint64(8, value >> 64n);
    view.setBigUint64(16, value & 0xffff_ffff_ffff_ffffn);
  }
  return bytes;
}

/** Address and port of a struct sockaddr_in or sockaddr_in6, as getsockname(2) gives it. */
export function decodeSockaddr(bytes: Uint8Array): { readonly address: IP; readonly port: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const port = view.getUint16(2);
  if (view.getUint16(0, true) === AF_INET) {
    return { address: ipFromBigInt(BigInt(view.getUint32(4)), 'ipv4'), port };
  }
  return { address: ipFromBigInt((view.getBigUint64(8) << 64n) | view.getBigUint64(16), 'ipv6'), port };
}
