import { fileURLToPath } from 'node:url';
import type { BenchMode } from '../cluster.ts';
import { median } from '../statistics.ts';
import type { Bench, Row } from '../types.ts';
import { runWorker } from '../worker.ts';
import type { FirstPacketReply, FirstPacketTask } from './first-packet-worker.ts';

function rowOf({ services, iptables, nftables }: FirstPacketReply[number]): Row {
  return {
    what: `first packet to the last of ${services.toLocaleString('en-US')} Services, nftables`,
    unit: 'µs',
    values: nftables,
    beside: { what: 'iptables', values: iptables },
  };
}

/** The latency of the first packet of a connection, which goes through all rules, by the number of Services. */
export const firstPacket: Bench = {
  name: 'first-packet',
  how: 'A client, a node with the rules of N Services and a Pod, each a namespace, joined by veth pairs; a row of them for each mode. The client connects over TCP to the ClusterIP of the last Service: the time of connect(2), in which the kernel carries SYN and SYN-ACK through all three.',
  run: async ({ quick, tell }) => {
    const sizes = quick ? [100, 300, 1000] : [100, 300, 1000, 3000, 10_000, 30_000];
    const program = fileURLToPath(new URL('./first-packet-worker.ts', import.meta.url));
    const input: FirstPacketTask = { sizes, connections: quick ? 50 : 400 };
    const found = await runWorker<FirstPacketReply>({ program, input, tell });
    const lineOf = (mode: BenchMode) => ({
      name: mode,
      points: found.map((at) => [at.services, median(at[mode])] as const),
    });
    return {
      rows: found.map(rowOf),
      curves: [
        {
          name: 'first-packet',
          title: 'First packet of a connection to the last of N Services',
          x: 'Services',
          y: 'µs to connect, median',
          lines: [lineOf('iptables'), lineOf('nftables')],
        },
      ],
    };
  },
};
