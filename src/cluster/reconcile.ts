import { LabError } from '../errors.ts';
import { type ClusterIndex, clusterIndex } from './cluster-index.ts';
import { controllers } from './controllers/all.ts';
import type { Controller } from './controllers/controller.ts';
import { type Key, keyOf } from './keys.ts';
import type { Change, ObjectStore } from './store.ts';

/** A key that is looked at more often than this within one reconcile means that two controllers undo each other's work. */
const visitLimit = 1000;

/** One controller with the keys that wait for it. */
class Queue {
  readonly controller: Controller;
  readonly #dirty = new Set<Key>();
  readonly #later = new Map<Key, Date>();
  #visits = new Map<Key, number>();

  constructor(controller: Controller) {
    this.controller = controller;
  }

  add(keys: Iterable<Key>): void {
    for (const key of keys) this.#dirty.add(key);
  }

  /** Starts a run: counts visits anew and takes up the keys whose time has come. */
  begin(now: Date): void {
    this.#visits = new Map();
    for (const [key, time] of this.#later) {
      if (time > now) continue;
      this.#later.delete(key);
      this.#dirty.add(key);
    }
  }

  /** The earliest time at which a key wants to be looked at again. */
  get nextTime(): Date | undefined {
    return [...this.#later.values()].reduce<Date | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
  }

  /** Works until no key waits. Returns whether there was any. */
  drain(store: ObjectStore, index: ClusterIndex, now: Date): boolean {
    if (this.#dirty.size === 0) return false;
    const requeueAt = (key: Key, time: Date) => void this.#later.set(key, time);
    for (const key of this.#dirty) {
      this.#dirty.delete(key);
      this.#countVisit(key);
      this.controller.reconcile(key, { store, index, now, requeueAt });
    }
    return true;
  }

  #countVisit(key: Key): void {
    const visits = (this.#visits.get(key) ?? 0) + 1;
    this.#visits.set(key, visits);
    if (visits <= visitLimit) return;
    throw new LabError('internal', `the ${this.controller.name} controller does not come to rest on ${key}`, {
      hint: 'This is a fault of svclab; please report it with your manifests.',
    });
  }
}

/** The controllers of one store. */
class ControllerManager {
  readonly #store: ObjectStore;
  readonly #index: ClusterIndex;
  readonly #queues = controllers.map((controller) => new Queue(controller));

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#index = clusterIndex(store);
    for (const object of store.all()) this.#notice({ key: keyOf(object), before: undefined, after: object });
    store.observe((change) => this.#notice(change));
  }

  get nextTime(): Date | undefined {
    const times = this.#queues.flatMap(({ nextTime }) => (nextTime === undefined ? [] : [nextTime]));
    return times.sort((a, b) => a.getTime() - b.getTime())[0];
  }

  run(now: Date): boolean {
    const before = this.#store.resourceVersion;
    for (const queue of this.#queues) queue.begin(now);
    let busy = true;
    while (busy) {
      busy = false;
      for (const queue of this.#queues) busy = queue.drain(this.#store, this.#index, now) || busy;
    }
    return this.#store.resourceVersion !== before;
  }

  #notice(change: Change): void {
    const context = { store: this.#store, index: this.#index };
    for (const queue of this.#queues) queue.add(queue.controller.affectedBy(change, context));
  }
}

const managers = new WeakMap<ObjectStore, ControllerManager>();

function managerOf(store: ObjectStore): ControllerManager {
  const manager = managers.get(store) ?? new ControllerManager(store);
  managers.set(store, manager);
  return manager;
}

/**
 * Runs all controllers until none finds anything to do. Returns whether an object changed. Only what depends on changed
 * objects is looked at. Throws `internal` when controllers undo each other's work without end.
 */
export function reconcile(store: ObjectStore, options: { readonly now: Date }): boolean {
  return managerOf(store).run(options.now);
}

/** The time at which reconcile has to run again although nothing changed (minReadySeconds), if there is one. */
export function nextReconcileTime(store: ObjectStore): Date | undefined {
  return managerOf(store).nextTime;
}
