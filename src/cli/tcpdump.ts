import { type ChildProcess, spawn } from 'node:child_process';
import type { LabLocation } from '../api/locate.ts';
import { type CapturePlace, Commentator, type CommentedFrame } from '../capture/stream.ts';
import { LabError } from '../errors.ts';
import { fileOf } from '../files.ts';
import { requireTool } from '../kernel/tools.ts';
import { commandAt } from './enter.ts';

const untilEof = fileOf('kernel/until-eof.sh');

/** A capture to run. */
export interface CaptureOptions {
  readonly lab: LabLocation;
  readonly place: CapturePlace;
  /** tcpdump's expression, in words. */
  readonly filter: readonly string[];
  /** Ends after that many frames. */
  readonly count?: number;
  /** Every piece of pcap as tcpdump writes it, and the frames in it. */
  readonly onFrames: (frames: readonly CommentedFrame[], piece: Buffer) => void;
  /** Called once tcpdump sees every packet. */
  readonly onListening: () => void;
}

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends tcpdump whatever signal comes, in its own way: it writes all that it has seen. Gives the way back. */
function endOnSignal(child: ChildProcess): () => void {
  const end = () => void child.stdin?.end();
  for (const name of endings) process.on(name, end);
  return () => {
    for (const name of endings) process.off(name, end);
  };
}

function failure(words: string): LabError {
  const lines = words
    .split('\n')
    .filter((line) => /^tcpdump: /.test(line) && !/listening on|data link type/.test(line));
  const said = (lines.at(-1) ?? words.trim()).replace(/^tcpdump: /, '');
  return /filter|syntax|expression|unknown host|primitive|qualifier/.test(said)
    ? new LabError('usage', `tcpdump: ${said}`, { hint: "FILTER is tcpdump's expression: see pcap-filter(7)." })
    : new LabError('environment', `tcpdump: ${said}`);
}

/**
 * Captures at a target until a signal comes or the count is full. Throws `usage` for a filter that tcpdump does not
 * understand, `not-found`, `missing-tool`, `environment`. Equivalent command: `svclab exec TARGET -- tcpdump -U -w -`.
 */
export async function capture(options: CaptureOptions): Promise<void> {
  const { lab, place, filter, count, onFrames, onListening } = options;
  const limit = count === undefined ? [] : ['-c', String(count)];
  requireTool('tcpdump');
  const argv = [
    requireTool('sh'),
    untilEof,
    // Found by name: a lab of an ordinary user has its own, which gets by with one user.
    'tcpdump',
    '-n',
    '-U',
    '-i',
    place.interface,
    ...limit,
    '-w',
    '-',
    '--',
    ...filter,
  ];
  const { file, args, env } = await commandAt({ lab, target: place.target, argv });
  // In a session of its own, where Ctrl-C of the terminal does not reach it.
  const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const commentator = new Commentator(place);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const guarded = (work: () => void) => {
    try {
      work();
    } catch (error) {
      child.stdin.end();
      reject(error);
    }
  };
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const before = words.includes('listening on');
    words += text;
    if (!before && words.includes('listening on')) guarded(onListening);
  });
  child.stdout.on('data', (piece: Buffer) => guarded(() => onFrames(commentator.read(piece), piece)));
  child.stdin.on('error', () => {});
  child.once('error', (cause) => reject(new LabError('environment', `cannot run ${file}`, { cause })));
  child.once('close', resolve);
  const restore = endOnSignal(child);
  try {
    const status = await promise;
    if (status !== 0 && !words.includes('listening on')) throw failure(words);
  } finally {
    restore();
    child.stdin.end();
  }
}
