import { basename } from 'node:path';
import type { SyncRequest, SyncResponse } from '../api/types.ts';
import { LabError } from '../errors.ts';
import type { DesiredNetns } from '../plan/desired.ts';
import { podNetns } from '../plan/names.ts';
import { toText } from '../plan/text.ts';
import type { Lab } from './lab.ts';

/** Repairs what has drifted, in the whole lab or on one node and its Pods. Throws `not-found`, `kernel`. */
export async function syncLab(lab: Lab, { node }: SyncRequest): Promise<SyncResponse> {
  const started = performance.now();
  const { operations, servers } = await lab.repair(node === undefined ? () => true : onNode(lab, node));
  const repairs = [
    ...operations.map((operation) => ({ netns: operation.netns, text: toText(operation) })),
    ...servers.map(({ netns, id }) => ({ netns: basename(netns), text: `# ${id} listens again` })),
  ];
  const byNetns = Map.groupBy(repairs, ({ netns }) => netns);
  return {
    namespaces: [...byNetns].map(([name, repaired]) => ({ name, repaired: repaired.map(({ text }) => text) })),
    milliseconds: performance.now() - started,
  };
}

function onNode(lab: Lab, node: string): (netns: DesiredNetns) => boolean {
  const names = lab.view.nodes.map(({ name }) => name);
  if (!names.includes(node)) {
    throw new LabError('not-found', `there is no node ${node}`, { hint: `Nodes: ${names.join(', ')}.` });
  }
  const own = new Set([node, ...lab.view.pods.filter(({ spec }) => spec.nodeName === node).map(podNetns)]);
  return ({ name }) => own.has(name);
}
