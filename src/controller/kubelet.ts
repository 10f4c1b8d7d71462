import { setTimeout as sleep } from 'node:timers/promises';
import { keyOf } from '../cluster/keys.ts';
import { finishPodDeletion } from '../cluster/pods/lifecycle.ts';
import { isPodFinished, withReadiness } from '../cluster/pods/status.ts';
import type { ObjectStore } from '../cluster/store.ts';
import { LabError } from '../errors.ts';
import { netnsPath } from '../kernel/netns.ts';
import type { Pod } from '../kinds/types/pod.ts';
import type { Service } from '../kinds/types/service.ts';
import { type Environment, serviceEnvironment } from '../workload/environment.ts';
import type { ServerEvent, ServerSpec } from '../workload/protocol.ts';
import { type SpawnIn, spawnInside } from '../workload/spawn.ts';
import type { Helper } from '../workload/supervisor.ts';
import { podTarget } from './pod-target.ts';
import { PodWorker } from './pod-worker.ts';

/** kubelet never gives a Pod less time to end than this. */
const leastGraceSeconds = 1;

/** Runs the Pods that are bound to nodes and keeps their status, as the kubelets of all nodes would. */
export class Kubelet {
  readonly #store: ObjectStore;
  readonly #helper: Pick<Helper, 'apply' | 'check'>;
  /** Ids of the built-in servers that listen. */
  readonly #listening = new Set<string>();
  readonly #workers = new Map<string, PodWorker>();
  readonly #problems = new Map<string, string>();
  readonly #spawnIn: SpawnIn;
  #updating = false;
  /** Who waits for the next update. */
  #onUpdate: (() => void)[] = [];

  constructor(store: ObjectStore, helper: Pick<Helper, 'apply' | 'check'>, spawnIn: SpawnIn = spawnInside) {
    this.#store = store;
    this.#helper = helper;
    this.#spawnIn = spawnIn;
  }

