import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../errors.ts';
import { stopLab } from './client.ts';
import type { LabLocation } from './locate.ts';

/** Milliseconds a lab gets to end. */
const patience = 10_000;

/**
 * Ends a lab and waits until nothing of it is left: its directory goes last, after every process. False when no such
 * lab was running. Throws `timeout` when it does not end, `permission-denied` for somebody else's lab.
 */
export async function endLab(lab: LabLocation): Promise<boolean> {
  const deadline = performance.now() + patience;
  try {
    await stopLab(lab);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    if (error.code === 'no-such-lab') return false;
    if (error.code !== 'lab-died') throw error;
  }
  while (existsSync(lab.directory)) {
    if (performance.now() > deadline) {
      throw new LabError('timeout', `the lab "${lab.name}" does not end`, {
        hint: `Its last words are in ${lab.directory}/controller.log; its processes: ps -ef | grep ${lab.directory}`,
      });
    }
    await sleep(2);
  }
  return true;
}
