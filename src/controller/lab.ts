import { NodeAgents } from '../agent/node-agents.ts';
import { nextReconcileTime } from '../cluster/reconcile.ts';
import type { ObjectStore } from '../cluster/store.ts';
import type { ClusterView } from '../cluster/view.ts';
import { LabError, toLabError } from '../errors.ts';
import { Kernel } from '../kernel/apply.ts';
import { listNetns, netnsPath } from '../kernel/netns.ts';
import type { LeaseBook } from '../lab/leases.ts';
import { proxyConfigOf } from '../lab/proxies.ts';
import { LabState } from '../lab/state.ts';
import type { DesiredLab, DesiredNetns } from '../plan/desired.ts';
import { diffLab } from '../plan/diff.ts';
import type { Operation } from '../plan/operations.ts';
import type { ServerSpec } from '../workload/protocol.ts';
import { createHelper, type Helper } from '../workload/supervisor.ts';
import { ClusterNames } from './cluster-names.ts';
import { findDrift } from './drift.ts';
import { Kubelet } from './kubelet.ts';
import { Mutex } from './mutex.ts';

const minute = 60_000;
/** Milliseconds after a failure until the next try. */
const retryDelay = 1_000;

/** Milliseconds that the rules of a new lab wait for the servers of its Pods. */
const firstPodsPatience = 50;

/** When a namespace was last written or compared, and how long that took. */
export interface SyncTime {
  readonly at: Date;
  readonly seconds: number;
}

/** What a repair took. */
export interface Repair {
  readonly operations: readonly Operation[];
  /** Servers of built-in images that were started anew. */
  readonly servers: readonly ServerSpec[];
}

/** A running lab: turns the objects of its store into kernel state, again whenever they change. */
export class Lab {
  readonly name: string;
  /** Process id of the controller as the machine sees it. */
  readonly pid: number;
  readonly store: ObjectStore;
  readonly kernel = new Kernel();
  readonly leases: LeaseBook;
  readonly kubelet: Kubelet;
  readonly helper: Helper;
  readonly agents = new NodeAgents();
  readonly startedAt = new Date();
  /** When what had drifted was last repaired, by namespace; milliseconds since 1970. */
  readonly repairedAt = new Map<string, number>();
  readonly #state: LabState;
  readonly #names: ClusterNames;
  readonly #mutex = new Mutex();
  readonly #syncTimes = new Map<string, SyncTime>();
  #view: ClusterView | undefined;
  #applied: DesiredLab | undefined;
  #problem: LabError | undefined;
  /** Whether the kernel is known to hold what was applied. */
  #certain = true;
  #dirty = false;
  #working = false;
  #idleWaiters: (() => void)[] = [];
  #wakeUp: NodeJS.Timeout | undefined;

