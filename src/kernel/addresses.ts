import type { IP } from '../net/address.ts';
import { dumpAddresses } from './netlink/address.ts';
import { NetlinkSocket } from './netlink/socket.ts';

/** An address of a network namespace. */
export interface OwnAddress {
  readonly address: IP;
  /** Whether it is one of `lo`. */
  readonly loopback: boolean;
}

/** Index of `lo` in every network namespace. */
const loopbackIndex = 1;

/**
 * The addresses of the network namespace at the path, those of links without carrier too, which getifaddrs(3) gives but
 * Node leaves out. Throws `kernel`. Equivalent command: `ip -n NAME address`.
 */
export function addressesIn(netns: string): readonly OwnAddress[] {
  const socket = new NetlinkSocket(netns);
  try {
    return dumpAddresses(socket).map(({ address, index }) => ({ address, loopback: index === loopbackIndex }));
  } finally {
    socket.close();
  }
}
