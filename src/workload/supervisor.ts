import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { programOf } from '../files.ts';
import { createLineReader } from './helper/lines.ts';
import type { HelperEvent, HelperRequest, ServerEvent, ServerSpec } from './protocol.ts';

export interface HelperOptions {
  /** Absolute path of the Node that runs the helper. */
  readonly node: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onEvent: (event: ServerEvent) => void;
  /** The helper died; it is started again after `retryMs`. */
  readonly onExit?: (exit: {
    readonly code: number | null;
    readonly signal: string | null;
    readonly retryMs: number;
  }) => void;
  /** What a helper is told first, before it starts servers. */
  readonly introduction?: () => readonly HelperRequest[];
  /** Last words of the helper on its standard error. */
  readonly onStderr?: (text: string) => void;
}

export interface Helper {
  /**
   * Makes exactly these servers run: starts what is missing, stops the rest, restarts what changed. One that failed
   * stays so until the port that it wants is given up by another server, or until `check`.
   */
  readonly apply: (desired: readonly ServerSpec[]) => void;
  /**
   * Looks whether every server still listens, and starts those anew that do not and that `only` takes. Resolves with
   * their ids when they listen. A helper that gives no answer for 10 s is killed, and so started anew.
   */
  readonly check: (only?: (spec: ServerSpec) => boolean) => Promise<readonly string[]>;
  /** Tells the helper something that is no matter of servers; nobody hears it while it waits to be started again. */
  readonly tell: (request: Extract<HelperRequest, { op: 'dns' | 'zone' }>) => void;
  /** Process id, or undefined while the helper waits to be started again. */
  readonly pid: () => number | undefined;
  /** Ends the helper for good. Resolves when the process is gone. */
  readonly close: () => Promise<void>;
}

const firstDelayMs = 20;
const longestDelayMs = 10_000;
const steadyMs = 10_000;
const patienceMs = 1_000;
const answerMs = 10_000;
const batch = 200;

/** A server, with what tells a changed one apart. */
interface Wanted {
  readonly print: string;
  readonly spec: ServerSpec;
}

function portOf({ netns, protocol, port }: ServerSpec): string {
  return `${netns} ${protocol} ${port}`;
}

/** Tells a namespace apart from an earlier one at the same path. */
function namespaceOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}

function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / batch) }, (_, i) => items.slice(i * batch, (i + 1) * batch));
}

/**
 * Runs the helper process and keeps it running: when it dies it is started again with all its servers, after a delay
 * that doubles from 20 ms to 10 s; the delay begins anew after 10 s of life.
 */
export function createHelper(options: HelperOptions): Helper {
  const supervisor = new Supervisor(options);
  return {
    apply: (desired) => supervisor.apply(desired),
    check: (only) => supervisor.check(only),
    tell: (request) => supervisor.tell(request),
    pid: () => supervisor.pid,
    close: () => supervisor.close(),
  };
}

class Supervisor {
  readonly #options: HelperOptions;
  /** Servers by id. */
  #wanted = new Map<string, Wanted>();
  /** What the helper that runs now was told to start. */
  readonly #told = new Map<string, Wanted>();
  /** Ids of those that it was told to start and that do not listen. */
  readonly #failed = new Set<string>();
  /** Who waits for `checked`, in the order of asking. */
  readonly #asking: (() => void)[] = [];
  #child: ChildProcess | undefined;
  #closed = false;
  #delayMs = firstDelayMs;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HelperOptions) {
    this.#options = options;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  apply(desired: readonly ServerSpec[]): void {
    this.#wanted = new Map(
      desired.map((spec) => [spec.id, { spec, print: `${namespaceOf(spec.netns)} ${JSON.stringify(spec)}` }]),
    );
    this.#update();
  }

  async check(only: (spec: ServerSpec) => boolean = () => true): Promise<readonly string[]> {
    await this.#ask();
    const again = [...this.#failed].filter((id) => {
      const wanted = this.#wanted.get(id);
      return wanted !== undefined && only(wanted.spec);
    });
    if (again.length === 0) return again;
    for (const id of again) this.#forget(id);
    this.#update();
    await this.#ask();
    return again.filter((id) => this.#told.has(id) && !this.#failed.has(id));
  }

  /** Resolves when the helper has answered everything so far, or is gone. */
  async #ask(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const impatience = setTimeout(() => child.kill('SIGKILL'), answerMs);
    this.#asking.push(resolve);
    this.#send({ op: 'check' });
    await promise;
    clearTimeout(impatience);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once('exit', () => resolve());
    child.stdin?.end();
    const kill = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await promise;
    clearTimeout(kill);
  }

  /** Tells the helper of what differs from what it was told before. */
  #update(): void {
    if (this.#child === undefined) return;
    const goneServers = [...this.#told].filter(([id, { print }]) => this.#wanted.get(id)?.print !== print);
    const gone = goneServers.map(([id]) => id);
    const freed = new Set(goneServers.map(([, { spec }]) => portOf(spec)));
    for (const id of gone) this.#forget(id);
    for (const id of this.#failed) {
      const told = this.#told.get(id);
      if (told !== undefined && freed.has(portOf(told.spec))) this.#forget(id);
    }
    for (const ids of batches(gone)) this.#send({ op: 'stop', ids });
    const missing = [...this.#wanted.values()].filter(({ spec }) => !this.#told.has(spec.id));
    for (const wanted of missing) this.#told.set(wanted.spec.id, wanted);
    for (const group of batches(missing)) this.#send({ op: 'start', servers: group.map(({ spec }) => spec) });
  }

  tell(request: HelperRequest): void {
    this.#send(request);
  }

  #send(request: HelperRequest): void {
    this.#child?.stdin?.write(`${JSON.stringify(request)}\n`);
  }

  #hear(line: string): void {
    const event = JSON.parse(line) as HelperEvent;
    if (event.event === 'checked') {
      this.#asking.shift()?.();
      return;
    }
    if (event.event === 'failed' && this.#told.has(event.id)) this.#failed.add(event.id);
    this.#options.onEvent(event);
  }

  #forget(id: string): void {
    this.#told.delete(id);
    this.#failed.delete(id);
  }

  #start(): void {
    const { node, env, onStderr } = this.#options;
    const startedAt = performance.now();
    const child = spawn(node, [programOf('workload/helper/main')], {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: '/',
      ...(env === undefined ? {} : { env: { ...env } }),
    });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    child.stdout.on(
      'data',
      createLineReader((line) => {
        if (this.#child === child) this.#hear(line);
      }),
    );
    child.stderr.on('data', (chunk: Buffer) => onStderr?.(chunk.toString()));
    child.on('error', () => this.#ended(child, startedAt, null, null));
    child.on('exit', (code, signal) => this.#ended(child, startedAt, code, signal));
    for (const request of this.#options.introduction?.() ?? []) this.#send(request);
    this.#update();
  }

  #ended(child: ChildProcess, startedAt: number, code: number | null, signal: string | null): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#told.clear();
    this.#failed.clear();
    for (const resolve of this.#asking.splice(0)) resolve();
    if (this.#closed) return;
    const retryMs = performance.now() - startedAt > steadyMs ? firstDelayMs : this.#delayMs;
    this.#delayMs = Math.min(retryMs * 2, longestDelayMs);
    this.#timer = setTimeout(() => this.#start(), retryMs);
    this.#options.onExit?.({ code, signal, retryMs });
  }
}
