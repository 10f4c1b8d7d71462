import { closeSync, openSync } from 'node:fs';
import type { DesiredLink } from '../plan/desired.ts';
import type { Operation } from '../plan/operations.ts';
import { toText } from '../plan/text.ts';
import { fillAddress, RTM_DELADDR, RTM_NEWADDR } from './netlink/address.ts';
import {
  fillDeleteLink,
  fillGetLink,
  fillNewLink,
  fillSetLink,
  ifinfomsg,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  type ObservedLink,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_NEWLINK,
  readLink,
  readLinkIndex,
} from './netlink/link.ts';
import type { MessageWriter } from './netlink/message.ts';
import { fillFdb, fillNeighbour, RTM_DELNEIGH, RTM_NEWNEIGH } from './netlink/neighbour.ts';
import { fillRoute, RTM_DELROUTE, RTM_NEWROUTE } from './netlink/route.ts';
import { fillRule, RTM_DELRULE, RTM_NEWRULE } from './netlink/rule.ts';
import { NetlinkSocket, type Request } from './netlink/socket.ts';
import { netnsPath } from './netns.ts';

const ENOENT = 2;
const ESRCH = 3;
const EEXIST = 17;
const ENODEV = 19;
const EADDRNOTAVAIL = 99;

/** Operations that rtnetlink carries out. */
export type RtnlOperation = Extract<
  Operation,
  {
    op:
      | `link-${string}`
      | `address-${string}`
      | `route-${string}`
      | `rule-${string}`
      | `neighbour-${string}`
      | `fdb-${string}`;
  }
>;

/** Whether rtnetlink carries the operation out. */
export function isRtnl(operation: Operation): operation is RtnlOperation {
  return /^(link|address|route|rule|neighbour|fdb)-/.test(operation.op);
}

/**
 * Links, addresses, routes, rules, neighbours and forwarding entries of one network namespace, over one rtnetlink
 * socket. Equivalent commands: `ip -n NAME …` and `bridge -n NAME …`, as `toText` prints them.
 */
export class Rtnl {
  readonly socket: NetlinkSocket;

  /** Throws `kernel` when the namespace is not there. */
  constructor(netns: string) {
    this.socket = new NetlinkSocket(netnsPath(netns));
  }

  close(): void {
    this.socket.close();
  }

  /** All links as the kernel has them now. Throws `kernel`. */
  links(): ObservedLink[] {
    return this.socket.dump(RTM_GETLINK, (writer) => writer.fixed(ifinfomsg())).map(readLink);
  }

  /** Index of the link; 0 when there is none. Throws `kernel`. */
  #indexOf(name: string): number {
    const found = this.socket.get(RTM_GETLINK, (writer) => fillGetLink(writer, name));
    return found === undefined ? 0 : readLinkIndex(found);
  }

  /** Sets `lo` up. Equivalent command: `ip link set lo up`. */
  upLoopback(): void {
    this.socket.request([
      {
        type: RTM_NEWLINK,
        flags: 0,
        fill: (writer) => writer.fixed(ifinfomsg({ index: 1, up: true })),
        describe: () => 'ip link set lo up',
      },
    ]);
  }

  /**
   * Carries the operations out in their order. What indexes links have is asked anew each time: others may have made
   * and removed some in between. Throws `kernel` with the command of the first that fails.
   */
  apply(operations: readonly RtnlOperation[]): void {
    const indexes = new Map([['lo', 1]]);
    let pending: Request[] = [];
    const opened: number[] = [];
    const flush = () => {
      const requests = pending;
      pending = [];
      this.socket.request(requests);
    };
    const index = (name: string) => indexes.get(name) ?? 0;
    try {
      for (const operation of operations) {
        const unknown = devicesOf(operation).filter((device) => !indexes.has(device));
        if (unknown.length > 0) flush();
        for (const device of unknown) indexes.set(device, this.#indexOf(device));
        pending.push(requestOf(operation, index, opened));
        if (operation.op === 'link-add') indexes.delete(operation.link.name);
        if (operation.op === 'link-delete') indexes.delete(operation.name);
      }
      flush();
    } finally {
      for (const fd of opened) closeSync(fd);
    }
  }
}

