import { addNetns, deleteNetns } from '../../src/kernel/netns.ts';
import type { KubeObject } from '../../src/kinds/types/meta.ts';
import type { Ruleset } from '../../src/plan/desired.ts';
import { type BenchMode, service, serviceName, slice } from './cluster.ts';
import { inTurn } from './in-turn.ts';
import { privateRun, reply, tell, workerInput } from './in-worker.ts';
import { changeText, loadReadyMade, wholeText } from './ready-made.ts';
import { nodeNetns, World } from './world.ts';

/** What the worker is told. */
export interface SyncTask {
  readonly mode: BenchMode;
  readonly services: number;
  /** A full sync, or single changes to rules that are there. */
  readonly what: 'full' | 'change';
  readonly rounds: number;
}

/** Milliseconds, one value a round, of svclab and of the loader alone. */
export interface SyncFigures {
  readonly svclab: readonly number[];
  readonly loader: readonly number[];
}

/** What the worker replies, by name of what was measured: `full`, or `service` and `endpoint`. */
export type SyncReply = Readonly<Partial<Record<'full' | 'service' | 'endpoint', SyncFigures>>>;

const plainNetns = 'plain';

async function timed(body: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await body();
  return performance.now() - startedAt;
}

async function fullSync({ mode, services, rounds }: SyncTask): Promise<SyncReply> {
  let rules: Ruleset | undefined;
  const ways = {
    svclab: async () => {
      const world = new World(mode, services);
      const milliseconds = await timed(() => world.converge());
      rules = world.rules;
      await world.end();
      return milliseconds;
    },
    loader: async () => {
      if (rules === undefined) throw new Error('svclab goes first');
      addNetns(plainNetns);
      const milliseconds = await loadReadyMade(plainNetns, wholeText(rules), rules, false);
      deleteNetns(plainNetns);
      tell(`${mode}, ${services} Services: a round is done`);
      return milliseconds;
    },
  };
  return { full: await inTurn(ways, { rounds }) };
}

/** Changes of a lab, each to be used once. */
function* newServices(services: number): Generator<readonly KubeObject[]> {
  for (let number = 0; ; number++) {
    const name = serviceName(Math.floor(services / 2), `-new-${number}`);
    yield [service(name), slice(name, services + number)];
  }
}

function* changedEndpoints(services: number): Generator<readonly KubeObject[]> {
  for (let number = 0; ; number++) {
    const index = Math.floor((services / 3 + number * 7) % services);
    yield [slice(serviceName(index), 2 * services + number)];
  }
}

async function changes({ mode, services, rounds }: SyncTask): Promise<SyncReply> {
  const world = new World(mode, services);
  await world.converge();
  tell(`${mode}, ${services} Services: all rules are in`);
  const measure = (source: Generator<readonly KubeObject[]>): Promise<SyncFigures> =>
    inTurn(
      {
        svclab: () => {
          world.apply(source.next().value);
          return timed(() => world.converge());
        },
        loader: () => {
          world.apply(source.next().value);
          const { before, after } = world.skip();
          return loadReadyMade(nodeNetns, changeText(before, after), after, true);
        },
      },
      { rounds, warmUp: true },
    );
  return { service: await measure(newServices(services)), endpoint: await measure(changedEndpoints(services)) };
}

const task = workerInput<SyncTask>();
privateRun();
reply(await (task.what === 'full' ? fullSync(task) : changes(task)));
