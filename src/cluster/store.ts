import { LabError } from '../errors.ts';
import { selectorMatches } from '../kinds/selector.ts';
import type { ObjectMeta } from '../kinds/types/meta.ts';
import type { KindName, LabObject, ObjectOf } from '../kinds/types/object.ts';
import { sameValue } from './equal.ts';
import { EventHistory, type StoreEvent } from './history.ts';
import { type Key, keyOf, kindOfKey, makeKey, namespacedName, parseKey } from './keys.ts';
import { seededUid, timestamp } from './names.ts';
import { ObjectTable } from './object-table.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';

/** One step of the store: absent `before` is a creation, absent `after` a removal. */
export interface Change {
  readonly key: Key;
  readonly before: LabObject | undefined;
  readonly after: LabObject | undefined;
}

/** What to list; everything when absent. Selectors are texts as `kubectl get` takes them. */
export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Whether the objects agree in everything that counts for metadata.generation. */
function sameSpec(a: LabObject, b: LabObject): boolean {
  if ('spec' in a && 'spec' in b && a.spec === b.spec) return true;
  return sameValue({ ...a, metadata: undefined, status: undefined }, { ...b, metadata: undefined, status: undefined });
}

function sameExceptVersion(a: LabObject, b: LabObject): boolean {
  const plain = (object: LabObject) => ({ ...object, metadata: { ...object.metadata, resourceVersion: undefined } });
  return sameValue(plain(a), plain(b));
}

/** Metadata that only the store writes. */
function serverFields({ uid, creationTimestamp, resourceVersion, generation }: ObjectMeta): Partial<ObjectMeta> {
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(generation === undefined ? {} : { generation }),
  };
}

/** An object with other metadata; its kind stays what it is. */
export function withMetadata<T extends LabObject>(object: T, metadata: T['metadata']): T {
  return { ...object, metadata };
}

/**
 * All objects of a lab, in memory. Objects are immutable: a change puts a new object in place of the old one, and an
 * object that did not change stays the same (===). Every change takes the next number of one resourceVersion counter.
 */
export class ObjectStore {
  readonly #clock: () => Date;
  readonly #tables = new Map<KindName, ObjectTable>();
  readonly #history: EventHistory;
  readonly #watchers = new Set<(event: StoreEvent) => void>();
  readonly #observers = new Set<(change: Change) => void>();
  #version = 0;
  #depth = 0;
  #journal: Change[] = [];
  #events: StoreEvent[] = [];

  constructor(options: { readonly clock: () => Date; readonly historyLimit?: number }) {
    this.#clock = options.clock;
    this.#history = new EventHistory(options.historyLimit ?? 10_000);
  }

