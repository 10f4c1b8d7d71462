import { bind, close, recvfrom, setsockopt, socket } from './libc.ts';
import { withNetns } from './netns.ts';

const AF_PACKET = 17;
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000;
const ETH_P_ALL = 3;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const receiveBytes = 4 * 1024 * 1024;
const MSG_DONTWAIT = 0x40;
const PACKET_OTHERHOST = 3;
const PACKET_OUTGOING = 4;

/** A packet as it passed an interface. */
export interface PassedPacket {
  /** Number of the interface. */
  readonly index: number;
  readonly direction: 'in' | 'out';
  /** Came in for another Ethernet address: only a bridge takes it any farther. */
  readonly otherHost: boolean;
  /** 0x0800 for IPv4, 0x86dd for IPv6. */
  readonly etherType: number;
  /** From the network header on, cut off after 512 bytes. */
  readonly data: Buffer;
}

const snapLength = 512;

/** Sees every packet of all interfaces of a network namespace. Equivalent command: `tcpdump -i any`. */
export class PacketSocket {
  readonly #fd: number;

  /** Opens the socket in the namespace at the path; it sees what passes from now on. Throws `kernel`. */
  constructor(netns: string) {
    this.#fd = withNetns(netns, () => {
      const fd = socket(AF_PACKET, SOCK_DGRAM_CLOEXEC, 0);
      const address = Buffer.alloc(20);
      address.writeUInt16LE(AF_PACKET, 0);
      address.writeUInt16BE(ETH_P_ALL, 2);
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, receiveBytes);
      bind(fd, address);
      return fd;
    });
  }

  close(): void {
    close(this.#fd);
  }

  /** What has passed and nobody has read yet, without waiting; those that `wanted` says, by their EtherType and bytes. */
  drain(wanted: (etherType: number, data: Buffer) => boolean): readonly PassedPacket[] {
    const packets: PassedPacket[] = [];
    const address = Buffer.alloc(20);
    for (;;) {
      const received = recvfrom(this.#fd, shared, MSG_DONTWAIT, address);
      if (received < 0) return packets;
      const etherType = address.readUInt16BE(2);
      const data = shared.subarray(0, received);
      if (!wanted(etherType, data)) continue;
      packets.push({
        index: address.readInt32LE(4),
        direction: address.readUInt8(10) === PACKET_OUTGOING ? 'out' : 'in',
        otherHost: address.readUInt8(10) === PACKET_OTHERHOST,
        etherType,
        data: Buffer.from(data),
      });
    }
  }
}

const shared = Buffer.alloc(snapLength);