  /** Whether every built-in server is as it was last wanted, or has failed, and its Pod's status says so. */
  get idle(): boolean {
    if (this.#updating) return false;
    const wanted = new Set(this.#servers().map(({ id }) => id));
    const missing = [...wanted].some((id) => !this.#listening.has(id) && !this.#problems.has(id));
    return !missing && [...this.#listening].every((id) => wanted.has(id));
  }

  /** Resolves when it is idle, or when so many milliseconds have passed. */
  async untilIdle(milliseconds: number): Promise<void> {
    const late = sleep(milliseconds, true, { ref: false });
    let over = false;
    while (!this.idle && !over) {
      over = await Promise.race([late, new Promise<false>((resolve) => this.#onUpdate.push(() => resolve(false)))]);
    }
  }

  /** What went wrong with built-in servers, one line each. */
  problems(): string[] {
    return [...this.#problems.values()];
  }

  /** What a container's program has printed. Throws `not-found`; `usage` for a built-in image, which prints nothing. */
  logs(pod: Pod, container: string | undefined): string {
    const names = pod.spec.containers.map(({ name }) => name);
    const name = container ?? names[0] ?? '';
    if (!names.includes(name) && !pod.spec.initContainers?.some((init) => init.name === name)) {
      throw new LabError('not-found', `pod ${pod.metadata.name} has no container ${name}`, {
        hint: `Containers: ${names.join(', ')}.`,
      });
    }
    return this.#workers.get(pod.metadata.uid ?? '')?.logs(name) ?? '';
  }

  /** Variables that programs of the Pod's first container have, from its `env:` and from Services; none before it runs. */
  environment(pod: Pod): Environment {
    return this.#workers.get(pod.metadata.uid ?? '')?.environment ?? {};
  }

  /** Takes in what the helper process says. */
  onHelperEvent(event: ServerEvent): void {
    if (event.event === 'started') {
      for (const id of event.ids) {
        this.#listening.add(id);
        this.#problems.delete(id);
      }
    } else if (event.event === 'stopped') {
      for (const id of event.ids) {
        this.#listening.delete(id);
        this.#problems.delete(id);
      }
    } else {
      this.#listening.delete(event.id);
      this.#problems.set(event.id, `${event.id}: ${event.message}`);
    }
    this.#updateSoon();
  }

  /** The helper died: none of its sockets is left. */
  onHelperExit(): void {
    this.#listening.clear();
    this.#problems.clear();
    this.#updateSoon();
  }

  /** Starts Pods whose network is there, ends those that are deleted, and makes the built-in servers listen. */
  run(): void {
    const pods = new Map(this.#store.list('Pod').map((pod) => [pod.metadata.uid ?? '', pod]));
    const services = this.#store.list('Service');
    for (const [uid, worker] of this.#workers) if (!pods.has(uid)) this.#end(uid, worker);
    for (const [uid, pod] of pods) {
      if (pod.metadata.deletionTimestamp !== undefined) this.#finish(uid, pod);
      else if (pod.status.podIP !== undefined && !isPodFinished(pod) && !this.#workers.has(uid))
        this.#start(uid, pod, services);
    }
    this.#applyServers();
    this.updateStatus();
  }

  /** Starts those built-in servers anew that do not listen and that `only` takes. Returns those that listen again. */
  async restartServers(only: (spec: ServerSpec) => boolean): Promise<readonly ServerSpec[]> {
    const ids = new Set(await this.#helper.check(only));
    return this.#servers().filter(({ id }) => ids.has(id));
  }

  /** Writes the status of every Pod that runs. */
  updateStatus(): void {
    for (const worker of this.#workers.values()) {
      const { kind, metadata } = worker.pod;
      const pod = this.#store.get(kind, metadata.namespace, metadata.name);
      if (pod === undefined || pod.metadata.uid !== metadata.uid) continue;
      if (pod.metadata.deletionTimestamp !== undefined) this.#finish(metadata.uid ?? '', pod);
      if (!isPodFinished(pod) && this.#workers.has(metadata.uid ?? '')) this.#writeStatus(pod, worker);
    }
  }

  /** Several events of one moment are one update. */
  #updateSoon(): void {
    if (this.#updating) return;
    this.#updating = true;
    setImmediate(() => {
      this.#updating = false;
      this.#applyServers();
      this.updateStatus();
      for (const resolve of this.#onUpdate.splice(0)) resolve();
    });
  }

  #start(uid: string, pod: Pod, present: readonly Service[]): void {
    const variablesOf = (services: readonly Service[]) =>
      serviceEnvironment(services, pod.metadata.namespace ?? 'default', pod.spec.enableServiceLinks);
    const worker = new PodWorker(pod, {
      target: podTarget(pod),
      nodeNetns: netnsPath(pod.spec.nodeName ?? ''),
      services: () => variablesOf(this.#store.list('Service')),
      servicesAtStart: () => variablesOf(present),
      spawnIn: this.#spawnIn,
      isListening: (id) => this.#listening.has(id),
      hasFailed: (id) => this.#problems.has(id),
      onChange: () => this.#updateSoon(),
    });
    this.#workers.set(uid, worker);
  }

  #applyServers(): void {
    this.#helper.apply(this.#servers());
  }

  #servers(): readonly ServerSpec[] {
    return [...this.#workers.values()].flatMap((worker) => worker.servers());
  }

  /** A Pod that was removed without grace; kubelet gives it one second all the same. */
  #end(uid: string, worker: PodWorker): void {
    worker.stop(leastGraceSeconds);
    this.#forget(uid);
  }

  #forget(uid: string): void {
    this.#workers.get(uid)?.close();
    this.#workers.delete(uid);
  }

  /** A deleted Pod goes when its programs and servers have ended. */
  #finish(uid: string, pod: Pod): void {
    const worker = this.#workers.get(uid);
    const grace = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds;
    worker?.stop(Math.max(leastGraceSeconds, grace));
    if (worker?.gone === false) return;
    this.#forget(uid);
    finishPodDeletion(this.#store, keyOf(pod));
  }

  #writeStatus(pod: Pod, worker: PodWorker): void {
    const now = this.#store.now();
    this.#store.update<Pod>({ ...pod, status: withReadiness(pod, { ...pod.status, ...worker.status() }, now) });
  }
}
