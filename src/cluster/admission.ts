import type { ApplyResult } from '../api/types.ts';
import { LabError } from '../errors.ts';
import { type Invalid, immutable } from '../kinds/check/invalid.ts';
import { kindByName } from '../kinds/registry.ts';
import type { Lab, LabSpec } from '../kinds/types/lab.ts';
import type { Node } from '../kinds/types/node.ts';
import type { KindName, LabObject } from '../kinds/types/object.ts';
import type { Service } from '../kinds/types/service.ts';
import { type PendingService, ServiceAllocation } from './admission/allocation.ts';
import { invalidFault, throwFaults } from './admission/fault.ts';
import { lastApplied, rememberApplied } from './admission/last-applied.ts';
import { mergeApplied } from './admission/merge.ts';
import { serviceRanges } from './admission/ranges.ts';
import { keepAllocated } from './admission/service.ts';
import { type BootstrapOptions, bootstrap, followLabNodes } from './bootstrap.ts';
import { clusterIndex } from './cluster-index.ts';
import { sameValue } from './equal.ts';
import { type Key, keyOf, toObjectKey } from './keys.ts';
import { completeNode, internalIP } from './nodes.ts';
import { isPodFinished } from './pods/status.ts';
import { type ObjectStore, withMetadata } from './store.ts';

/** How objects are taken in. */
export interface ApplyContext extends BootstrapOptions {
  /** Checks everything and changes nothing. */
  readonly dryRun?: boolean;
  /**
   * `apply` (the default) merges into what is there, as kubectl apply; `create` refuses what is there already;
   * `replace` puts the object in place of what is there, as HTTP PUT.
   */
  readonly mode?: 'apply' | 'create' | 'replace';
  /** New Pods keep the status that they are given with, as of the cluster that a dump is of; else they have to be run. */
  readonly keepStatus?: boolean;
}

/** An object on its way into the store. */
interface Pending {
  readonly index: number;
  readonly manifest: LabObject;
  readonly old: LabObject | undefined;
  readonly next: LabObject;
}

/** Thrown to take a dry run back. */
class DryRun extends Error {}

function withoutVersion<T extends LabObject>(object: T): T {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return withMetadata(object, metadata as T['metadata']);
}

function nextState(
  store: ObjectStore,
  object: LabObject,
  old: LabObject | undefined,
  { mode, keepStatus = false }: ApplyContext,
): LabObject {
  if (old === undefined) {
    const created = withoutVersion(object);
    if (created.kind === 'Pod' && !keepStatus && !isPodFinished(created)) {
      return { ...created, status: { phase: 'Pending' } };
    }
    return created.kind === 'Service' ? keepAllocated(created, undefined) : created;
  }
  const replaced = { ...object, ...('status' in old ? { status: old.status } : {}) } as LabObject;
  const merged = mode === 'replace' ? replaced : mergeApplied(lastApplied(store, old), old, object);
  if (merged.kind === 'Service' && old.kind === 'Service') return keepAllocated(merged, old);
  if (merged.kind === 'Node' && object.kind === 'Node') {
    return { ...merged, status: { ...merged.status, ...object.status } };
  }
  return merged;
}

/** Fields of a Lab that cannot change while it runs; clients, externalIPs, nodes and what dns knows of the outside can. */
const fixedLabFields = [
  'underlay',
  'serviceClusterIPRange',
  'serviceNodePortRange',
  'loadBalancerPool',
  'kubernetesRelease',
  'bridge',
] as const satisfies readonly (keyof LabSpec)[];

function* labFaults(old: Lab, next: Lab, known: readonly Invalid[]): Generator<Invalid> {
  const hint =
    'In a running lab only clients, externalIPs, nodes, and upstreams, stubDomains and hosts of dns can change; stop it and start it anew.';
  for (const field of fixedLabFields) {
    const path = `spec.${field}`;
    const told = known.some((fault) => fault.field.startsWith(path));
    if (!told && !sameValue(old.spec[field], next.spec[field])) yield immutable(path, next.spec[field], hint);
  }
  const domainOf = ({ spec }: Lab) => (spec.dns === false ? undefined : spec.dns.clusterDomain);
  if (domainOf(old) !== domainOf(next)) yield immutable('spec.dns', next.spec.dns, hint);
}

