import type { Family, IP } from '../net/address.ts';
import { nodePortAddresses } from './node-ports.ts';
import { portsOfInput } from './ports-of-input.ts';
import type { ProxyInput } from './types.ts';

/** A port of the node that kube-proxy keeps a listening socket on, so that no other program takes it. */
export interface HeldPort {
  readonly protocol: 'tcp' | 'udp';
  readonly family: Family;
  /** Undefined: all addresses of the family. */
  readonly ip: IP | undefined;
  readonly port: number;
}

/**
 * The sockets that kube-proxy up to 1.21 holds: every nodePort on the addresses that take NodePort traffic, and the
 * port of every external IP that the node owns. SCTP is left out. Release 1.36 holds none. `ss -ltnu` shows them.
 */
export function heldPorts(input: ProxyInput): readonly HeldPort[] {
  if (input.release === '1.36') return [];
  const { matchAll, ips } = nodePortAddresses(input, 'all');
  const addresses = matchAll ? [undefined] : ips;
  const held = portsOfInput(input).flatMap(({ info }): HeldPort[] => {
    const { protocol, nodePort, port } = info;
    const { family } = input;
    if (protocol === 'sctp') return [];
    const own = info.externalIPs.filter((ip) => input.node.ips.includes(ip));
    return [
      ...own.map((ip) => ({ protocol, family, ip, port })),
      ...(nodePort === 0 ? [] : addresses.map((ip) => ({ protocol, family, ip, port: nodePort }))),
    ];
  });
  const distinct = new Map(held.map((socket) => [`${socket.protocol} ${socket.ip} ${socket.port}`, socket]));
  return [...distinct.values()];
}
