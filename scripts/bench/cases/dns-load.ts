import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Scratch } from '../../../scenarios/testing/scratch.ts';
import { serviceName } from '../cluster.ts';
import { findDnsperf } from '../dnsperf.ts';
import { inTurn } from '../in-turn.ts';
import { manyServices } from '../sync.ts';
import type { Bench, Row } from '../types.ts';

/** Ports of the two servers of dns-load-server.ts. */
export interface DnsLoadPorts {
  readonly dns: number;
  readonly echo: number;
}

async function startServers(services: number) {
  const program = fileURLToPath(new URL('./dns-load-server.ts', import.meta.url));
  const child = spawn(process.execPath, [program, String(services)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { ports: JSON.parse(line) as DnsLoadPorts, close: () => child.stdin.end() };
}

/** A file of questions, each about another Service. */
function questions(scratch: Scratch, services: number): string {
  const names = Array.from({ length: 20_000 }, (_, at) => serviceName((at * 7919) % services));
  return scratch.file(names.map((name) => `${name}.default.svc.cluster.local A\n`).join(''), 'questions');
}

/** Answers a second that dnsperf gets from the port, with 100 questions under way. Throws when one is lost. */
async function answersPerSecond(dnsperf: string, port: number, file: string, seconds: number): Promise<number> {
  const args = ['-s', '127.0.0.1', '-p', String(port), '-d', file, '-l', String(seconds), '-c', '8', '-q', '100'];
  const { stdout } = await execa(dnsperf, args);
  if (!/Queries lost: +0 /.test(stdout)) throw new Error(`dnsperf: ${/Queries lost:.*/.exec(stdout)?.[0]}`);
  return Number(/Queries per second: +([\d.]+)/.exec(stdout)?.[1]);
}

/** The 99th percentile, in milliseconds, of the answers to 5,000 questions a second. */
async function slowestHundredth(dnsperf: string, port: number, file: string, seconds: number): Promise<number> {
  const rate = ['-c', '8', '-Q', '5000', '-v'];
  const args = ['-s', '127.0.0.1', '-p', String(port), '-d', file, '-l', String(seconds), ...rate];
  const { stdout } = await execa(dnsperf, args, { maxBuffer: 1e9 });
  const times = [...stdout.matchAll(/^> NOERROR \S+ \S+ ([\d.]+)$/gm)].map(([, time]) => Number(time) * 1000);
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
}

/** How many questions the DNS server answers, and how late. */
export const dnsLoad: Bench = {
  name: 'dns-load',
  how: 'The DNS server of the labs in a process of its own, with a zone of 10,000 Services; dnsperf asks over UDP on 127.0.0.1, 100 questions at a time from 8 sockets, each about another Service. In turn with the least that can be done in Node: a socket that sends every question back. The 99th percentile is of single answers at 5,000 questions a second.',
  run: async ({ scratch, quick }) => {
    const load: Row = {
      what: 'DNS server, one process, asked by dnsperf',
      unit: 'a second',
      values: [],
      reach: { of: 'value', sense: 'at least', limit: 40_000 },
    };
    const late: Row = {
      what: 'the slowest hundredth of its answers, at 5,000 a second',
      unit: 'ms',
      values: [],
      reach: { of: 'value', sense: 'at most', limit: 5 },
    };
    const dnsperf = findDnsperf();
    if (dnsperf === undefined)
      return { rows: [load, late].map((row) => ({ ...row, note: 'dnsperf is not installed' })) };
    const services = manyServices(quick);
    const { ports, close } = await startServers(services);
    const file = questions(scratch, services);
    const seconds = quick ? 1 : 5;
    const found = await inTurn(
      {
        dns: () => answersPerSecond(dnsperf, ports.dns, file, seconds),
        echo: () => answersPerSecond(dnsperf, ports.echo, file, seconds),
        late: () => slowestHundredth(dnsperf, ports.dns, file, seconds),
        lateEcho: () => slowestHundredth(dnsperf, ports.echo, file, seconds),
      },
      { rounds: quick ? 2 : 5, warmUp: true },
    );
    close();
    return {
      rows: [
        { ...load, values: found.dns, beside: { what: 'echo', values: found.echo } },
        { ...late, values: found.late, beside: { what: 'echo', values: found.lateEcho } },
      ],
    };
  },
};