function changeFaults<K extends KindName>({ old, next }: Pending, kind: K): readonly Invalid[] {
  if (old === undefined) return [];
  const definition = kindByName(kind) as unknown as ReturnType<typeof kindByName<KindName>>;
  const faults = [...definition.validate(next as never), ...definition.validateUpdate(old as never, next as never)];
  return old.kind === 'Lab' && next.kind === 'Lab' ? [...faults, ...labFaults(old, next, faults)] : faults;
}

class Admission {
  readonly #store: ObjectStore;
  readonly #context: ApplyContext;
  readonly #faults: LabError[] = [];
  readonly #pending = new Map<Key, Pending>();

  constructor(store: ObjectStore, context: ApplyContext) {
    this.#store = store;
    this.#context = context;
  }

  run(objects: readonly LabObject[]): readonly ApplyResult[] {
    const lab = objects.find((object) => object.kind === 'Lab');
    const starting = lab !== undefined && this.#store.list('Lab').length === 0;
    if (starting) bootstrap(this.#store, withoutVersion(lab), this.#context);
    for (const [index, object] of objects.entries()) this.#admit(index, object);
    this.#checkNamespaces();
    throwFaults(this.#faults);
    this.#allocate(objects);
    throwFaults(this.#faults);
    const results = objects.map((object) => this.#write(object, starting && object === lab));
    this.#checkNodeAddresses();
    throwFaults(this.#faults);
    return results;
  }

  /** Notes the manifests that were applied, once all of it has succeeded. */
  remember(): void {
    for (const [key, { manifest }] of this.#pending) {
      const stored = this.#store.getByKey(key);
      if (stored !== undefined) rememberApplied(this.#store, stored, manifest);
    }
  }

  #admit(index: number, object: LabObject): void {
    const key = keyOf(object);
    const old = this.#pending.get(key)?.next ?? this.#store.getByKey(key);
    if (old !== undefined && this.#context.mode === 'create') {
      const message = `${object.kind} "${object.metadata.name}" already exists`;
      const hint = 'Change it with `svclab apply`, or delete it first.';
      this.#faults.push(new LabError('already-exists', message, { object: index, field: 'metadata.name', hint }));
      return;
    }
    const next = nextState(this.#store, object, old, this.#context);
    const pending = { index, manifest: object, old, next };
    this.#faults.push(...changeFaults(pending, object.kind).map((fault) => invalidFault(object, index, fault)));
    this.#refuseSecondLab(pending);
    this.#pending.set(key, { ...pending, old: this.#store.getByKey(key) });
  }

  #refuseSecondLab({ index, manifest, old }: Pending): void {
    const present = this.#store.list('Lab')[0];
    if (manifest.kind !== 'Lab' || old !== undefined || present === undefined) return;
    const message = `Lab "${manifest.metadata.name}" is forbidden: this lab is "${present.metadata.name}" already`;
    const hint = 'A lab has one Lab object; give yours the same name, or start another lab with --name.';
    this.#faults.push(new LabError('forbidden', message, { object: index, field: 'metadata.name', hint }));
  }

  #checkNamespaces(): void {
    const given = new Set(
      [...this.#pending.values()].flatMap(({ next }) => (next.kind === 'Namespace' ? next.metadata.name : [])),
    );
    for (const { index, next, old } of this.#pending.values()) {
      const { namespace } = next.metadata;
      if (namespace === undefined || namespace === '') continue;
      const present = this.#store.get('Namespace', undefined, namespace);
      const options = { object: index, field: 'metadata.namespace' };
      if (present === undefined && !given.has(namespace)) {
        const hint = `Make it with: svclab apply of a Namespace "${namespace}".`;
        this.#faults.push(new LabError('not-found', `namespaces "${namespace}" not found`, { ...options, hint }));
      } else if (present?.metadata.deletionTimestamp !== undefined && old === undefined) {
        const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
        this.#faults.push(new LabError('forbidden', why, options));
      }
    }
  }

  #allocate(objects: readonly LabObject[]): void {
    const services = [...this.#pending].flatMap(([key, { index, old, next }]) => {
      const before = old?.kind === 'Service' ? old : undefined;
      return next.kind === 'Service'
        ? [{ key, index, old: before, service: next } satisfies PendingService & { key: Key }]
        : [];
    });
    if (services.length === 0) return;
    const allocation = new ServiceAllocation(serviceRanges(this.#store, objects), clusterIndex(this.#store), services);
    for (const item of services) {
      const next: Service = allocation.complete(item);
      const pending = this.#pending.get(item.key);
      if (pending !== undefined) this.#pending.set(item.key, { ...pending, next });
    }
    this.#faults.push(...allocation.faults);
  }

  /** Stores the object at its first mention; a later mention of the same object in the request finds it unchanged. */
  #write(manifest: LabObject, asCreated: boolean): ApplyResult {
    const key = keyOf(manifest);
    const pending = this.#pending.get(key);
    const before = this.#store.getByKey(key);
    if (pending === undefined) throw new LabError('internal', `${key} was lost on its way into the store`);
    const after = before === undefined ? this.#create(pending.next) : this.#update(before, pending);
    const result = before === undefined || asCreated ? 'created' : after === before ? 'unchanged' : 'configured';
    return { ...toObjectKey(key), kind: manifest.kind, result };
  }

  #create(object: LabObject): LabObject {
    if (object.kind === 'Node') return this.#store.create(completeNode(object, this.#store));
    if (object.kind !== 'Namespace') return this.#store.create(object);
    const labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
    return this.#store.create(withMetadata(object, { ...object.metadata, labels }));
  }

  #update(before: LabObject, { index, old, next }: Pending): LabObject {
    const current = next.metadata.resourceVersion === old?.metadata.resourceVersion;
    try {
      const after = this.#store.update(current ? withoutVersion(next) : next);
      if (before.kind === 'Lab' && after.kind === 'Lab') followLabNodes(this.#store, before, after);
      return after;
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      this.#faults.push(new LabError(error.code, error.message, { object: index, field: 'metadata.resourceVersion' }));
      return before;
    }
  }

  #checkNodeAddresses(): void {
    const holders = new Map<string, Node>();
    for (const node of this.#store.list('Node')) {
      const ip = internalIP(node);
      const other = ip === undefined ? undefined : holders.get(ip);
      if (ip !== undefined) holders.set(ip, node);
      if (ip === undefined || other === undefined) continue;
      const message = `Node "${node.metadata.name}" is invalid: status.addresses: Invalid value: "${ip}": is the address of node ${other.metadata.name}`;
      const lab = [...this.#pending.values()].find(({ next }) => next.kind === 'Lab');
      const index = (this.#pending.get(keyOf(node)) ?? this.#pending.get(keyOf(other)) ?? lab)?.index;
      const object = index === undefined ? {} : { object: index };
      this.#faults.push(new LabError('invalid-object', message, { field: 'status.addresses', ...object }));
    }
  }
}

/**
 * Creates or updates every object, all or none, as `kubectl apply` would; a Lab in an empty store starts the cluster.
 * Objects are normalized and valid in themselves. What the server set (addresses, ports, status) stays. Throws one error
 * with every fault in `all`, each with its `object` and `field`: `invalid-object` for what an API server calls Invalid,
 * `not-found` for a missing namespace, `forbidden`, `conflict` for a stale resourceVersion, `already-exists`.
 */
export function applyObjects(
  store: ObjectStore,
  objects: readonly LabObject[],
  context: ApplyContext = {},
): readonly ApplyResult[] {
  const admission = new Admission(store, context);
  let results: readonly ApplyResult[] = [];
  try {
    store.transaction(() => {
      results = admission.run(objects);
      if (context.dryRun === true) throw new DryRun();
    });
  } catch (error) {
    if (error instanceof DryRun) return results;
    throw error;
  }
  if (context.mode !== 'replace') admission.remember();
  return results;
}
