import { decodeEthernet } from './ethernet.ts';
import type { IPPacket } from './types.ts';

/** What a VXLAN datagram carries (RFC 7348). */
export interface Vxlan {
  readonly vni: number;
  readonly inner: IPPacket;
}

/** What is wrapped in a datagram to the UDP port; undefined when it is no VXLAN, or wraps no IP packet. */
export function unwrapVxlan({ destinationPort, payload }: IPPacket, port: number): Vxlan | undefined {
  if (destinationPort !== port || payload === undefined || payload.length < 8) return undefined;
  if ((payload.readUInt8(0) & 0x08) === 0) return undefined;
  const inner = decodeEthernet(payload.subarray(8));
  return inner === undefined ? undefined : { vni: payload.readUIntBE(4, 3), inner };
}
