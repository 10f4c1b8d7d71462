import { LabError } from '../../errors.ts';
import { normalizeObject } from '../../kinds/normalize.ts';
import type { LabObject } from '../../kinds/types/object.ts';
import type { Pod } from '../../kinds/types/pod.ts';
import { parseCidr } from '../../net/address.ts';
import { type ApplyContext, applyObjects } from '../admission.ts';
import { PodAddressPool } from '../allocators/pod-ip.ts';
import { keyOf } from '../keys.ts';
import { internalIP } from '../nodes.ts';
import { finishPodDeletion } from '../pods/lifecycle.ts';
import { reconcile } from '../reconcile.ts';
import { ObjectStore } from '../store.ts';
import { podsToRun, setPodStatus } from './kubelet.ts';

/** The object of a manifest given as plain data. Throws `invalid-object` with the first fault. */
export function object(raw: unknown): LabObject {
  const result = normalizeObject(raw);
  if ('object' in result) return result.object;
  const [first] = result.faults;
  throw new LabError('invalid-object', `${first?.field}: ${first?.message}`);
}

/** A cluster of a test: a store, a clock that stands still until told, and a kubelet that obeys. */
export class TestCluster {
  now = new Date('2026-01-01T00:00:00Z');
  readonly store = new ObjectStore({ clock: () => this.now });
  readonly #pools = new Map<string, PodAddressPool>();

  /** A Lab with these nodes (default: one control-plane node and two workers) and other fields of its spec. */
  constructor(spec: Record<string, unknown> = {}) {
    this.apply({ apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'test' }, spec });
  }

  /** Applies manifests given as plain data. */
  apply(...manifests: readonly unknown[]): readonly string[] {
    return this.applyIn({}, ...manifests);
  }

  /** The same with a context. */
  applyIn(context: ApplyContext, ...manifests: readonly unknown[]): readonly string[] {
    return applyObjects(this.store, manifests.map(object), context).map(({ result }) => result);
  }

  /** Runs the controllers. */
  reconcile(): boolean {
    return reconcile(this.store, { now: this.now });
  }

  /** Runs controllers and kubelets until nothing changes: Pods get addresses, become ready, and end when deleted. `onStep` sees each state. */
  settle(isReady: (pod: Pod) => boolean = () => true, onStep: () => void = () => {}): void {
    for (let changed = true; changed; ) {
      this.reconcile();
      onStep();
      const before = this.store.resourceVersion;
      for (const pod of podsToRun(this.store)) this.#runPod(pod, isReady(pod));
      this.reconcile();
      changed = this.store.resourceVersion !== before;
    }
  }

  /** Lets time pass. */
  wait(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1000);
  }

  /** Names of the Pods, sorted. */
  get podNames(): readonly string[] {
    return this.store.list('Pod').map((pod) => pod.metadata.name);
  }

  #runPod(pod: Pod, ready: boolean): void {
    if (pod.metadata.deletionTimestamp !== undefined) {
      finishPodDeletion(this.store, keyOf(pod));
      return;
    }
    const node = this.store.get('Node', undefined, pod.spec.nodeName ?? '');
    if (node === undefined) return;
    setPodStatus(this.store, keyOf(pod), {
      phase: 'Running',
      podIP: pod.status.podIP ?? (pod.spec.hostNetwork ? String(internalIP(node)) : this.#address(node.metadata.name)),
      containerStatuses: pod.spec.containers.map(({ name }) => ({ name, ready, restartCount: 0, state: 'running' })),
    });
  }

  #address(node: string): string {
    const pool = this.#pools.get(node) ?? new PodAddressPool(parseCidr(`10.244.${this.#pools.size}.0/24`));
    this.#pools.set(node, pool);
    return pool.allocate();
  }
}

/** A Deployment of one httpd container, port 80 named http. */
export function deployment(name: string, replicas: number, more: Record<string, unknown> = {}): unknown {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: template(name), ...more },
  };
}

/** A Pod template with label app and one httpd container. */
export function template(app: string, spec: Record<string, unknown> = {}, image = 'httpd'): unknown {
  const containers = [{ name: 'web', image, ports: [{ name: 'http', containerPort: 80 }] }];
  return { metadata: { labels: { app } }, spec: { containers, ...spec } };
}

/** A Service that selects app=NAME, port 80. */
export function service(name: string, spec: Record<string, unknown> = {}): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
  };
}
