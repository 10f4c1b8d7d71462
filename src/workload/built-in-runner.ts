import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from '../kinds/types/container.ts';
import type { PodSpec } from '../kinds/types/pod.ts';
import { restartDelay } from './backoff.ts';
import type { ServerSpec } from './protocol.ts';
import type { ContainerState } from './runner.ts';
import { exited, signalGroup } from './spawn.ts';

export interface BuiltInOptions {
  readonly container: Container;
  readonly restartPolicy: PodSpec['restartPolicy'];
  /** The container's own servers. */
  readonly servers: readonly ServerSpec[];
  readonly isListening: (id: string) => boolean;
  /** Whether the server could not be started. */
  readonly hasFailed: (id: string) => boolean;
  /** Starts a program in the container, for its hooks. */
  readonly exec: (argv: readonly string[]) => ChildProcess;
  readonly onChange: () => void;
  /** Milliseconds to wait before a restart; kubelet's back-off when absent. */
  readonly delay?: (previousMs: number | undefined, ranMs: number) => number;
}

/** Exit code of a program that SIGKILL ended. */
const killed = 137;

/** A container of a built-in image: no program, but servers in the helper process that should run. */
export class BuiltInRunner {
  readonly #options: BuiltInOptions;
  #restartCount = 0;
  #lastDelayMs: number | undefined;
  #startedAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #hasListened = false;
  /** How the container ended for good; undefined while it runs or waits to be started again. */
  #end: Pick<ContainerState, 'reason' | 'exitCode'> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: BuiltInOptions) {
    this.#options = options;
  }

  /** The servers that should listen now. Each start of the container has sockets of its own. */
  servers(): readonly ServerSpec[] {
    if (this.#end !== undefined || this.#timer !== undefined) return [];
    const { servers } = this.#options;
    return this.#restartCount === 0 ? servers : servers.map((spec) => ({ ...spec, run: this.#restartCount }));
  }

  /** Whether every server listens. */
  get listens(): boolean {
    return this.#options.servers.every(({ id }) => this.#options.isListening(id));
  }

  /** Whether the container has ended and none of its servers listens any more. */
  get silent(): boolean {
    return this.#end !== undefined && !this.#options.servers.some(({ id }) => this.#options.isListening(id));
  }

  /** A container whose socket was closed from outside runs on, as a program does whose thread has died. */
  state(): ContainerState {
    const restartCount = this.#restartCount;
    if (this.#end !== undefined && this.silent) return { state: 'terminated', ...this.#end, restartCount };
    if (this.#timer !== undefined) {
      return { state: 'waiting', reason: 'CrashLoopBackOff', exitCode: killed, restartCount };
    }
    this.#hasListened ||= this.listens;
    if (this.#hasListened) return { state: 'running', restartCount };
    const failed = this.#options.servers.some(({ id }) => this.#options.hasFailed(id));
    return { state: 'waiting', reason: failed ? 'CrashLoopBackOff' : 'ContainerCreating', restartCount };
  }

  /** Ends the servers as a failed probe ends a program; the restart policy says what then. */
  restart(): void {
    if (this.#end !== undefined || this.#timer !== undefined) return;
    const { restartPolicy, delay = restartDelay, onChange } = this.#options;
    if (restartPolicy === 'Never') this.#end = { reason: 'Error', exitCode: killed };
    else {
      this.#lastDelayMs = delay(this.#lastDelayMs, performance.now() - this.#startedAt);
      this.#timer = setTimeout(() => this.#startAgain(), this.#lastDelayMs);
    }
    onChange();
  }

  #startAgain(): void {
    this.#timer = undefined;
    this.#restartCount++;
    this.#startedAt = performance.now();
    this.#hasListened = false;
    this.#options.onChange();
  }

  /** preStop hook, then the servers may close. Resolves when the hook is over, or the grace period. */
  stop(graceSeconds: number): Promise<void> {
    this.#stopping ??= this.#stop(graceSeconds * 1000);
    return this.#stopping;
  }

  async #stop(graceMs: number): Promise<void> {
    if (this.#hasListened && this.#timer === undefined) await this.#preStop(graceMs);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#end ??= { reason: 'Completed', exitCode: 0 };
    this.#options.onChange();
  }

  async #preStop(graceMs: number): Promise<void> {
    const { container, exec } = this.#options;
    const hook = container.lifecycle?.preStop;
    if (hook?.sleep !== undefined) await sleep(Math.min(hook.sleep.seconds * 1000, graceMs));
    if (hook?.exec === undefined) return;
    const child = exec(hook.exec.command);
    const limit = setTimeout(signalGroup, graceMs, child, 'SIGKILL');
    await exited(child);
    clearTimeout(limit);
  }
}
