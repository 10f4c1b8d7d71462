import { type BigIntStats, lstatSync, readdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { LabError } from '../errors.ts';

/** Milliseconds after which a directory without a socket belongs to a lab that was killed while it started. */
const longestStart = 30_000;

/** Where a lab's own directory and its API are. */
export interface LabLocation {
  readonly name: string;
  /** Of mode 0700; gone when the lab is gone. */
  readonly directory: string;
  /** Unix socket of the controller's API, of mode 0600. */
  readonly socket: string;
}

/** The environment variables that say where labs are and which one is meant. */
export interface LocateEnvironment {
  readonly SVCLAB_RUN_DIR?: string | undefined;
  readonly SVCLAB_LAB?: string | undefined;
  readonly XDG_RUNTIME_DIR?: string | undefined;
}

/** Longest path of a unix socket, sun_path of unix(7) without its closing zero. */
const longestSocketPath = 107;

/**
 * Absolute path of the directory with one sub-directory per running lab: $SVCLAB_RUN_DIR, else /run/svclab for root, else
 * $XDG_RUNTIME_DIR/svclab, else /tmp/svclab-UID.
 */
export function runDirectory(
  env: LocateEnvironment = process.env,
  uid: number | undefined = process.getuid?.(),
): string {
  if (env.SVCLAB_RUN_DIR !== undefined && env.SVCLAB_RUN_DIR !== '') return resolve(env.SVCLAB_RUN_DIR);
  if (uid === 0) return '/run/svclab';
  if (env.XDG_RUNTIME_DIR !== undefined && env.XDG_RUNTIME_DIR !== '') return join(env.XDG_RUNTIME_DIR, 'svclab');
  return `/tmp/svclab-${uid}`;
}

/** Paths of the lab with this name. Throws `usage` for a name that is no DNS label, or too long for a socket's path. */
export function labLocation(name: string, runDir: string): LabLocation {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
    throw new LabError('usage', `"${name}" is not a name for a lab`, {
      hint: 'Use lower case letters, digits and "-", at most 63, such as demo-1.',
    });
  }
  const directory = join(runDir, name);
  const socket = join(directory, 'api.sock');
  if (Buffer.byteLength(socket) > longestSocketPath) {
    throw new LabError('usage', `the path ${socket} is too long for a socket`, {
      hint: 'Choose a shorter name, or a shorter SVCLAB_RUN_DIR.',
    });
  }
  return { name, directory, socket };
}

/** What is at the path; undefined when nothing is. Throws `permission-denied`, and `environment` where nothing can be. */
function lookAt(runDir: string): Stats | undefined {
  try {
    return lstatSync(runDir, { throwIfNoEntry: false });
  } catch (cause) {
    const denied = (cause as NodeJS.ErrnoException).code === 'EACCES';
    throw new LabError(denied ? 'permission-denied' : 'environment', `${runDir} cannot be a directory for labs`, {
      cause,
      hint: 'Set SVCLAB_RUN_DIR to a directory of your own.',
    });
  }
}

/**
 * Refuses a run directory that another user could have put there, as /tmp allows. Throws `permission-denied`, and
 * `environment` for a path that cannot be. A directory that is missing is fine.
 */
export function checkRunDirectory(runDir: string, uid: number | undefined = process.getuid?.()): void {
  const stats = lookAt(runDir);
  if (stats === undefined) return;
  if (stats.isDirectory() && (uid === 0 || stats.uid === uid) && (stats.mode & 0o022) === 0) return;
  throw new LabError('permission-denied', `${runDir} is not a directory that only you can write to`, {
    hint: 'Remove it, or set SVCLAB_RUN_DIR to a directory of your own.',
  });
}

/** Whether something listens on the socket; `stale` when its owner is gone. */
function probe(socket: string): Promise<'running' | 'stale' | 'absent'> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve('running');
    });
    connection.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' ? 'stale' : error.code === 'ENOENT' ? 'absent' : 'running');
    });
  });
}

function socketStats(socket: string): BigIntStats | undefined {
  return statSync(socket, { throwIfNoEntry: false, bigint: true });
}

/**
 * Whether the lab answers. What a lab that was killed left of its directory is removed, unless a new lab has just
 * taken the place.
 */
export async function isRunning(lab: LabLocation, now: number = Date.now()): Promise<boolean> {
  const before = socketStats(lab.socket);
  const state = before === undefined ? 'absent' : await probe(lab.socket);
  const dead = state === 'stale' ? before?.ino === socketStats(lab.socket)?.ino : neverStarted(lab, state, now);
  if (dead) rmSync(lab.directory, { recursive: true, force: true });
  return state === 'running';
}

/** Whether the directory has stood without a socket for longer than any start takes. */
function neverStarted(lab: LabLocation, state: 'running' | 'absent', now: number): boolean {
  const stats = lstatSync(lab.directory, { throwIfNoEntry: false });
  return state === 'absent' && stats !== undefined && now - stats.ctimeMs > longestStart;
}

/** Labs with a directory in the run directory, dead or alive, by name. */
function candidates(runDir: string): LabLocation[] {
  checkRunDirectory(runDir);
  let names: string[];
  try {
    names = readdirSync(runDir).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new LabError('permission-denied', `cannot read ${runDir}`, { cause: error });
  }
  const labs = names.map((name) => ({ name, directory: join(runDir, name), socket: join(runDir, name, 'api.sock') }));
  return labs.filter((lab) => socketStats(lab.socket)?.isSocket() === true);
}

/** The labs that answer, by name. Removes what killed labs left. */
export async function runningLabs(runDir: string): Promise<readonly LabLocation[]> {
  const labs = candidates(runDir);
  const running = await Promise.all(labs.map((lab) => isRunning(lab)));
  return labs.filter((_, at) => running[at]);
}

/** The error for a lab that does not run. */
export function noSuchLab(name: string): LabError {
  const up = name === 'default' ? 'svclab up' : `svclab up --name ${name}`;
  return new LabError('no-such-lab', `no lab named "${name}" is running`, {
    hint: `Start it with: ${up}; see what runs with: svclab list`,
  });
}

/**
 * The lab that a command means: the one named, else $SVCLAB_LAB, else the only one running, else `default`. That it
 * runs is found out by talking to it. Throws `usage` when several run and none was named.
 */
export async function findLab(
  name: string | undefined,
  env: LocateEnvironment = process.env,
  runDir: string = runDirectory(env),
): Promise<LabLocation> {
  checkRunDirectory(runDir);
  const named = name ?? (env.SVCLAB_LAB === '' ? undefined : env.SVCLAB_LAB);
  if (named !== undefined) return labLocation(named, runDir);
  const all = candidates(runDir);
  const labs = all.length > 1 ? await runningLabs(runDir) : all;
  if (labs.length <= 1) return labs[0] ?? labLocation('default', runDir);
  throw new LabError('usage', `${labs.length} labs run: ${labs.map((lab) => lab.name).join(', ')}`, {
    hint: 'Say which one with --lab NAME, or set SVCLAB_LAB.',
  });
}