function devicesOf(operation: RtnlOperation): string[] {
  switch (operation.op) {
    case 'link-add':
      return devicesOfLink(operation.link);
    case 'link-set':
      return operation.changes.master ? [operation.changes.master] : [];
    case 'address-add':
    case 'address-delete':
      return [operation.address.device];
    case 'route-replace':
    case 'route-delete': {
      const { device, nexthops } = operation.route;
      return [...(device === undefined ? [] : [device]), ...(nexthops ?? []).map((hop) => hop.device)];
    }
    case 'neighbour-replace':
    case 'neighbour-delete':
      return [operation.neighbour.device];
    case 'fdb-replace':
    case 'fdb-delete':
      return [operation.entry.device];
    default:
      return [];
  }
}

function devicesOfLink(link: DesiredLink): string[] {
  return [...(link.master === undefined ? [] : [link.master]), ...(link.kind === 'vxlan' ? [link.device] : [])];
}

function requestOf(operation: RtnlOperation, index: (name: string) => number, opened: number[]): Request {
  const describe = () => toText(operation);
  const make = (
    type: number,
    flags: number,
    fill: (writer: MessageWriter) => void,
    ignore: number[] = [],
  ): Request => ({
    type,
    flags,
    fill,
    ignore,
    describe,
  });
  const replace = NLM_F_CREATE | NLM_F_REPLACE;
  const goneAlready = [ENOENT, ESRCH, ENODEV, EADDRNOTAVAIL];
  switch (operation.op) {
    case 'link-add':
      return make(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, (writer) =>
        fillNewLink(writer, operation.link, { index, ...peerContext(operation, opened) }),
      );
    case 'link-set':
      return make(RTM_NEWLINK, 0, (writer) => fillSetLink(writer, operation.name, operation.changes, index));
    case 'link-delete':
      return make(RTM_DELLINK, 0, (writer) => fillDeleteLink(writer, operation.name), goneAlready);
    case 'address-add':
      return make(RTM_NEWADDR, replace, (writer) => fillAddress(writer, operation.address, index), [EEXIST]);
    case 'address-delete':
      return make(RTM_DELADDR, 0, (writer) => fillAddress(writer, operation.address, index), goneAlready);
    case 'route-replace':
      return make(RTM_NEWROUTE, replace, (writer) => fillRoute(writer, operation.route, index));
    case 'route-delete':
      return make(RTM_DELROUTE, 0, (writer) => fillRoute(writer, operation.route, index), goneAlready);
    case 'rule-add':
      return make(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, (writer) => fillRule(writer, operation.rule), [EEXIST]);
    case 'rule-delete':
      return make(RTM_DELRULE, 0, (writer) => fillRule(writer, operation.rule), goneAlready);
    case 'neighbour-replace':
      return make(RTM_NEWNEIGH, replace, (writer) => fillNeighbour(writer, operation.neighbour, index));
    case 'neighbour-delete':
      return make(RTM_DELNEIGH, 0, (writer) => fillNeighbour(writer, operation.neighbour, index), goneAlready);
    case 'fdb-replace':
      return make(RTM_NEWNEIGH, replace, (writer) => fillFdb(writer, operation.entry, index));
    case 'fdb-delete':
      return make(RTM_DELNEIGH, 0, (writer) => fillFdb(writer, operation.entry, index), goneAlready);
  }
}

function peerContext(operation: Extract<RtnlOperation, { op: 'link-add' }>, opened: number[]) {
  if (operation.peer === undefined) return {};
  const netnsFd = openSync(netnsPath(operation.peer.netns), 'r');
  opened.push(netnsFd);
  return { peer: { link: operation.peer.link, netnsFd } };
}
