import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { errorFromJSON, LabError, type LabErrorJSON } from '../errors.ts';
import { fileOf, programOf } from '../files.ts';
import { requireTool } from '../kernel/tools.ts';

/** The first and only line that a controller prints: its API answers, or why it never will. */
export type Greeting = { readonly ready: true } | { readonly error: LabErrorJSON };

/** Which lab to start, and where its socket and log go. */
export interface LaunchOptions {
  readonly name: string;
  /** The lab's own directory; made here with mode 0700, removed when the lab ends. */
  readonly directory: string;
}

const supervisor = fileOf('controller/supervise.sh');
const controller = programOf('controller/main');

/** A lab whose controller is on its way. */
export interface StartingLab {
  /** Resolves when the lab's API answers. Throws `environment`, `missing-tool`, `lab-died`. */
  readonly ready: Promise<void>;
}

/**
 * Starts a lab's controller as the first process of new pid, mount, network, UTS and IPC namespaces (and of a user
 * namespace, unless the caller is root). It goes on when the caller ends. Throws `lab-exists`, `environment`,
 * `missing-tool`.
 */
export function spawnLab({ name, directory }: LaunchOptions): StartingLab {
  makeDirectory(directory, name);
  const log = openSync(join(directory, 'controller.log'), 'a+', 0o600);
  const child = spawn(requireTool('sh'), [supervisor, directory, ...sandbox(), ...program(name, directory)], {
    cwd: '/',
    env: ownEnvironment(),
    detached: true,
    stdio: ['ignore', 'pipe', log],
  }) as ChildProcessByStdio<null, Readable, null>;
  return { ready: greeted(child, log) };
}

/** Starts a lab and waits until its API answers. Throws as `spawnLab` and `ready` do. */
export async function startLab(options: LaunchOptions): Promise<void> {
  await spawnLab(options).ready;
}

async function greeted(child: ChildProcessByStdio<null, Readable, null>, log: number): Promise<void> {
  const greeting = await firstLine(child);
  child.stdout.destroy();
  child.unref();
  if (greeting === undefined) throw notStarted(lastWords(log));
  closeSync(log);
  if ('error' in greeting) throw errorFromJSON(greeting.error);
}

function makeDirectory(directory: string, name: string): void {
  try {
    mkdirSync(join(directory, '..'), { recursive: true, mode: 0o700 });
    mkdirSync(directory, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new LabError('lab-exists', `a lab named ${name} is already there`, {
        hint: `Change it with \`svclab apply\`, or end it with \`svclab down --lab ${name}\`.`,
      });
    }
    throw new LabError('environment', `the directory ${directory} cannot be made`, {
      cause,
      hint: 'Set SVCLAB_RUN_DIR to a directory that you may write to.',
    });
  }
}

/** The greeting; undefined when the program ends without one. */
function firstLine(child: ChildProcessByStdio<null, Readable, null>): Promise<Greeting | undefined> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(JSON.parse(text) as Greeting);
    });
    child.stdout.once('end', () => resolve(undefined));
    child.once('error', reject);
  });
}

/** NODE_OPTIONS are for the command that somebody types: what they print or listen on would come a second time. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}

/** Everything is tied to its parent's life: supervisor, unshare, controller. */
function sandbox(): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return [
    requireTool('setpriv'),
    '--pdeathsig',
    'KILL',
    '--',
    requireTool('unshare'),
    ...user,
    '--mount',
    '--pid',
    '--net',
    '--uts',
    '--ipc',
    '--fork',
    '--kill-child',
    '--',
  ];
}

/** Without options of V8: with them Node compiles its own modules at each start, which takes longer than they save. */
function program(name: string, directory: string): string[] {
  return [process.execPath, controller, name, directory];
}

/** The end of the log, which is still open although its file is gone. */
function lastWords(log: number): string {
  const buffer = Buffer.alloc(2000);
  const text = buffer.toString('utf8', 0, readSync(log, buffer, 0, buffer.length, 0));
  closeSync(log);
  return text.trim();
}

function notStarted(words: string): LabError {
  if (/^(unshare|setpriv):/m.test(words)) {
    return new LabError('environment', `this machine does not allow the namespaces of a lab: ${words.split('\n')[0]}`, {
      hint: 'Run `svclab doctor` to see what is missing and how to get it.',
    });
  }
  const error = /^\w*Error.*$/m.exec(words)?.[0];
  return new LabError('lab-died', `the lab's controller ended while it started${error ? `: ${error}` : ''}`, {
    cause: words,
    hint: 'Run again with --debug to see its last words.',
  });
}
