import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { hungUp, setThreadName } from '../../kernel/libc.ts';
import { behaviourOf } from '../images/registry.ts';
import type { HelperEvent, HelperRequest, ServerSpec } from '../protocol.ts';
import { createLineReader } from './lines.ts';
import { NamesWhenAsked } from './names-when-asked.ts';
import { type Listening, listenTcp, listenUdp } from './servers.ts';

/*
 * The helper process: keeps the sockets of all built-in images open, each in its Pod's network namespace. Requests come
 * on standard input, events go to standard output, one JSON text a line. It ends when standard input does.
 */

/** How often the helper itself looks for sockets that are gone. */
const checkMs = 1_000;
const running = new Map<string, Listening>();
/** The lab's names, once it has cluster DNS. */
let names: NamesWhenAsked | undefined;

function tell(event: HelperEvent): void {
  let rest = Buffer.from(`${JSON.stringify(event)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') process.exit(1);
    }
  }
}

function start(spec: ServerSpec): boolean {
  stop(spec.id);
  const failed = (error: Error): void => {
    stop(spec.id);
    tell({ event: 'failed', id: spec.id, message: error.message });
  };
  const found = behaviourOf(spec.behaviour);
  if (found === undefined) {
    failed(new Error(`no built-in image has the behaviour ${spec.behaviour}`));
    return false;
  }
  try {
    const handlers = found.behaviour(spec.identity, found.parameter, spec.netns);
    const listen = spec.protocol === 'TCP' ? listenTcp : listenUdp;
    const listening = listen(spec, handlers, failed);
    if (listening !== undefined) running.set(spec.id, listening);
    return listening !== undefined;
  } catch (error) {
    failed(error instanceof Error ? error : new Error(String(error)));
    return false;
  }
}

function stop(id: string): void {
  running.get(id)?.close();
  running.delete(id);
}

/**
 * A TCP socket that was closed from outside, as `ss -K` does, accepts nobody any more; libuv does not say so, and asks
 * the kernel about it again without end until it is closed here.
 */
function check(): void {
  const ids = new Map([...running].flatMap(([id, { fd }]) => (fd === undefined ? [] : [[fd, id] as const])));
  for (const fd of hungUp([...ids.keys()])) {
    const id = ids.get(fd) ?? '';
    stop(id);
    tell({ event: 'failed', id, message: 'its socket was closed from outside' });
  }
}

function receive(request: HelperRequest): void {
  if (request.op === 'start') {
    const ids = request.servers.filter(start).map(({ id }) => id);
    if (ids.length > 0) tell({ event: 'started', ids });
  } else if (request.op === 'check') {
    check();
    tell({ event: 'checked' });
  } else if (request.op === 'dns') {
    if (names === undefined) names = new NamesWhenAsked(request.dns);
    else names.configure(request.dns);
  } else if (request.op === 'zone') names?.change(request.changes, request.time);
  else {
    for (const id of request.ids) stop(id);
    tell({ event: 'stopped', ids: request.ids });
  }
}

// Keeps V8's young generation at its first size: 16 MB less after a flood of connections, and no slower.
setFlagsFromString('--semi-space-growth-factor=1');
setThreadName('svclab-helper');
setInterval(check, checkMs).unref();
setTimeout(flushCompileCache, 3_000).unref();
const read = createLineReader((line) => receive(JSON.parse(line) as HelperRequest));
process.stdin.on('data', read);
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
