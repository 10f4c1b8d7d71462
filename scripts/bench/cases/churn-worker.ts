import { setTimeout as sleep } from 'node:timers/promises';
import { saveRules } from '../../../src/kernel/netfilter.ts';
import { type BenchMode, service, serviceName, slice } from '../cluster.ts';
import { privateRun, reply, tell, workerInput } from '../in-worker.ts';
import { nodeNetns, World } from '../world.ts';

/** What the worker is told. */
export interface ChurnTask {
  readonly mode: BenchMode;
  readonly services: number;
  /** Stretches of changes, each followed by a check. */
  readonly segments: number;
  readonly perSegment: number;
}

/** What it replies. */
export interface ChurnReply {
  /** Of each change, from when it was made until the sync that took it in had ended. */
  readonly milliseconds: readonly number[];
  readonly syncs: number;
  /** Texts that a repair of the kernel's rules would have loaded at the checks. */
  readonly wrong: number;
  /** The heap at each check. */
  readonly megabytes: readonly number[];
}

const interval = 100;
/** How many new Services stay before the oldest of them goes. */
const kept = 20;

const task = workerInput<ChurnTask>();
privateRun();
const world = new World(task.mode, task.services);
await world.converge();
tell(`${task.mode}, ${task.services} Services: all rules are in`);

let number = 0;

/** One change: a Service comes, or one's endpoints change, or one goes. */
function change(): void {
  const at = Math.floor(number / 3);
  const name = serviceName((at * 37) % task.services, `-new-${at}`);
  if (number % 3 === 0) world.apply([service(name), slice(name, task.services + at)]);
  else if (number % 3 === 1) world.apply([slice(serviceName((at * 11) % task.services), 2 * task.services + at)]);
  else if (at >= kept) {
    const gone = at - kept;
    const old = serviceName((gone * 37) % task.services, `-new-${gone}`);
    world.delete([
      { kind: 'Service', namespace: 'default', name: old },
      { kind: 'EndpointSlice', namespace: 'default', name: `${old}-1` },
    ]);
  } else world.apply([slice(serviceName((at * 13 + 1) % task.services), 3 * task.services + at)]);
  number++;
}

const milliseconds: number[] = [];
let waiting: number[] = [];
let syncs = 0;

/** The controller's loop: what changes during a sync is taken in by the next. */
async function syncUntil(ended: () => boolean): Promise<void> {
  while (!ended() || waiting.length > 0) {
    if (waiting.length === 0) {
      await sleep(5);
      continue;
    }
    const taken = waiting;
    waiting = [];
    await world.converge();
    syncs++;
    const now = performance.now();
    milliseconds.push(...taken.map((madeAt) => now - madeAt));
  }
}

async function segment(): Promise<void> {
  let made = 0;
  const timer = setInterval(() => {
    if (made >= task.perSegment) return;
    made++;
    change();
    waiting.push(performance.now());
  }, interval);
  await syncUntil(() => made >= task.perSegment);
  clearInterval(timer);
}

const megabytes: number[] = [];
let wrong = 0;
for (let at = 0; at < task.segments; at++) {
  await segment();
  const loader = task.mode === 'nftables' ? 'nft' : 'iptables';
  wrong += world.repairs(await saveRules(nodeNetns, loader)).length;
  globalThis.gc?.();
  megabytes.push(process.memoryUsage().heapUsed / 1e6);
  tell(`${task.mode}: ${milliseconds.length} changes are in`);
}
reply({ milliseconds, syncs, wrong, megabytes } satisfies ChurnReply);
