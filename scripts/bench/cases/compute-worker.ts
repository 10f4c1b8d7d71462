import { Bench } from 'tinybench';
import type { Cidr, IP } from '../../../src/net/address.ts';
import { loaderOf } from '../../../src/plan/rulesets/registry.ts';
import { proxyConfig } from '../../../src/proxy/config.ts';
import { proxyMode } from '../../../src/proxy/modes.ts';
import type { ProxyInput } from '../../../src/proxy/types.ts';
import { type BenchMode, proxyConfiguration, servicesAndSlices } from '../cluster.ts';
import { reply, workerInput } from '../in-worker.ts';

/** What the worker is told. */
export interface ComputeTask {
  readonly mode: BenchMode;
  readonly services: number;
  readonly rounds: number;
}

/** Milliseconds of processor time, one value a round; and the process's greatest resident set after doing it once. */
export interface ComputeReply {
  readonly rules: readonly number[];
  readonly text: readonly number[];
  readonly megabytes: number;
}

/** Milliseconds of processor time of this process so far, all threads and the kernel. */
function cpuNow(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function proxyInput({ mode, services }: ComputeTask): ProxyInput {
  const node = { name: 'node1', ips: ['192.168.56.11' as IP], podCIDRs: ['10.244.1.0/24' as Cidr], labels: {} };
  const config = proxyConfig(proxyConfiguration(mode));
  return { release: '1.36', family: 'ipv4', node, config, ...servicesAndSlices(services) };
}

const task = workerInput<ComputeTask>();
const input = proxyInput(task);
const mode = proxyMode(task.mode, '1.36');
const [rules] = mode.createProxier().rulesets(input);
if (rules === undefined) throw new Error('no rules');
loaderOf(rules).load(rules);
const megabytes = process.resourceUsage().maxRSS / 1000;
const bench = new Bench({
  now: cpuNow,
  time: 0,
  iterations: task.rounds,
  warmupTime: 0,
  warmupIterations: 5,
  retainSamples: true,
  throws: true,
});
bench.add('rules', () => void mode.createProxier().rulesets(input));
bench.add('text', () => void loaderOf(rules).load(rules));
await bench.run();

function samples(name: string): readonly number[] {
  const result = bench.getTask(name)?.result;
  if (result?.state !== 'completed' || result.latency.samples === undefined)
    throw new Error(`${name} was not measured`);
  return result.latency.samples;
}

reply({
  rules: samples('rules'),
  text: samples('text'),
  megabytes,
} satisfies ComputeReply);
