import type { ExecTarget } from '../api/types.ts';
import type { Container, ContainerStatus, Probe } from '../kinds/types/container.ts';
import type { Pod, PodStatus } from '../kinds/types/pod.ts';
import { BuiltInRunner } from '../workload/built-in-runner.ts';
import { ContainerProbes } from '../workload/container-probes.ts';
import { containerEnvironment, type Environment } from '../workload/environment.ts';
import { PodRunner } from '../workload/pod-runner.ts';
import { runningOf } from '../workload/ports.ts';
import type { ServerSpec } from '../workload/protocol.ts';
import type { ProbeKind } from '../workload/readiness.ts';
import { checkProbe } from '../workload/readiness-runner.ts';
import type { ContainerState } from '../workload/runner.ts';
import { serversOf } from '../workload/servers.ts';
import type { SpawnIn } from '../workload/spawn.ts';

/** What one Pod's worker needs of the lab. */
export interface PodSurroundings {
  readonly target: ExecTarget;
  /** Path of the node's network namespace, where kubelet's probes connect from. */
  readonly nodeNetns: string;
  /** Variables of the Services that there are. */
  readonly services: () => Environment;
  /** Variables of the Services that there were when the Pod started. */
  readonly servicesAtStart: () => Environment;
  readonly spawnIn: SpawnIn;
  /** Whether the server with this id listens. */
  readonly isListening: (id: string) => boolean;
  /** Whether the server with this id could not be started. */
  readonly hasFailed: (id: string) => boolean;
  /** Called when the Pod's status may have changed. */
  readonly onChange: () => void;
}

/** The probes of a container's present run. */
interface Probing {
  readonly run: number;
  readonly probes: ContainerProbes;
}

/** Runs one Pod: its programs, its built-in servers and its probes. */
export class PodWorker {
  readonly pod: Pod;
  readonly #around: PodSurroundings;
  #environment: Environment | undefined;
  readonly #runner: PodRunner;
  readonly #builtIns: ReadonlyMap<string, BuiltInRunner>;
  readonly #probing = new Map<string, Probing>();
  #initialised = false;
  /** An initContainer has failed for good. */
  #spoilt = false;
  #hasRun = false;
  #grace: number | undefined;
  #programsGone = false;

