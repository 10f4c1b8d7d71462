import { type Key, keyOf } from '../cluster/keys.ts';
import { finishPodDeletion } from '../cluster/pods/lifecycle.ts';
import { isPodFinished, withReadiness } from '../cluster/pods/status.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { netnsPath } from '../kernel/netns.ts';
import type { ContainerStatus, Pod, PodStatus } from '../kinds/types.ts';
import { podNetns } from '../plan/names.ts';
import type { HelperEvent, ServerSpec } from '../workload/protocol.ts';
import { serversOf } from '../workload/servers.ts';
import type { Helper } from '../workload/supervisor.ts';

/** Runs the Pods that are bound to nodes and keeps their status, as the kubelets of all nodes would. */
export class Kubelet {
  readonly #store: ObjectStore;
  readonly #helper: Helper;
  /** Ids of the sockets that listen. */
  readonly #listening = new Set<string>();
  readonly #problems = new Map<string, string>();

  constructor(store: ObjectStore, helper: Helper) {
    this.#store = store;
    this.#helper = helper;
  }

  /** What went wrong with Pods, one line each. */
  problems(): string[] {
    return [...this.#problems.values()];
  }

  /** Takes in what the helper process says. Returns whether a Pod's status may have changed. */
  onHelperEvent(event: HelperEvent): void {
    if (event.event === 'started') {
      for (const id of event.ids) {
        this.#listening.add(id);
        this.#problems.delete(id);
      }
    } else if (event.event === 'stopped') for (const id of event.ids) this.#listening.delete(id);
    else {
      this.#listening.delete(event.id);
      this.#problems.set(event.id, `${event.id}: ${event.message}`);
    }
    this.updateStatus();
  }

  /** The helper died: none of its sockets is left. */
  onHelperExit(): void {
    this.#listening.clear();
    this.updateStatus();
  }

  /** Makes the sockets of all Pods whose namespace is there; those of Pods that end are closed. */
  run(): void {
    const servers: ServerSpec[] = [];
    for (const pod of this.#pods()) {
      if (pod.metadata.deletionTimestamp === undefined && pod.status.podIP !== undefined)
        servers.push(...this.#servers(pod));
    }
    this.#helper.apply(servers);
    this.updateStatus();
  }

  /** Writes the status of every Pod, and removes those that have ended. */
  updateStatus(): void {
    for (const pod of this.#pods()) {
      if (pod.metadata.deletionTimestamp !== undefined) this.#finish(keyOf(pod), pod);
      else if (pod.status.podIP !== undefined) this.#writeStatus(pod);
    }
  }

  #pods(): Pod[] {
    return this.#store.list('Pod').filter((pod) => pod.spec.nodeName !== undefined && !isPodFinished(pod));
  }

  #servers(pod: Pod): readonly ServerSpec[] {
    return serversOf(pod, netnsPath(podNetns(pod)));
  }

  #finish(key: Key, pod: Pod): void {
    if (this.#servers(pod).every(({ id }) => !this.#listening.has(id))) finishPodDeletion(this.#store, key);
  }

  #writeStatus(pod: Pod): void {
    const servers = this.#servers(pod);
    const containerStatuses = pod.spec.containers.map(({ name }): ContainerStatus => {
      const own = servers.filter(({ identity }) => identity.container === name);
      const ready = own.every(({ id }) => this.#listening.has(id));
      return { name, ready, restartCount: 0, state: ready ? 'running' : 'waiting' };
    });
    const running = containerStatuses.every(({ state }) => state === 'running');
    const phase: PodStatus['phase'] = running || pod.status.phase === 'Running' ? 'Running' : 'Pending';
    const now = this.#store.now();
    const status = withReadiness(pod, { ...pod.status, phase, containerStatuses }, now);
    this.#store.update<Pod>({ ...pod, status });
  }
}
