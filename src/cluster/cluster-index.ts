import { serviceNameLabel } from '../kinds/types/endpointslice.ts';
import type { StringMap } from '../kinds/types/meta.ts';
import type { LabObject } from '../kinds/types/object.ts';
import type { Pod } from '../kinds/types/pod.ts';
import type { Service } from '../kinds/types/service.ts';
import { type Key, keyOf } from './keys.ts';
import { matchesMap } from './selectors.ts';
import { SetIndex } from './set-index.ts';
import type { Change, ObjectStore } from './store.ts';

/** Entry of a label of a namespace in an index. */
function labelEntry(namespace: string | undefined, key: string, value: string): string {
  return `${namespace ?? ''}/${key}=${value}`;
}

function labelEntries(namespace: string | undefined, labels: StringMap | undefined): readonly string[] {
  return Object.entries(labels ?? {}).map(([key, value]) => labelEntry(namespace, key, value));
}

function selectorEntries(object: LabObject): readonly string[] {
  if (object.kind !== 'Service') return [];
  return labelEntries(object.metadata.namespace, object.spec.selector).toSorted().slice(0, 1);
}

function serviceAddresses(object: LabObject): readonly string[] {
  if (object.kind !== 'Service' || object.spec.type === 'ExternalName') return [];
  const { clusterIP, clusterIPs } = object.spec;
  const all = clusterIPs ?? (clusterIP === undefined ? [] : [clusterIP]);
  return all.filter((ip) => ip !== 'None' && ip !== '');
}

/** Every nodePort that a Service holds, the one of its health check too. */
export function nodePortsOf(service: Service): readonly number[] {
  const ports = [...(service.spec.ports ?? []).map((port) => port.nodePort), service.spec.healthCheckNodePort];
  return [...new Set(ports.filter((port) => port !== undefined && port !== 0))] as readonly number[];
}

function loadBalancerAddresses(object: LabObject): readonly string[] {
  if (object.kind !== 'Service') return [];
  return (object.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
}

/** The uid of the controller that an object belongs to. */
export function controllerUid(object: LabObject): string | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true)?.uid;
}

function ownerUids(object: LabObject): readonly string[] {
  return (object.metadata.ownerReferences ?? []).map((owner) => owner.uid);
}

function nodeEntries(object: LabObject): readonly string[] {
  return object.kind === 'Pod' && object.spec.nodeName !== undefined ? [object.spec.nodeName] : [];
}

/** Entry of the Pods that wait for a node. */
export const unscheduled = 'unscheduled';

function stateEntries(object: LabObject): readonly string[] {
  if (object.kind !== 'Pod') return [];
  if (object.spec.nodeName === undefined) return object.metadata.deletionTimestamp === undefined ? [unscheduled] : [];
  return [];
}

function sliceEntries(object: LabObject): readonly string[] {
  const service = object.kind === 'EndpointSlice' ? object.metadata.labels?.[serviceNameLabel] : undefined;
  return service === undefined ? [] : [`${object.metadata.namespace}/${service}`];
}

