import { readFileSync } from 'node:fs';
import type { Family } from '../net/address.ts';
import { close, send, socket } from './libc.ts';
import { CT_DELETE, CT_GET, type Flow, fillDeleteFlow, fillFlowDump, readFlow } from './netlink/conntrack.ts';
import { MessageWriter } from './netlink/message.ts';
import { NETLINK_NETFILTER, NetlinkSocket } from './netlink/socket.ts';
import { netnsPath, withNetns } from './netns.ts';

const ENOENT = 2;
const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const NLM_F_REQUEST = 1;
const NLM_F_DUMP = 0x300;

/** IP protocol number of UDP. */
export const IPPROTO_UDP = 17;

const protocolNames: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

function deleteText({ protocol, original }: Flow): string {
  const { source, destination, sourcePort, destinationPort } = original;
  const name = protocolNames[protocol] ?? String(protocol);
  return `conntrack -D -p ${name} -s ${source} -d ${destination} --sport ${sourcePort} --dport ${destinationPort}`;
}

/**
 * Makes the kernel load connection tracking, whose sysctls are there only then: a question to ctnetlink loads it, from a
 * user namespace too. Throws `kernel`. Equivalent command: `modprobe nf_conntrack`.
 */
export function loadConntrack(): void {
  const writer = new MessageWriter().begin(CT_GET, NLM_F_REQUEST | NLM_F_DUMP, 1);
  fillFlowDump(writer, 'ipv4');
  writer.finish();
  const fd = socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_NETFILTER);
  send(fd, writer.take());
  close(fd);
}

/** The tracked connections of a family in the named network namespace. Throws `kernel`. Equivalent command: `conntrack -L`. */
export function listFlows(netns: string, family: Family): readonly Flow[] {
  const socket = new NetlinkSocket(netnsPath(netns), NETLINK_NETFILTER);
  try {
    return flowsOf(socket, family);
  } finally {
    socket.close();
  }
}

function flowsOf(socket: NetlinkSocket, family: Family): Flow[] {
  return socket
    .dump(CT_GET, (writer) => fillFlowDump(writer, family))
    .map(readFlow)
    .filter((flow) => flow !== undefined);
}

/**
 * Whether anything is tracked in the named network namespace; true where the kernel does not tell. It takes no time,
 * whereas a dump looks through the connections of all network namespaces of the machine.
 */
function mayHaveFlows(netns: string): boolean {
  const count = '/proc/sys/net/netfilter/nf_conntrack_count';
  try {
    return withNetns(netnsPath(netns), () => readFileSync(count, 'utf8')).trim() !== '0';
  } catch {
    return true;
  }
}

/**
 * Deletes the tracked connections of one protocol and family that are chosen, in the named network namespace. Returns
 * how many were chosen; one that has ended meanwhile is as good as deleted. Throws `kernel`.
 * Equivalent commands: `ip netns exec NAME conntrack -L -p PROTO`, then `conntrack -D` for each.
 */
export function deleteFlows(
  netns: string,
  { family, protocol }: { readonly family: Family; readonly protocol: number },
  chosen: (flow: Flow) => boolean,
): number {
  if (!mayHaveFlows(netns)) return 0;
  const socket = new NetlinkSocket(netnsPath(netns), NETLINK_NETFILTER);
  try {
    const flows = flowsOf(socket, family).filter((flow) => flow.protocol === protocol && chosen(flow));
    socket.request(
      flows.map((flow) => ({
        type: CT_DELETE,
        flags: 0,
        fill: (writer) => fillDeleteFlow(writer, flow),
        ignore: [ENOENT],
        describe: () => deleteText(flow),
      })),
    );
    return flows.length;
  } finally {
    socket.close();
  }
}
