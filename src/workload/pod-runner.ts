import type { ExecTarget } from '../api/types.ts';
import type { Container } from '../kinds/types/container.ts';
import type { Pod } from '../kinds/types/pod.ts';
import { commandOf } from './commands.ts';
import type { Environment } from './environment.ts';
import { ContainerRunner, type ContainerState, type RunnerOptions } from './runner.ts';
import type { SpawnIn } from './spawn.ts';

export interface PodRunnerOptions {
  readonly pod: Pod;
  readonly target: ExecTarget;
  readonly spawnIn: SpawnIn;
  /** Gives the variables of the Services of the Pod's namespace, as they are when a program starts. */
  readonly services?: () => Environment;
  readonly onChange: (container: string, state: ContainerState) => void;
  readonly delay?: RunnerOptions['delay'];
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

/**
 * Runs the programs of a Pod: first those of its initContainers, one after another, each until it ends well, then those
 * of its containers side by side. Containers of built-in images have no program and are not here.
 */
export class PodRunner {
  readonly #options: PodRunnerOptions;
  readonly #runners = new Map<string, ContainerRunner>();
  readonly #initial = new Map<string, ContainerState>();
  #stopped = false;
  /** Resolves with true when the containers have been started, with false when they never will be. */
  readonly started: Promise<boolean>;

  /**
   * How an initContainer is doing. That of a built-in image has nothing to do: it has ended well as soon as it is its
   * turn.
   */
  initialState(container: string): ContainerState {
    return this.#initial.get(container) ?? { state: 'waiting', reason: 'PodInitializing', restartCount: 0 };
  }

  /** Starts the Pod's programs. */
  constructor(options: PodRunnerOptions) {
    this.#options = options;
    this.started = this.#start();
  }

  /** The runner of a container or initContainer with a program; undefined for built-in images and before its turn. */
  runner(container: string): ContainerRunner | undefined {
    return this.#runners.get(container);
  }

  /**
   * Stops every program within the grace period, in seconds; the Pod's own when absent. Resolves when all are gone. Can
   * be called again with a shorter one.
   */
  async stop(graceSeconds?: number): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop(graceSeconds)));
  }

  async #start(): Promise<boolean> {
    for (const container of this.#options.pod.spec.initContainers ?? []) {
      if (!(await this.#initialise(container))) return false;
    }
    for (const container of this.#options.pod.spec.containers) this.#run(container);
    return true;
  }

  #run(container: Container, initial?: (state: ContainerState) => void): void {
    const { pod, target, spawnIn, services, onChange, delay } = this.#options;
    const command = commandOf(pod, container, services);
    if (command === undefined || this.#stopped) {
      initial?.({ state: 'terminated', reason: 'Completed', exitCode: 0, restartCount: 0 });
      return;
    }
    const { restartPolicy, terminationGracePeriodSeconds } = pod.spec;
    const untilDone = restartPolicy === 'Always' ? 'OnFailure' : restartPolicy;
    const initialPolicy = isSidecar(container) ? 'Always' : untilDone;
    const runner = new ContainerRunner({
      container,
      command,
      restartPolicy: initial === undefined ? restartPolicy : initialPolicy,
      terminationGracePeriodSeconds,
      target,
      spawnIn,
      onChange: (state) => {
        initial?.(state);
        onChange(container.name, state);
      },
      ...(delay === undefined ? {} : { delay }),
    });
    this.#runners.set(container.name, runner);
  }

  /** Runs an initContainer to its end; of a sidecar, only to its start. Returns whether that went well. */
  async #initialise(container: Container): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#run(container, (state) => {
      this.#initial.set(container.name, state);
      if (state.state === 'terminated') resolve(state.exitCode === 0);
      else if (isSidecar(container) && state.state === 'running') resolve(true);
    });
    const well = await promise;
    return well && !this.#stopped;
  }
}
