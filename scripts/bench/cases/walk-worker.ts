import { parseNode } from '../../../src/model/rules/node.ts';
import { parseQuestion } from '../../../src/model/rules/question.ts';
import { walk } from '../../../src/model/rules/walk.ts';
import { rulesText } from '../../../src/proxy/rules.ts';
import { type BenchMode, clusterIPOf, proxyConfiguration, servicesAndSlices } from '../cluster.ts';
import { reply, workerInput } from '../in-worker.ts';

/** What the worker is told. */
export interface WalkTask {
  readonly mode: BenchMode;
  readonly services: number;
  readonly rounds: number;
}

/** Milliseconds of parsing and walks a second, one value a round; the greatest resident set after the first round. */
export interface WalkReply {
  readonly parse: readonly number[];
  readonly walks: readonly number[];
  readonly megabytes: number;
}

const walksARound = 1000;

function dumpText({ mode, services }: WalkTask): string {
  const { services: objects, slices } = servicesAndSlices(services);
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node1' } };
  const all = [node, ...objects, ...slices, proxyConfiguration(mode)];
  return `### iptables-save\n${rulesText({ objects: all, node: 'node1', release: '1.36' })}`;
}

const task = workerInput<WalkTask>();
const text = dumpText(task);
const questions = Array.from({ length: walksARound }, (_, at) => {
  const to = `${clusterIPOf(Math.floor((at * task.services) / walksARound))}:80`;
  return parseQuestion('10.244.0.9', to, at % 2 === 0 ? 'cni0' : undefined);
});
const parse: number[] = [];
const walks: number[] = [];
let megabytes = 0;
for (let round = 0; round < task.rounds; round++) {
  const startedAt = performance.now();
  const node = parseNode(text, 'bench');
  const parsedAt = performance.now();
  for (const question of questions) {
    if (walk(node, question).predicted.length !== 3) throw new Error('a Service has other endpoints');
  }
  parse.push(parsedAt - startedAt);
  walks.push((walksARound * 1000) / (performance.now() - parsedAt));
  if (round === 0) megabytes = process.resourceUsage().maxRSS / 1000;
}
reply({ parse, walks, megabytes } satisfies WalkReply);
