import type { ExecTarget } from '../api/types.ts';
import type { Container, ContainerStatus, Pod, PodStatus, Probe } from '../kinds/types.ts';
import type { Environment } from '../workload/environment.ts';
import { PodRunner } from '../workload/pod-runner.ts';
import { runningOf } from '../workload/ports.ts';
import type { ServerSpec } from '../workload/protocol.ts';
import type { ProbeKind } from '../workload/readiness.ts';
import { checkProbe, watchProbe } from '../workload/readiness-runner.ts';
import { serversOf } from '../workload/servers.ts';
import { exited, spawnInside } from '../workload/spawn.ts';

/** What one Pod's worker needs of the lab. */
export interface PodSurroundings {
  readonly target: ExecTarget;
  /** Path of the node's network namespace, where kubelet's probes connect from. */
  readonly nodeNetns: string;
  readonly services: Environment;
  /** Whether the server with this id listens. */
  readonly isListening: (id: string) => boolean;
  /** Called when the Pod's status may have changed. */
  readonly onChange: () => void;
}

/** Runs one Pod: its programs, its built-in servers and its probes. */
export class PodWorker {
  readonly pod: Pod;
  readonly #around: PodSurroundings;
  readonly #runner: PodRunner;
  readonly #servers: readonly ServerSpec[];
  /** Verdicts of probes by container and kind; absent while a probe has none. */
  readonly #verdicts = new Map<string, boolean>();
  readonly #watches = new Map<string, () => void>();
  #initialised: boolean;
  #closed = false;
  #stopping: Promise<void> | undefined;

  /** Starts the Pod. */
  constructor(pod: Pod, around: PodSurroundings) {
    this.pod = pod;
    this.#around = around;
    this.#servers = serversOf(pod, around.target.netns);
    this.#initialised = (pod.spec.initContainers ?? []).length === 0;
    const { target, services, onChange } = around;
    this.#runner = new PodRunner({ pod, target, services, spawnIn: spawnInside, onChange });
    if (this.#initialised) return;
    void this.#runner.started.then(() => {
      this.#initialised = true;
      onChange();
    });
  }

  /** The servers of built-in images that should listen now. */
  servers(): readonly ServerSpec[] {
    return this.#initialised && !this.#closed ? this.#servers : [];
  }

  /** Output of a container's program, or undefined for a built-in image. */
  logs(container: string): string | undefined {
    return this.#runner.runner(container)?.logs();
  }

  /** Ends the Pod: preStop hooks, programs, servers. Resolves when the programs are gone; servers close after it. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Whether every server has closed after `stop`. */
  get silent(): boolean {
    return this.#closed && this.#servers.every(({ id }) => !this.#around.isListening(id));
  }

  async #stop(): Promise<void> {
    for (const end of this.#watches.values()) end();
    await Promise.all([this.#runner.stop(), ...this.pod.spec.containers.map((container) => this.#preStop(container))]);
    this.#closed = true;
  }

  /** The preStop hook of a built-in image; a program's runner sees to its own. */
  async #preStop({ name, lifecycle }: Container): Promise<void> {
    const hook = this.#runner.runner(name) === undefined ? lifecycle?.preStop : undefined;
    const grace = this.pod.metadata.deletionGracePeriodSeconds ?? this.pod.spec.terminationGracePeriodSeconds;
    const seconds = Math.min(hook?.sleep?.seconds ?? 0, grace);
    if (seconds > 0) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    if (hook?.exec !== undefined) await exited(this.#exec(hook.exec.command));
  }

  #exec(argv: readonly string[]) {
    const child = spawnInside(this.#around.target, argv, { env: this.#around.target.env, cwd: '/' });
    child.stdout?.resume();
    child.stderr?.resume();
    return child;
  }

  /** The Pod's phase and containers as they are now. Starts the probes of containers that have come to run. */
  status(): Pick<PodStatus, 'phase' | 'containerStatuses'> {
    const containerStatuses = this.pod.spec.containers.map((container) => this.#containerStatus(container));
    return { phase: this.#phase(containerStatuses), containerStatuses };
  }

  #phase(containers: readonly ContainerStatus[]): PodStatus['phase'] {
    const ended = containers.every(({ state }) => state === 'terminated');
    if (ended && this.pod.spec.restartPolicy !== 'Always') {
      return containers.every(({ reason }) => reason === 'Completed') ? 'Succeeded' : 'Failed';
    }
    const started =
      this.#initialised && containers.every(({ state, restartCount }) => state !== 'waiting' || restartCount > 0);
    return started || this.pod.status.phase === 'Running' ? 'Running' : 'Pending';
  }

  #containerStatus(container: Container): ContainerStatus {
    const { name } = container;
    const program = this.#runner.runner(name)?.state;
    const state = program ?? this.#serverState(container);
    if (state.state === 'running') this.#watchProbes(container);
    const ready =
      state.state === 'running' && this.#passes(container, 'startup') && this.#passes(container, 'readiness');
    const { reason } = state;
    return {
      name,
      ready,
      restartCount: state.restartCount,
      state: state.state,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  #serverState(container: Container): Pick<ContainerStatus, 'state' | 'restartCount' | 'reason'> {
    const own = this.#servers.filter(({ identity }) => identity.container === container.name);
    const listening = own.every(({ id }) => this.#around.isListening(id));
    const hasProgram = runningOf(container).kind === 'command';
    if (this.#initialised && !hasProgram && listening) return { state: 'running', restartCount: 0 };
    return { state: 'waiting', restartCount: 0, reason: this.#initialised ? 'ContainerCreating' : 'PodInitializing' };
  }

  #passes(container: Container, kind: ProbeKind): boolean {
    return probeOf(container, kind) === undefined || this.#verdicts.get(`${container.name} ${kind}`) === true;
  }

  #watchProbes(container: Container): void {
    for (const kind of ['startup', 'readiness', 'liveness'] as const) {
      const probe = probeOf(container, kind);
      const key = `${container.name} ${kind}`;
      if (probe === undefined || this.#watches.has(key) || this.#stopping !== undefined) continue;
      if (kind !== 'startup' && !this.#passes(container, 'startup')) continue;
      this.#watches.set(key, this.#watch(container, kind, probe));
    }
  }

  #watch(container: Container, kind: ProbeKind, probe: Probe): () => void {
    const { nodeNetns, target, onChange } = this.#around;
    const exec = (argv: readonly string[]) =>
      this.#runner.runner(container.name)?.exec(argv) ?? spawnInside(target, argv, { env: target.env, cwd: '/' });
    const surroundings = { container, nodeNetns, podIP: this.pod.status.podIP ?? '', exec };
    return watchProbe(
      kind,
      probe,
      () => checkProbe(probe, surroundings),
      (passing) => {
        this.#verdicts.set(`${container.name} ${kind}`, passing);
        if (!passing && kind === 'liveness') void this.#runner.runner(container.name)?.restart(`${kind} probe failed`);
        onChange();
      },
    );
  }
}

function probeOf(container: Container, kind: ProbeKind): Probe | undefined {
  return { startup: container.startupProbe, readiness: container.readinessProbe, liveness: container.livenessProbe }[
    kind
  ];
}
