import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getStatus, waitReady, waitSettled } from '../../../src/api/client.ts';
import { labLocation } from '../../../src/api/locate.ts';
import { applyManifests, readForLab } from '../../../src/cli/manifests.ts';
import { startLab } from '../../../src/controller/launch.ts';
import { timeSvclab } from '../command.ts';
import { inTurn } from '../in-turn.ts';
import { quickstart } from '../labs.ts';
import type { Bench, BenchContext } from '../types.ts';

/** Milliseconds of processor time of a process so far, with those of children that have ended; proc_pid_stat(5). */
function cpuMilliseconds(pid: number): number {
  const stat = readFileSync(join('/proc', String(pid), 'stat'), 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
  return ticks * 10;
}

/** `svclab up`, and the processor time that the controller has used when it is ready. */
async function measureCommand({ scratch }: BenchContext): Promise<{ readonly wall: number; readonly cpu: number }> {
  const lab = labLocation('command', scratch.runDirectory);
  const wall = await timeSvclab(scratch, 'up', '-f', quickstart, '--name', lab.name);
  const { pid } = await getStatus(lab);
  const cpu = cpuMilliseconds(pid);
  await timeSvclab(scratch, 'down', '--lab', lab.name);
  return { wall, cpu };
}

/** Compiled code is kept from start to start, as bin/svclab has it. */
function keepCompiledCode({ scratch }: BenchContext): void {
  process.env.NODE_COMPILE_CACHE ??= join(scratch.directory, 'compiled');
}

/** Gives a controller that runs already the objects of the quickstart lab, as `svclab up` does. */
async function measureController({ scratch }: BenchContext): Promise<number> {
  const lab = labLocation('controller', scratch.runDirectory);
  await startLab(lab);
  await waitSettled(lab, 60_000);
  const manifests = await readForLab([quickstart]);
  const startedAt = performance.now();
  await applyManifests(lab, manifests);
  await waitReady(lab, 60_000);
  const wall = performance.now() - startedAt;
  await timeSvclab(scratch, 'down', '--lab', lab.name);
  return wall;
}

/** 3 nodes, 6 Pods, 3 Services and cluster DNS: from `up` to ready. */
export const upQuickstart: Bench = {
  name: 'up-quickstart',
  how: '`bin/svclab up -f lab/quickstart`, from its start to its end, when everything is ready; and, with a controller that runs already, from the request that applies the objects to the answer that all is ready.',
  run: async (context) => {
    const { quick } = context;
    keepCompiledCode(context);
    const cpu: number[] = [];
    const found = await inTurn(
      {
        command: async () => {
          const { wall, cpu: used } = await measureCommand(context);
          cpu.push(used);
          return wall;
        },
        controller: () => measureController(context),
      },
      { rounds: quick ? 2 : 10, warmUp: true },
    );
    return {
      rows: [
        {
          what: '3 nodes, 6 Pods, 3 Services, cluster DNS: `svclab up`, from start to ready',
          unit: 'ms',
          values: found.command,
          reach: { of: 'value', sense: 'at most', limit: 400 },
        },
        {
          what: 'the controller’s part of it: from the objects to ready',
          unit: 'ms',
          values: found.controller,
          reach: { of: 'value', sense: 'at most', limit: 150 },
        },
        {
          what: 'the controller’s processor time, its own start included',
          unit: 'CPU ms',
          values: cpu.slice(1),
        },
      ],
    };
  },
};
