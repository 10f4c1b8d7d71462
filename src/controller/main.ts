import { chmodSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { errorToJSON, toLabError } from '../errors.ts';
import { setThreadName } from '../kernel/libc.ts';
import { Lab } from './lab.ts';
import type { Greeting } from './launch.ts';
import { listenAt } from './listen.ts';
import { isRootless, mountPrivateProc, mountPrivateRun } from './mounts.ts';
import { startReaper } from './reaper.ts';

/*
 * The controller of one lab: first process of its own namespaces. Arguments: the lab's name, and its directory on the
 * machine, in which the API's socket is made before /run becomes the lab's own.
 */

function greet(greeting: Greeting): void {
  writeSync(1, `${JSON.stringify(greeting)}\n`);
}

async function main(name: string, directory: string): Promise<void> {
  setThreadName('svclab');
  process.umask(0o077);
  const socket = join(directory, 'api.sock');
  const listening = await listenAt(socket);
  chmodSync(socket, 0o600);
  process.umask(0o022);
  const pid = mountPrivateProc();
  mountPrivateRun(isRootless());
  startReaper();
  const lab = new Lab(name, pid);
  greet({ ready: true });
  // The client can make its first request while what answers it is loaded.
  const { createApi } = await import('./api.ts');
  listening.handle(createApi(lab, () => process.exit(0)));
  setTimeout(flushCompileCache, 3_000).unref();
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => process.exit(0));
const [name = 'default', directory = '.'] = process.argv.slice(2);
main(name, directory).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  greet({ error: errorToJSON(toLabError(error)) });
  process.exit(3);
});
