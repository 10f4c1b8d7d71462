import { fillLogGroup, type LoggedPacket, NFULNL_MSG_CONFIG, readLoggedPacket } from './netlink/nflog.ts';
import { NFNLGRP_NFTRACE, type NftTraceEvent, readNftTrace } from './netlink/nft-trace.ts';
import { NETLINK_NETFILTER, NetlinkSocket } from './netlink/socket.ts';
import { netnsPath, withNetns } from './netns.ts';
import { PacketSocket, type PassedPacket } from './packet-socket.ts';
import { readSysctl, writeSysctl } from './sysctl.ts';

/** What was seen in one network namespace. */
export interface Watched {
  readonly netns: string;
  readonly packets: readonly PassedPacket[];
  /** Rules of iptables-legacy that traced packets met. */
  readonly logged: readonly LoggedPacket[];
  /** Rules of nftables that traced packets met. */
  readonly traced: readonly NftTraceEvent[];
  /** Whether the kernel had more to tell than there was room for. */
  readonly lost: boolean;
}

/** Where the kernel sends what TRACE says of IPv4 and IPv6 packets; by default into the kernel's log. */
const loggers = ['net.netfilter.nf_log.2', 'net.netfilter.nf_log.10'] as const;
const loggerName = 'nfnetlink_log';
/** The group that TRACE of iptables-legacy logs to. */
const traceGroup = 0;
const headerBytes = 128;
const receiveBytes = 8 * 1024 * 1024;

function netfilterSocket(netns: string): NetlinkSocket {
  const socket = new NetlinkSocket(netnsPath(netns), NETLINK_NETFILTER);
  socket.growReceiveBuffer(receiveBytes);
  return socket;
}

/** Sets where TRACE logs to, and tells what was there before. */
function setLoggers(netns: string, values: readonly string[]): string[] {
  return withNetns(netnsPath(netns), () =>
    loggers.map((key, at) => {
      const before = readSysctl(key) ?? 'NONE';
      writeSysctl({ key, value: values[at] ?? loggerName });
      return before;
    }),
  );
}

/** Reads what Netfilter tells of traced packets in one network namespace. */
class RuleWatch {
  readonly #netns: string;
  readonly #log: NetlinkSocket;
  readonly #trace: NetlinkSocket;
  readonly #loggers: readonly string[];

  constructor(netns: string) {
    this.#netns = netns;
    this.#loggers = setLoggers(netns, []);
    this.#log = netfilterSocket(netns);
    this.#log.request([
      {
        type: NFULNL_MSG_CONFIG,
        flags: 0,
        fill: (writer) => fillLogGroup(writer, traceGroup, headerBytes),
        describe: () => `taking log group ${traceGroup} of ${netns}`,
      },
    ]);
    this.#trace = netfilterSocket(netns);
    this.#trace.join(NFNLGRP_NFTRACE);
  }

  drain(): Pick<Watched, 'logged' | 'traced' | 'lost'> {
    const log = this.#log.drain();
    const trace = this.#trace.drain();
    return {
      logged: log.messages.map(readLoggedPacket).filter((one) => one !== undefined),
      traced: trace.messages.map(readNftTrace).filter((one) => one !== undefined),
      lost: log.lost || trace.lost,
    };
  }

  close(): void {
    this.#log.close();
    this.#trace.close();
    setLoggers(this.#netns, this.#loggers);
  }
}

/**
 * Watches the packets of one network namespace from the moment it is made; with `rules` also which rules traced packets
 * meet. Whoever makes it must close it. Throws `kernel`.
 */
export class PacketWatch {
  readonly netns: string;
  readonly #packets: PacketSocket;
  readonly #rules: RuleWatch | undefined;
  #seen: Omit<Watched, 'netns'> = { packets: [], logged: [], traced: [], lost: false };

  constructor(netns: string, { rules }: { readonly rules: boolean }) {
    this.netns = netns;
    this.#packets = new PacketSocket(netnsPath(netns));
    try {
      this.#rules = rules ? new RuleWatch(netns) : undefined;
    } catch (error) {
      this.#packets.close();
      throw error;
    }
  }

  /** Takes what has come since the last time out of the kernel; `wanted` says which packets are kept. */
  poll(wanted: (etherType: number, data: Buffer) => boolean): void {
    const { packets, logged, traced, lost } = this.#seen;
    const rules = this.#rules?.drain() ?? { logged: [], traced: [], lost: false };
    this.#seen = {
      packets: [...packets, ...this.#packets.drain(wanted)],
      logged: [...logged, ...rules.logged],
      traced: [...traced, ...rules.traced],
      lost: lost || rules.lost,
    };
  }

  /** All that was polled. */
  get watched(): Watched {
    return { netns: this.netns, ...this.#seen };
  }

  close(): void {
    this.#packets.close();
    this.#rules?.close();
  }
}
