import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { LabStatus } from '../src/api/types.ts';
import { buildIfNeeded } from './build.ts';
import { setUp } from './setup.ts';

const root = dirname(import.meta.dirname);
const svclab = join(root, 'bin', 'svclab');
const lab = 'quickstart';

const next = `
Try next:
  bin/svclab status                                            nodes, leases, sync state
  bin/svclab get pods -o wide                                  what runs, and where
  bin/svclab curl pod/busybox svc/httpd-svc:8080 -n 12         connect, and compare with the prediction
  bin/svclab explain client/laptop http://192.168.56.12:30080  from outside to a NodePort, step by step
  bin/svclab explain pod/busybox ping://10.96.0.1              why a ClusterIP does not answer ping
  bin/svclab shell node1                                       iptables-save, ip route, conntrack -L, tcpdump
  bin/svclab down                                              end the lab; nothing is left
`;

/** What the lab says about itself, or undefined when it does not run. */
async function statusOfLab(): Promise<LabStatus | undefined> {
  const { exitCode, stdout } = await execa(svclab, ['status', '--lab', lab, '-o', 'json'], { reject: false });
  return exitCode === 0 ? JSON.parse(stdout) : undefined;
}

function summary({ nodes, pods, services }: LabStatus): string {
  return `${nodes.length} nodes, ${pods.ready} of ${pods.total} Pods ready, ${services} Services`;
}

/** Runs a command of svclab on this terminal and gives its exit status. */
async function run(...args: string[]): Promise<number> {
  const child = await execa(svclab, args, { stdio: 'inherit', reject: false });
  return child.exitCode ?? 1;
}

async function start(): Promise<number> {
  const ready = await setUp();
  if (ready !== 0) return ready;
  await buildIfNeeded();
  const running = await statusOfLab();
  if (running !== undefined) {
    console.log(`The lab "${lab}" is already up: ${summary(running)}.`);
    console.log(next);
    return 0;
  }
  const up = await run('up', '-f', join(root, 'lab', lab), '--name', lab);
  if (up !== 0) return up;
  const verified = await run('verify', '--lab', lab);
  console.log(next);
  return verified;
}

process.exitCode = await start();
