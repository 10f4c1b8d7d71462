import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLineReader } from './helper/lines.ts';
import type { HelperEvent, HelperRequest, ServerSpec } from './protocol.ts';

export interface HelperOptions {
  /** Absolute path of the Node that runs the helper. */
  readonly node: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onEvent: (event: HelperEvent) => void;
  /** The helper died; it is started again after `retryMs`. */
  readonly onExit?: (exit: {
    readonly code: number | null;
    readonly signal: string | null;
    readonly retryMs: number;
  }) => void;
  /** Last words of the helper on its standard error. */
  readonly onStderr?: (text: string) => void;
}

export interface Helper {
  /** Makes exactly these servers run: starts what is missing, stops the rest, restarts what changed or failed before. */
  readonly apply: (desired: readonly ServerSpec[]) => void;
  /** Process id, or undefined while the helper waits to be started again. */
  readonly pid: () => number | undefined;
  /** Ends the helper for good. Resolves when the process is gone. */
  readonly close: () => Promise<void>;
}

const firstDelayMs = 20;
const longestDelayMs = 10_000;
const steadyMs = 10_000;
const batch = 200;

function helperFile(): string {
  return fileURLToPath(new URL(`helper/main${extname(import.meta.url)}`, import.meta.url));
}

/** Tells a namespace apart from an earlier one at the same path. */
function namespaceOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}

function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / batch) }, (_, i) => items.slice(i * batch, (i + 1) * batch));
}

/**
 * Runs the helper process and keeps it running: when it dies it is started again with all its servers, at once the
 * first time, then after a delay that doubles up to 10 s; the delay begins anew after 10 s of life.
 */
export function createHelper(options: HelperOptions): Helper {
  const { node, onEvent, onExit, onStderr } = options;
  let wanted = new Map<string, { readonly print: string; readonly spec: ServerSpec }>();
  const told = new Map<string, string>();
  let child: ChildProcess | undefined;
  let closed = false;
  let delayMs = firstDelayMs;
  let timer: NodeJS.Timeout | undefined;

  const send = (request: HelperRequest): void => {
    child?.stdin?.write(`${JSON.stringify(request)}\n`);
  };
  const update = (): void => {
    if (child === undefined) return;
    const gone = [...told].filter(([id, print]) => wanted.get(id)?.print !== print).map(([id]) => id);
    for (const id of gone) told.delete(id);
    for (const ids of batches(gone)) send({ op: 'stop', ids });
    const missing = [...wanted.values()].filter(({ spec }) => !told.has(spec.id));
    for (const { spec, print } of missing) told.set(spec.id, print);
    for (const group of batches(missing)) send({ op: 'start', servers: group.map(({ spec }) => spec) });
  };
  const hear = (line: string): void => {
    const event = JSON.parse(line) as HelperEvent;
    if (event.event === 'failed') told.delete(event.id);
    onEvent(event);
  };
  const start = (): void => {
    const startedAt = performance.now();
    const process = spawn(node, ['--v8-pool-size=0', helperFile()], {
      stdio: ['pipe', 'pipe', 'pipe'],
      cwd: '/',
      ...(options.env === undefined ? {} : { env: { ...options.env } }),
    });
    child = process;
    process.stdin.on('error', () => undefined);
    process.stdout.on('data', createLineReader(hear));
    process.stderr.on('data', (chunk: Buffer) => onStderr?.(chunk.toString()));
    let over = false;
    const ended = (code: number | null, signal: string | null): void => {
      if (over) return;
      over = true;
      child = undefined;
      told.clear();
      if (closed) return;
      const retryMs = performance.now() - startedAt > steadyMs ? firstDelayMs : delayMs;
      delayMs = Math.min(retryMs * 2, longestDelayMs);
      timer = setTimeout(start, retryMs);
      onExit?.({ code, signal, retryMs });
    };
    process.on('error', () => ended(null, null));
    process.on('exit', ended);
    update();
  };

  start();
  return {
    apply: (desired) => {
      wanted = new Map(
        desired.map((spec) => [spec.id, { spec, print: `${namespaceOf(spec.netns)} ${JSON.stringify(spec)}` }]),
      );
      update();
    },
    pid: () => child?.pid,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      const last = child;
      if (last === undefined || last.exitCode !== null) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      last.once('exit', () => resolve());
      last.stdin?.end();
      const kill = setTimeout(() => last.kill('SIGKILL'), 1000);
      await promise;
      clearTimeout(kill);
    },
  };
}
