import { fileURLToPath } from 'node:url';
import type { BenchMode } from '../cluster.ts';
import { median } from '../statistics.ts';
import type { Bench, Row } from '../types.ts';
import { runWorker } from '../worker.ts';
import type { FirstPacketReply, FirstPacketTask } from './first-packet-worker.ts';

const block = 40;

/** Medians of blocks of connections that were made one after the other. */
function blockMedians(values: readonly number[]): readonly number[] {
  const blocks = Array.from({ length: Math.ceil(values.length / block) }, (_, at) => at * block);
  return blocks.map((start) => median(values.slice(start, start + block)));
}

function rowOf({ services, iptables, nftables }: FirstPacketReply[number]): Row {
  return {
    what: `first packet to the last of ${services.toLocaleString('en-US')} Services, nftables`,
    unit: 'µs',
    values: blockMedians(nftables),
    beside: { what: 'iptables', values: blockMedians(iptables) },
  };
}

/** The latency of the first packet of a connection, which goes through all rules, by the number of Services. */
export const firstPacket: Bench = {
  name: 'first-packet',
  how: 'A client, a node with the rules of N Services and a Pod, each a namespace, joined by veth pairs; a row of them for each mode. The client connects over TCP to the ClusterIP of the last Service: the time of connect(2), in which the kernel carries SYN and SYN-ACK through all three. A value is the median of 40 connections.',
  run: async ({ quick, tell }) => {
    const sizes = quick ? [100, 300, 1000] : [100, 300, 1000, 3000, 10_000, 30_000];
    const program = fileURLToPath(new URL('./first-packet-worker.ts', import.meta.url));
    const input: FirstPacketTask = { sizes, connections: quick ? block : 10 * block };
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
