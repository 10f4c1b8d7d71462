import { close, getsockopt, setsockopt, socket } from './libc.ts';
import { withNetns } from './netns.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_NETFILTER = 12;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_SNDBUFFORCE = 32;
/** More than any transaction takes. */
const plenty = 1 << 30;
/** What the kernel keeps of the buffer for itself (netlink_sendmsg). */
const overhead = 32;

function roomOfSocket(fd: number): number {
  try {
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, plenty);
    return Number.POSITIVE_INFINITY;
  } catch {
    return getsockopt(fd, SOL_SOCKET, SO_SNDBUF) - overhead;
  }
}

/**
 * How many bytes one netlink message to Netfilter may have, sent from a network namespace. There is no limit for root;
 * for others, also for root of a user namespace, it is net.core.wmem_default, because nft does not ask for more where it
 * may not have what it likes. A longer one is refused with EMSGSIZE, `Message too long`. Throws `kernel`.
 */
export function netlinkRoom(netns: string): number {
  return withNetns(netns, () => {
    const fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
    try {
      return roomOfSocket(fd);
    } finally {
      close(fd);
    }
  });
}