  /** Starts the Pod. */
  constructor(pod: Pod, around: PodSurroundings) {
    this.pod = pod;
    this.#around = around;
    this.#builtIns = this.#makeBuiltIns();
    this.#initialised = (pod.spec.initContainers ?? []).length === 0;
    const { target, services, spawnIn, onChange } = around;
    this.#runner = new PodRunner({ pod, target, services, spawnIn, onChange });
    if (this.#initialised) return;
    void this.#runner.started.then((well) => {
      this.#initialised = well;
      this.#spoilt = !well;
      onChange();
    });
  }

  #makeBuiltIns(): ReadonlyMap<string, BuiltInRunner> {
    const { spec } = this.pod;
    const { target, isListening, hasFailed, onChange } = this.#around;
    const servers = Map.groupBy(serversOf(this.pod, target.netns), ({ identity }) => identity.container);
    const containers = spec.containers.filter((container) => runningOf(container).kind === 'built-in');
    const exec = (argv: readonly string[]) => this.#exec(argv);
    return new Map(
      containers.map((container) => {
        const options = { container, restartPolicy: spec.restartPolicy, isListening, hasFailed, exec, onChange };
        return [container.name, new BuiltInRunner({ ...options, servers: servers.get(container.name) ?? [] })];
      }),
    );
  }

  /** The servers of built-in images that should listen now. */
  servers(): readonly ServerSpec[] {
    return this.#initialised ? [...this.#builtIns.values()].flatMap((builtIn) => builtIn.servers()) : [];
  }

  /** Variables of the first container, as the Pod was started with them: Services made later have none. */
  get environment(): Environment {
    const [first] = this.pod.spec.containers;
    this.#environment ??= first === undefined ? {} : containerEnvironment(first, this.#around.servicesAtStart());
    return this.#environment;
  }

  /** Output of a container's program, or undefined for a built-in image. */
  logs(container: string): string | undefined {
    return this.#runner.runner(container)?.logs();
  }

  /**
   * Ends the Pod within the grace period, in seconds: every container has its preStop hook and then ends, each for
   * itself. Can be called again with a shorter one. `gone` tells when all is over.
   */
  stop(graceSeconds: number): void {
    if (this.#grace !== undefined && this.#grace <= graceSeconds) return;
    this.#grace = graceSeconds;
    for (const { probes } of this.#probing.values()) probes.stopRestarting();
    for (const builtIn of this.#builtIns.values()) void builtIn.stop(graceSeconds);
    void this.#runner.stop(graceSeconds).then(() => {
      this.#programsGone = true;
      this.#around.onChange();
    });
  }

  /** Whether every program and server has ended after `stop`. */
  get gone(): boolean {
    return this.#programsGone && [...this.#builtIns.values()].every(({ silent }) => silent);
  }

  /** Ends what the worker still watches. */
  close(): void {
    for (const { probes } of this.#probing.values()) probes.stop();
    this.#probing.clear();
  }

  #exec(argv: readonly string[]) {
    const { target, spawnIn } = this.#around;
    const child = spawnIn(target, argv, { env: target.env, cwd: '/' });
    child.stdout?.resume();
    child.stderr?.resume();
    return child;
  }

  /** The Pod's phase and containers as they are now. Starts the probes of containers that have come to run. */
  status(): Pick<PodStatus, 'phase' | 'initContainerStatuses' | 'containerStatuses'> {
    const { initContainers } = this.pod.spec;
    const states = this.pod.spec.containers.map((container) => ({ container, state: this.#stateOf(container) }));
    const phase = this.#phase(states.map(({ state }) => state));
    return {
      phase,
      ...(initContainers === undefined
        ? {}
        : { initContainerStatuses: initContainers.map((one) => this.#initial(one)) }),
      containerStatuses: states.map(({ container, state }) => this.#containerStatus(container, state)),
    };
  }

  /** Of an initContainer, ready means that it has ended well; of a sidecar, that it runs. */
  #initial({ name, restartPolicy }: Container): ContainerStatus {
    const { state, reason, exitCode, restartCount } = this.#runner.initialState(name);
    const ready = restartPolicy === 'Always' ? state === 'running' : state === 'terminated' && exitCode === 0;
    return { name, ready, restartCount, state, ...(reason === undefined ? {} : { reason }) };
  }

  /** Source: kubelet's getPhase. */
  #phase(states: readonly ContainerState[]): PodStatus['phase'] {
    const { restartPolicy } = this.pod.spec;
    if (this.#spoilt && this.#grace === undefined) return 'Failed';
    if (states.every(({ state }) => state === 'terminated') && restartPolicy !== 'Always') {
      return states.every(({ exitCode }) => exitCode === 0) ? 'Succeeded' : 'Failed';
    }
    this.#hasRun ||= states.every(hasRun);
    return this.#hasRun ? 'Running' : 'Pending';
  }

  #stateOf({ name }: Container): ContainerState {
    if (!this.#initialised) return { state: 'waiting', reason: 'PodInitializing', restartCount: 0 };
    const state = this.#builtIns.get(name)?.state() ?? this.#runner.runner(name)?.state;
    return state ?? { state: 'waiting', reason: 'ContainerCreating', restartCount: 0 };
  }

  #containerStatus(container: Container, { state, restartCount, reason }: ContainerState): ContainerStatus {
    const { name } = container;
    const passing = this.#probe(container, state === 'running' ? restartCount : undefined);
    const ready = passing && this.#builtIns.get(name)?.listens !== false;
    return { name, ready, restartCount, state, ...(reason === undefined ? {} : { reason }) };
  }

  /** Starts the probes of a new run, and ends those of one that is over. Returns whether they pass. */
  #probe(container: Container, run: number | undefined): boolean {
    const before = this.#probing.get(container.name);
    if (before?.run === run && before !== undefined) return before.probes.passing;
    before?.probes.stop();
    this.#probing.delete(container.name);
    if (run === undefined || this.#grace !== undefined) return false;
    const probes = this.#startProbes(container);
    this.#probing.set(container.name, { run, probes });
    return probes.passing;
  }

  #startProbes(container: Container): ContainerProbes {
    const { nodeNetns, onChange } = this.#around;
    const program = this.#runner.runner(container.name);
    const exec = (argv: readonly string[]) => program?.exec(argv) ?? this.#exec(argv);
    const surroundings = { container, nodeNetns, podIP: this.pod.status.podIP ?? '', exec };
    return new ContainerProbes({
      container,
      check: (probe: Probe) => checkProbe(probe, surroundings),
      onChange,
      onFailure: (kind) => this.#restart(container, kind),
    });
  }

  #restart({ name }: Container, kind: ProbeKind): void {
    this.#builtIns.get(name)?.restart();
    void this.#runner.runner(name)?.restart(`Container ${name} failed ${kind} probe, will be restarted`);
  }
}

/** Whether a container runs or has run: one that waits to be started again has an exit code. */
function hasRun({ state, restartCount, exitCode }: ContainerState): boolean {
  return state !== 'waiting' || restartCount > 0 || exitCode !== undefined;
}
