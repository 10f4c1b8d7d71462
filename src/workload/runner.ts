import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecTarget } from '../api/types.ts';
import type { Container, LifecycleHandler } from '../kinds/types/container.ts';
import type { PodSpec } from '../kinds/types/pod.ts';
import { restartDelay } from './backoff.ts';
import type { ContainerCommand } from './commands.ts';
import { whyNotRunnable } from './program.ts';
import { exited, type SpawnIn, signalGroup } from './spawn.ts';
import { createTail } from './tail.ts';

/** How a container is doing. */
export interface ContainerState {
  readonly state: 'running' | 'waiting' | 'terminated';
  /** `ContainerCreating`, `CrashLoopBackOff`, `RunContainerError`, `StartError`, `Completed`, `Error`. */
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  readonly restartCount: number;
}

export interface RunnerOptions {
  readonly container: Container;
  readonly command: ContainerCommand;
  readonly restartPolicy: PodSpec['restartPolicy'];
  readonly terminationGracePeriodSeconds: number;
  readonly target: ExecTarget;
  readonly spawnIn: SpawnIn;
  readonly onChange: (state: ContainerState) => void;
  /** Milliseconds to wait before a restart; kubelet's back-off when absent. */
  readonly delay?: (previousMs: number | undefined, ranMs: number) => number;
}

const logBytes = 64 * 1024;
const postStartMs = 60_000;

/** Runs a container's program and keeps it running as its restart policy says, as kubelet does. */
export class ContainerRunner {
  readonly #options: RunnerOptions;
  readonly #log = createTail(logBytes);
  #state: ContainerState = { state: 'waiting', reason: 'ContainerCreating', restartCount: 0 };
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #lastDelayMs: number | undefined;
  #startedAt = 0;
  #stopping: Promise<void> | undefined;

  /** Starts the program. */
  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#start();
  }

  get state(): ContainerState {
    return this.#state;
  }

  /** Last 64 KiB of what the program printed, both streams, over all restarts. */
  logs(): string {
    return this.#log.text();
  }

  /** Starts a program beside the container's own, with the same surroundings. */
  exec(argv: readonly string[]): ChildProcess {
    const { spawnIn, target, command } = this.#options;
    return spawnIn(target, argv, { env: command.env, cwd: command.cwd });
  }

  /** Ends the program as a failed liveness probe does; the restart policy says what then. */
  restart(why: string): Promise<void> {
    this.#note(why);
    return this.#end(this.#options.terminationGracePeriodSeconds * 1000);
  }

  /**
   * preStop hook, SIGTERM, and SIGKILL when the grace period is over, in seconds; the Pod's own when absent. The
   * container stays down. Can be called again with a shorter one.
   */
  stop(graceSeconds = this.#options.terminationGracePeriodSeconds): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#stopping !== undefined) this.#killAfter(graceSeconds * 1000);
    this.#stopping ??= this.#end(graceSeconds * 1000);
    if (this.#state.state === 'waiting') {
      this.#become({ state: 'terminated', reason: 'Error', exitCode: this.#state.exitCode ?? 137 });
    }
    return this.#stopping;
  }

  #become(state: Omit<ContainerState, 'restartCount'>): void {
    this.#state = { ...state, restartCount: this.#state.restartCount };
    this.#options.onChange(this.#state);
  }

  #note(line: string): void {
    this.#log.add(Buffer.from(`${line}\n`));
  }

  #spawn(argv: readonly string[]): ChildProcess {
    const child = this.exec(argv);
    child.stdout?.on('data', this.#log.add);
    child.stderr?.on('data', this.#log.add);
    return child;
  }

  #start(): void {
    const { command, container } = this.#options;
    this.#startedAt = performance.now();
    const [program = ''] = command.argv;
    const why = whyNotRunnable(program, command.env.PATH ?? '', command.cwd);
    if (why !== undefined) {
      this.#refuse(why);
      return;
    }
    const child = this.#spawn(command.argv);
    this.#child = child;
    this.#become({ state: 'running' });
    this.#gone = this.#watch(child, program);
    void this.#runHook(container.lifecycle?.postStart, postStartMs).then((fine) => {
      if (!fine && this.#child === child) signalGroup(child, 'SIGKILL');
    });
  }

  async #watch(child: ChildProcess, program: string): Promise<void> {
    const code = await exited(child);
    this.#child = undefined;
    signalGroup(child, 'SIGKILL');
    if (code === undefined) this.#refuse(`exec: ${JSON.stringify(program)}: cannot be started`);
    else this.#ended(code);
  }

  #ended(exitCode: number): void {
    const { restartPolicy } = this.#options;
    const wantsMore = restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
    if (wantsMore && this.#stopping === undefined) this.#again(exitCode);
    else this.#become({ state: 'terminated', reason: exitCode === 0 ? 'Completed' : 'Error', exitCode });
  }

  /** The program cannot be started: exit code 128, as kubelet tells it. */
  #refuse(message: string): void {
    this.#note(message);
    if (this.#stopping !== undefined || this.#options.restartPolicy === 'Never') {
      this.#become({ state: 'terminated', reason: 'StartError', message, exitCode: 128 });
    } else this.#again(128, { reason: 'RunContainerError', message });
  }

  #again(exitCode: number, failure?: { readonly reason: string; readonly message: string }): void {
    const { delay = restartDelay, container } = this.#options;
    const waitMs = delay(this.#lastDelayMs, performance.now() - this.#startedAt);
    this.#lastDelayMs = waitMs;
    const message = `back-off ${waitMs / 1000}s restarting failed container=${container.name}`;
    const waiting = waitMs === 0 ? {} : { reason: 'CrashLoopBackOff', message };
    this.#become({ state: 'waiting', exitCode, ...(failure ?? waiting) });
    this.#timer = setTimeout(() => {
      this.#state = { ...this.#state, restartCount: this.#state.restartCount + 1 };
      this.#start();
    }, waitMs);
  }

  async #runHook(hook: LifecycleHandler | undefined, limitMs: number): Promise<boolean> {
    if (hook?.sleep !== undefined) await sleep(Math.min(hook.sleep.seconds * 1000, limitMs));
    if (hook?.exec === undefined) return true;
    const child = this.#spawn(hook.exec.command);
    const limit = setTimeout(signalGroup, limitMs, child, 'SIGKILL');
    const code = await exited(child);
    clearTimeout(limit);
    return code === 0;
  }

  #killAfter(graceMs: number): void {
    const child = this.#child;
    if (child === undefined) return;
    const kill = setTimeout(signalGroup, graceMs, child, 'SIGKILL');
    void this.#gone.then(() => clearTimeout(kill));
  }

  async #end(graceMs: number): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#killAfter(graceMs);
    await this.#runHook(this.#options.container.lifecycle?.preStop, graceMs);
    if (this.#child !== child) return;
    child.kill('SIGTERM');
    await this.#gone;
  }
}
