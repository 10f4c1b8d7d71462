import { deleteFlows, IPPROTO_UDP } from '../kernel/conntrack.ts';
import { staleUDPEntries } from '../proxy/conntrack.ts';
import type { ProxyInput } from '../proxy/types.ts';
import { newNodePorts, staleClassicEntries, type UDPPort, udpEndpointsChanged, udpPorts } from './stale-flows.ts';

/** Deletes the UDP connections of one family that lead past the endpoints of today, on all nodes of a lab. */
export class FlowCleaner {
  #ports: ReadonlyMap<string, UDPPort> = new Map();

  /**
   * What is to be done after a sync, one job for each input; none when no UDP endpoint changed. Services and endpoints
   * are the same on every node, so that the first input tells what changed. A job has no problems to tell; it throws
   * `kernel`.
   */
  jobs(inputs: readonly ProxyInput[]): readonly (() => readonly string[])[] {
    const [first] = inputs;
    if (first === undefined) return [];
    const before = this.#ports;
    const after = udpPorts(first);
    this.#ports = after;
    const modern = first.release === '1.36';
    if (!udpEndpointsChanged(before, after) && (modern || newNodePorts(before, after).length === 0)) return [];
    return inputs.map((input) => () => {
      const isStale = modern ? staleUDPEntries(input) : staleClassicEntries(before, after, input.release);
      deleteFlows(input.node.name, { family: input.family, protocol: IPPROTO_UDP }, ({ original, reply }) =>
        isStale({
          originalDestination: original.destination,
          originalPort: original.destinationPort,
          replySource: reply.source,
        }),
      );
      return [];
    });
  }
}
