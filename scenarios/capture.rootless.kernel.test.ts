import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { type ReadPacket, readPcapng } from '../src/capture/testing/read-pcapng.ts';
import { quickstart, sharedLab, until } from './testing/lab.ts';
import { svclabPath } from './testing/scratch.ts';

const test = anyTest as TestFn;
const lab = sharedLab(test, [quickstart]);

interface Capture {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** Starts `svclab capture` and waits until it sees every packet. */
async function startCapture(...args: readonly string[]): Promise<Capture> {
  const child = spawn(svclabPath, ['capture', '--lab', lab().name, ...args], {
    env: lab().scratch.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Awaited<Capture['ended']>>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  await until(() => stderr.includes('capturing at') || child.exitCode !== null);
  return { kill: (signal) => child.kill(signal), ended };
}

function file(name: string): string {
  return join(lab().scratch.runDirectory, '..', `${process.pid}-${name}.pcapng`);
}

function packets(path: string): ReadPacket[] {
  return existsSync(path) ? readPcapng(readFileSync(path)) : [];
}

async function processesAt(target: string): Promise<string> {
  return lab().exec(target, 'ps', '-e', '-o', 'args');
}

test.serial('a pcapng file with Pod, Service and hop in the comments; Ctrl-C ends it', async (t) => {
  const path = file('node1');
  const capture = await startCapture('-w', path, 'node1', 'tcp', 'port', '8080');
  t.is((await lab().curl('pod/busybox', 'svc/httpd-svc:8080')).observed[0]?.outcome, 'delivered');
  t.true(await until(() => packets(path).length >= 8));
  capture.kill('SIGINT');
  const { code, stderr } = await capture.ended;
  t.is(code, 0, stderr);
  const read = packets(path);
  t.regex(stderr, new RegExp(`${read.length} frames written`));
  const there = read.find(({ comment }) => comment?.startsWith('Pod default/busybox →'));
  t.regex(
    there?.comment ?? '',
    /^Pod default\/busybox → Service default\/httpd-svc \(ClusterIP\); node1, in by veth[0-9a-f]{8} \(Pod default\/busybox\)$/,
  );
  t.regex(there?.interface ?? '', /^veth/);
  t.is(there?.linkType, 276);
  t.notRegex(await processesAt('node1'), /tcpdump/);
});

test.serial('the overlay between the nodes: what VXLAN carries is told', async (t) => {
  const path = file('fabric');
  const capture = await startCapture('-i', 'node1', '-w', path, 'fabric', 'udp port 8472');
  t.true(
    await until(async () => {
      await lab().curl('pod/busybox', 'svc/httpd-svc:8080', 4);
      return packets(path).length > 0;
    }),
  );
  capture.kill('SIGTERM');
  t.is((await capture.ended).code, 0);
  t.regex(
    packets(path)[0]?.comment ?? '',
    /^VXLAN 1, node1 → node2; inside Pod default\/busybox → Pod default\/httpd-\S+; fabric, on node1$/,
  );
});

test.serial('lines for people, each with the names below; -c ends it', async (t) => {
  const capture = await startCapture('-c', '2', 'pod/busybox', 'icmp');
  await lab().exec('pod/busybox', 'ping', '-c', '1', '-W', '5', '10.244.2.1');
  const { code, stdout } = await capture.ended;
  t.is(code, 0);
  t.regex(
    stdout,
    /eth0 +Out IP 10\.244\.2\.2 > 10\.244\.2\.1: ICMP echo request.*\n +Pod default\/busybox → node1 \(Pods' bridge\); pod\/busybox, out by eth0\n/,
  );
  t.regex(stdout, /ICMP echo reply.*\n +node1 \(Pods' bridge\) → Pod default\/busybox; pod\/busybox, in by eth0\n/);
});

test.serial('a capture that is killed leaves a whole file, and nothing running', async (t) => {
  const path = file('killed');
  const capture = await startCapture('-w', path, 'pod/busybox', 'tcp');
  await lab().curl('pod/busybox', 'svc/httpd-svc:8080');
  t.true(await until(() => packets(path).length >= 6));
  t.regex(await processesAt('pod/busybox'), /tcpdump/);
  capture.kill('SIGKILL');
  t.is((await capture.ended).code, null);
  t.true(await until(async () => !(await processesAt('pod/busybox')).includes('tcpdump')));
  t.true(packets(path).length >= 6);
});

test.serial('a reader of standard output that is slow gets everything', async (t) => {
  const args = ['capture', '--lab', lab().name, '-i', 'eth0', '-w', '-', '-c', '200', 'pod/busybox', 'icmp'];
  const child = spawn(svclabPath, args, {
    env: lab().scratch.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  t.true(await until(() => words.includes('capturing at')));
  await lab().exec('pod/busybox', 'ping', '-q', '-i', '0.01', '-s', '1400', '-c', '100', '-W', '5', '10.244.2.1');
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  t.true(await until(() => words.includes('frames written')));
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  t.is(await ended, 0, words);
  t.is(readPcapng(Buffer.concat(pieces)).length, 200);
});

test.serial('what cannot be captured is told', async (t) => {
  const cases = [
    [['node1', 'port', 'and'], 2, /error\[usage\]: tcpdump: .*filter expression/],
    [['-i', 'eth7', 'node1'], 2, /error\[not-found\]: node1 has no interface eth7\n {2}hint: Interfaces: lo, eth0/],
    [['-w', '/nowhere/x.pcapng', 'node1'], 2, /error\[usage\]: \/nowhere\/x\.pcapng cannot be written/],
    [['nobody'], 2, /error\[not-found\]/],
  ] as const;
  for (const [args, status, words] of cases) {
    const { exitCode, stderr } = await lab().svclab('capture', ...args);
    t.is(exitCode, status, args.join(' '));
    t.regex(stderr, words);
  }
});
