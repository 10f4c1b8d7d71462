import type { Family } from '../net/address.ts';
import { CT_DELETE, CT_GET, type Flow, fillDeleteFlow, fillFlowDump, readFlow } from './netlink/conntrack.ts';
import { NETLINK_NETFILTER, NetlinkSocket } from './netlink/socket.ts';
import { netnsPath } from './netns.ts';

const ENOENT = 2;

/** IP protocol number of UDP. */
export const IPPROTO_UDP = 17;

const protocolNames: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

function deleteText({ protocol, original }: Flow): string {
  const { source, destination, sourcePort, destinationPort } = original;
  const name = protocolNames[protocol] ?? String(protocol);
  return `conntrack -D -p ${name} -s ${source} -d ${destination} --sport ${sourcePort} --dport ${destinationPort}`;
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
  const socket = new NetlinkSocket(netnsPath(netns), NETLINK_NETFILTER);
  try {
    const flows = socket
      .dump(CT_GET, (writer) => fillFlowDump(writer, family))
      .map(readFlow)
      .filter((flow) => flow !== undefined)
      .filter((flow) => flow.protocol === protocol && chosen(flow));
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
