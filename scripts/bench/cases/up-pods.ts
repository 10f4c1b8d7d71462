import { join } from 'node:path';
import { requireTool } from '../../../src/kernel/tools.ts';
import { timeCommand, timeSvclab } from '../command.ts';
import { inTurn } from '../in-turn.ts';
import { manyPods, writeManifests } from '../labs.ts';
import { findMininet, startMininet } from '../mininet.ts';
import type { Bench, Row } from '../types.ts';

const script = join(import.meta.dirname, '../raw-pods.sh');
const isRoot = process.getuid?.() === 0;

/** Many Pods: the whole lab against the namespaces and veths alone, and against Mininet. */
export const upPods: Bench = {
  name: 'up-pods',
  how: '`bin/svclab up` of Deployments and Services, without cluster DNS, from its start to its end, in turn with scripts/bench/raw-pods.sh in private namespaces, and with Mininet (`mn --switch lxbr --controller none`) until its prompt.',
  run: async ({ scratch, quick }) => {
    const size = manyPods(quick);
    const file = writeManifests(scratch, size);
    const mn = isRoot ? findMininet() : undefined;
    const user = isRoot ? [] : ['--user', '--map-root-user'];
    const found = await inTurn(
      {
        svclab: async () => {
          const milliseconds = await timeSvclab(scratch, 'up', '-f', file, '--name', 'pods');
          await timeSvclab(scratch, 'down', '--lab', 'pods');
          return milliseconds;
        },
        raw: () =>
          timeCommand([
            requireTool('unshare'),
            ...user,
            '--mount',
            '--net',
            script,
            String(size.pods),
            String(size.nodes),
          ]),
        mininet: mn === undefined ? undefined : () => startMininet(mn, size.nodes, Math.ceil(size.pods / size.nodes)),
      },
      { rounds: quick ? 2 : 10, warmUp: true },
    );
    const what = `${size.pods} Pods, ${size.services} Services on ${size.nodes} nodes: \`svclab up\``;
    const mininet: Row = { what: `the same beside Mininet with ${size.pods} hosts`, unit: 'ms', values: [] };
    return {
      rows: [
        {
          what,
          unit: 'ms',
          values: found.svclab,
          beside: { what: 'raw shell', values: found.raw },
          reach: { of: 'ratio', sense: 'at most', limit: 1 },
        },
        mn === undefined
          ? { ...mininet, note: isRoot ? 'Mininet is not installed' : 'Mininet needs root' }
          : { ...mininet, values: found.svclab, beside: { what: 'Mininet', values: found.mininet } },
      ],
    };
  },
};