/** Ways to find objects of a store without looking at all of them. */
export class ClusterIndex {
  readonly podsByLabel = new SetIndex((o) =>
    o.kind === 'Pod' ? labelEntries(o.metadata.namespace, o.metadata.labels) : [],
  );
  readonly servicesByLabel = new SetIndex(selectorEntries);
  readonly byOwner = new SetIndex(ownerUids);
  readonly byUid = new SetIndex((o) => (o.metadata.uid === undefined ? [] : [o.metadata.uid]));
  readonly byNamespace = new SetIndex((o) => (o.metadata.namespace === undefined ? [] : [o.metadata.namespace]));
  readonly podsByNode = new SetIndex(nodeEntries);
  readonly podsByState = new SetIndex(stateEntries);
  readonly podsByOwnerAndNode = new SetIndex((o) => nodeEntries(o).map((node) => `${controllerUid(o) ?? ''}/${node}`));
  /** Slices by `NAMESPACE/SERVICE`. */
  readonly slicesByService = new SetIndex(sliceEntries);
  readonly servicesByClusterIP = new SetIndex(serviceAddresses);
  readonly servicesByNodePort = new SetIndex((o) => (o.kind === 'Service' ? nodePortsOf(o).map(String) : []));
  readonly servicesByLoadBalancerIP = new SetIndex(loadBalancerAddresses);
  readonly #store: ObjectStore;
  readonly #ofAll = [this.byOwner, this.byUid, this.byNamespace];
  readonly #ofPods = [...this.#ofAll, this.podsByLabel, this.podsByNode, this.podsByState, this.podsByOwnerAndNode];
  readonly #ofSlices = [...this.#ofAll, this.slicesByService];
  readonly #ofServices = [
    ...this.#ofAll,
    this.servicesByLabel,
    this.servicesByClusterIP,
    this.servicesByNodePort,
    this.servicesByLoadBalancerIP,
  ];

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Takes note of a change of the store. */
  update(change: Change): void {
    for (const index of this.#indexesFor((change.after ?? change.before)?.kind)) index.update(change);
  }

  /** Services of the Pod's namespace whose selector the labels satisfy. */
  servicesSelecting(namespace: string | undefined, labels: StringMap | undefined): readonly Key[] {
    return labelEntries(namespace, labels)
      .flatMap((entry) => [...this.servicesByLabel.get(entry)])
      .filter((key) => {
        const service = this.#store.getByKey(key);
        return service?.kind === 'Service' && matchesMap(service.spec.selector, labels);
      });
  }

  /** Pods of the namespace with all these labels, sorted by name. An empty selector selects none. */
  podsSelectedBy(namespace: string | undefined, selector: StringMap | undefined): readonly Pod[] {
    const sets = labelEntries(namespace, selector).map((entry) => this.podsByLabel.get(entry));
    const smallest = sets.reduce<ReadonlySet<Key> | undefined>(
      (a, b) => (a === undefined || b.size < a.size ? b : a),
      undefined,
    );
    return this.pods(smallest ?? []).filter((pod) => matchesMap(selector, pod.metadata.labels));
  }

  /** The Pods among the keys, sorted by key. */
  pods(keys: Iterable<Key>): readonly Pod[] {
    return [...keys].sort().flatMap((key) => {
      const object = this.#store.getByKey(key);
      return object?.kind === 'Pod' ? [object] : [];
    });
  }

  /** Pods that the controller object owns, sorted by name. */
  podsOwnedBy(owner: LabObject): readonly Pod[] {
    const pods = this.pods(this.byOwner.get(owner.metadata.uid ?? ''));
    return pods.filter((pod) => controllerUid(pod) === owner.metadata.uid);
  }

  /** The object with this key, if there is one. */
  object(key: Key): LabObject | undefined {
    return this.#store.getByKey(key);
  }

  /** The object with this uid, if it still exists. */
  withUid(uid: string): LabObject | undefined {
    const key = this.byUid.first(uid);
    return key === undefined ? undefined : this.#store.getByKey(key);
  }

  #indexesFor(kind: LabObject['kind'] | undefined): readonly SetIndex[] {
    if (kind === 'Pod') return this.#ofPods;
    if (kind === 'Service') return this.#ofServices;
    return kind === 'EndpointSlice' ? this.#ofSlices : this.#ofAll;
  }
}

const indexes = new WeakMap<ObjectStore, ClusterIndex>();

/** The index of a store, made at the first call and kept up to date from then on. */
export function clusterIndex(store: ObjectStore): ClusterIndex {
  const known = indexes.get(store);
  if (known !== undefined) return known;
  const index = new ClusterIndex(store);
  for (const object of store.all()) index.update({ key: keyOf(object), before: undefined, after: object });
  store.observe((change) => index.update(change));
  indexes.set(store, index);
  return index;
}