  constructor(name: string, pid: number) {
    this.name = name;
    this.pid = pid;
    this.#state = new LabState(name, () => new Date());
    this.store = this.#state.store;
    this.leases = this.#state.leases;
    this.#names = new ClusterNames(this.store, (request) => this.helper.tell(request));
    this.helper = createHelper({
      node: process.execPath,
      onEvent: (event) => this.kubelet.onHelperEvent(event),
      onExit: () => this.kubelet.onHelperExit(),
      introduction: () => this.#names.everything(),
      onStderr: (text) => process.stderr.write(text),
    });
    this.kubelet = new Kubelet(this.store, this.helper);
    this.store.watch(() => this.#change());
    setInterval(() => void this.#periodicSync(), 1000).unref();
  }

  /** The picture of the lab that its rules were made from. Throws `not-found` before the first objects are there. */
  get view(): ClusterView {
    if (this.#view === undefined) throw new LabError('not-found', 'the lab has no objects yet');
    return this.#view;
  }

  /** Whether the first objects have been turned into kernel state. */
  get started(): boolean {
    return this.#view !== undefined;
  }

  /** The desired state that the kernel was last brought to. */
  get desired(): DesiredLab {
    return this.#applied ?? { namespaces: [] };
  }

  /** The last fault of bringing the kernel to the desired state; it is tried again. */
  get problem(): LabError | undefined {
    return this.#problem;
  }

  /** When the namespace was last written or compared. */
  syncTime(netns: string): SyncTime | undefined {
    return this.#syncTimes.get(netns);
  }

  /** Whether every change so far is in the kernel. */
  get idle(): boolean {
    return !this.#dirty && !this.#working && this.#problem === undefined;
  }

  /** Resolves when the next round of work has ended. */
  nextIdle(): Promise<void> {
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  #change(): void {
    this.agents.queued();
    if (this.#dirty) return;
    this.#dirty = true;
    if (!this.#working) setImmediate(() => void this.#work());
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#dirty) {
      this.#dirty = false;
      await this.#mutex.run(() => this.#converge()).catch((error) => this.#failed(error));
    }
    this.#working = false;
    this.#planWakeUp();
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  #failed(error: unknown): void {
    this.#problem = toLabError(error);
    process.stderr.write(`${this.#problem.stack}\n`);
    this.#certain = false;
    setTimeout(() => this.#change(), retryDelay).unref();
  }

  /** One round: objects → desired state → kernel → Pods. */
  async #converge(): Promise<void> {
    if (this.#applied === undefined && this.#certain) await this.#begin();
    const { view, desired } = this.#state.round();
    this.#dirty = false; // what the round itself changed is in the view
    this.#view = view;
    const operations = this.#certain ? diffLab(this.#applied, desired) : await this.#recover(desired);
    await this.#apply(operations);
    this.#applied = desired;
    this.#certain = true;
    this.#problem = undefined;
    await this.agents.sync(view);
    this.#runPods();
  }

  /** In a new lab nobody is reached through rules yet: Pods start first, so that rules are made only once for them. */
  async #begin(): Promise<void> {
    const { view, desired } = this.#state.roundWithoutRules();
    this.#view = view;
    await this.#apply(diffLab(undefined, desired));
    this.#applied = desired;
    this.#runPods();
    await this.kubelet.untilIdle(firstPodsPatience);
  }

  /** DNS servers cannot start before they are told of the lab's names. */
  #runPods(): void {
    this.#names.send();
    this.kubelet.run();
  }

  /** After a failure nobody knows what is in the kernel: it is read. */
  async #recover(desired: DesiredLab): Promise<readonly Operation[]> {
    const names = new Set(desired.namespaces.map(({ name }) => name));
    const extra = listNetns().filter((netns) => !names.has(netns));
    const removals = extra.map((netns) => ({ netns, op: 'netns-delete' }) as const);
    return [...removals, ...(await findDrift(this.kernel, desired, () => true))];
  }

  async #apply(operations: readonly Operation[]): Promise<void> {
    const started = performance.now();
    await this.kernel.apply(operations);
    this.#noteSync(
      operations.map(({ netns }) => netns),
      started,
    );
  }

  #noteSync(namespaces: Iterable<string>, started: number): void {
    const time = { at: new Date(), seconds: (performance.now() - started) / 1000 };
    for (const netns of new Set(namespaces)) this.#syncTimes.set(netns, time);
  }

  #planWakeUp(): void {
    clearTimeout(this.#wakeUp);
    const next = nextReconcileTime(this.store);
    if (next === undefined) return;
    this.#wakeUp = setTimeout(() => this.#change(), Math.max(0, next.getTime() - Date.now()));
    this.#wakeUp.unref();
  }

  /** The operations that would repair what has drifted in the chosen namespaces. Throws `kernel`. */
  drift(only: (netns: DesiredNetns) => boolean): Promise<readonly Operation[]> {
    return this.#mutex.run(() => findDrift(this.kernel, this.desired, only));
  }

  /** Repairs what has drifted in the chosen namespaces, and tells what that took. Throws `kernel`. */
  repair(only: (netns: DesiredNetns) => boolean): Promise<Repair> {
    return this.#mutex.run(async () => {
      const started = performance.now();
      const operations = await findDrift(this.kernel, this.desired, only);
      await this.kernel.apply(operations);
      for (const { netns } of operations) this.repairedAt.set(netns, Date.now());
      if (this.#view !== undefined) await this.agents.sync(this.#view);
      this.#problem = undefined;
      this.#noteSync(
        this.desired.namespaces.filter(only).map(({ name }) => name),
        started,
      );
      this.#runPods();
      const chosen = new Set(this.desired.namespaces.filter(only).map(({ name }) => netnsPath(name)));
      return { operations, servers: await this.kubelet.restartServers(({ netns }) => chosen.has(netns)) };
    });
  }

  /** kube-proxy's sync period decides for all namespaces; flannel's own resync of 5 s is not copied. */
  async #periodicSync(): Promise<void> {
    if (this.#view === undefined || this.#working) return;
    const period = Math.min(proxyConfigOf(this.#view.proxy).syncPeriod, 60 * minute);
    const due = (netns: DesiredNetns) => {
      const last = this.#syncTimes.get(netns.name)?.at.getTime() ?? 0;
      return Date.now() - last >= period;
    };
    if (!this.desired.namespaces.some(due)) return;
    await this.repair(due).catch((error) => this.#failed(error));
  }
}