  /** The version of the latest change. */
  get resourceVersion(): string {
    return String(this.#version);
  }

  /** The store's time. */
  now(): Date {
    return this.#clock();
  }

  /** The object, if there is one; namespace is empty or absent for kinds without. */
  get<K extends KindName>(kind: K, namespace: string | undefined, name: string): ObjectOf<K> | undefined {
    return this.#tables.get(kind)?.get(makeKey(kind, namespace, name)) as ObjectOf<K> | undefined;
  }

  /** The object with this key, if there is one. */
  getByKey(key: Key): LabObject | undefined {
    return this.#tables.get(kindOfKey(key))?.get(key);
  }

  /** The objects of the kind in the order of namespace and name; without options, the same array until something changes. */
  list<K extends KindName>(kind: K, options: ListOptions = {}): readonly ObjectOf<K>[] {
    const all = (this.#tables.get(kind)?.list() ?? []) as readonly ObjectOf<K>[];
    const { namespace, labelSelector, fieldSelector } = options;
    if (namespace === undefined && labelSelector === undefined && fieldSelector === undefined) return all;
    const selector = parseLabelSelector(labelSelector ?? '');
    const hasFields = fieldSelector === undefined ? () => true : parseFieldSelector(fieldSelector);
    return all.filter(
      (object) =>
        (namespace === undefined || object.metadata.namespace === namespace) &&
        selectorMatches(selector, object.metadata.labels ?? {}) &&
        hasFields(object),
    );
  }

  /** The objects of the kind in the order in which they were created. */
  listByAge<K extends KindName>(kind: K): readonly ObjectOf<K>[] {
    return (this.#tables.get(kind)?.byAge() ?? []) as readonly ObjectOf<K>[];
  }

  /** All objects of all kinds. */
  all(): readonly LabObject[] {
    return [...this.#tables.values()].flatMap((table) => table.list());
  }

  /**
   * Stores a new object and returns it with uid (a given one is kept, so that a dump's ownerReferences still hold),
   * creationTimestamp and resourceVersion. Throws `already-exists`.
   */
  create<T extends LabObject>(object: T): T {
    const key = keyOf(object);
    if (this.getByKey(key) !== undefined) {
      throw new LabError('already-exists', `${object.kind} "${namespacedName(object)}" already exists`);
    }
    const version = this.#version + 1;
    const stored = withMetadata(object, {
      ...object.metadata,
      uid: object.metadata.uid ?? seededUid(`${version}/${key}`),
      creationTimestamp: timestamp(this.#clock()),
      resourceVersion: String(version),
      ...('spec' in object ? { generation: 1 } : {}),
    });
    this.#put({ key, before: undefined, after: stored });
    return stored;
  }

  /**
   * Replaces the object of the same name and returns what is stored. One that changes nothing keeps its version and
   * identity. Throws `not-found`, and `conflict` when metadata.resourceVersion or uid is given and is not the stored one.
   */
  update<T extends LabObject>(object: T): T {
    const key = keyOf(object);
    const before = this.getByKey(key);
    if (before === undefined) throw this.#notFound(key);
    this.#refuseStale(object, before);
    const { generation } = before.metadata;
    const merged = withMetadata(object, { ...object.metadata, ...serverFields(before.metadata) });
    if (sameExceptVersion(merged, before)) return before as T;
    const bumped = generation === undefined || sameSpec(merged, before) ? {} : { generation: generation + 1 };
    const stored = withMetadata(merged, {
      ...merged.metadata,
      ...bumped,
      resourceVersion: String(this.#version + 1),
    });
    this.#put({ key, before, after: stored });
    return stored;
  }

  /** Removes the object and returns its last state. Throws `not-found`. */
  delete(key: Key): LabObject {
    const before = this.getByKey(key);
    if (before === undefined) throw this.#notFound(key);
    this.#put({ key, before, after: undefined });
    return before;
  }

  /** Calls the listener for every committed change, at once and in order. Returns the function that ends it. */
  watch(listener: (event: StoreEvent) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  /** Calls the observer for every change while it happens, also for those that a failing transaction takes back. */
  observe(observer: (change: Change) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Committed events after the version. Throws `expired` when they are forgotten (410 Gone). */
  eventsSince(resourceVersion: string): readonly StoreEvent[] {
    return this.#history.since(resourceVersion, this.#version);
  }

  /** Runs the function; when it throws, every change it made is taken back and no watcher hears of any. */
  transaction<T>(work: () => T): T {
    const mark = { journal: this.#journal.length, events: this.#events.length, version: this.#version };
    this.#depth++;
    try {
      return work();
    } catch (error) {
      this.#undo(mark.journal);
      this.#events.length = mark.events;
      this.#version = mark.version;
      throw error;
    } finally {
      this.#depth--;
      this.#commit();
    }
  }

  #undo(mark: number): void {
    for (const { key, before, after } of this.#journal.splice(mark).reverse()) {
      this.#place({ key, before: after, after: before });
    }
  }

  #commit(): void {
    if (this.#depth > 0) return;
    const events = this.#events;
    this.#journal = [];
    this.#events = [];
    this.#history.add(events);
    for (const event of events) for (const watcher of this.#watchers) watcher(event);
  }

  #put(change: Change): void {
    this.#version++;
    this.#journal.push(change);
    this.#events.push(this.#eventOf(change));
    this.#place(change);
    this.#commit();
  }

  #place(change: Change): void {
    const kind = kindOfKey(change.key);
    const table = this.#tables.get(kind) ?? new ObjectTable();
    this.#tables.set(kind, table);
    table.put(change.key, change.after);
    for (const observer of this.#observers) observer(change);
  }

  #eventOf({ before, after }: Change): StoreEvent {
    const resourceVersion = this.#version;
    if (after !== undefined)
      return { type: before === undefined ? 'ADDED' : 'MODIFIED', object: after, resourceVersion };
    if (before === undefined) throw new LabError('internal', 'a change without an object');
    const object = withMetadata(before, { ...before.metadata, resourceVersion: String(resourceVersion) });
    return { type: 'DELETED', object, resourceVersion };
  }

  #refuseStale(object: LabObject, before: LabObject): void {
    const { resourceVersion, uid } = object.metadata;
    const stale = resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion;
    if (!stale && (uid === undefined || uid === before.metadata.uid)) return;
    throw new LabError('conflict', `${object.kind} "${namespacedName(object)}" has been changed in the meantime`, {
      hint: 'Apply your changes to the latest version and try again.',
    });
  }

  #notFound(key: Key): LabError {
    const { kind, namespace, name } = parseKey(key);
    return new LabError('not-found', `${kind} "${namespace === '' ? name : `${namespace}/${name}`}" not found`);
  }
}
