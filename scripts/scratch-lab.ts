import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabLocation, labLocation } from '../src/api/locate.ts';
import { endLab } from '../src/api/stop.ts';
import { startLab } from '../src/controller/launch.ts';

const starting = new Set<Promise<unknown>>();
const running = new Set<ScratchLab>();
let ending: Promise<void> | undefined;

/** Ends all labs that run or start; none is started from then on. */
async function endAll(): Promise<void> {
  await Promise.allSettled(starting);
  await Promise.all([...running].map((lab) => lab.close()));
}

/** A lab without objects, in a run directory of its own. */
export class ScratchLab {
  readonly location: LabLocation;
  readonly #directory: string;

  private constructor(name: string) {
    this.#directory = mkdtempSync(join(tmpdir(), `${name}-`));
    this.location = labLocation(name, this.#directory);
  }

  /** Starts a lab, and makes it what it should be; ends it when that fails. Throws what `startLab` and `fill` throw. */
  static async start(name: string, fill: (lab: LabLocation) => Promise<void>): Promise<ScratchLab> {
    if (ending !== undefined) throw new Error('the run is being ended');
    const started = ScratchLab.#started(name, fill);
    starting.add(started);
    try {
      return await started;
    } finally {
      starting.delete(started);
    }
  }

  static async #started(name: string, fill: (lab: LabLocation) => Promise<void>): Promise<ScratchLab> {
    const lab = new ScratchLab(name);
    running.add(lab);
    try {
      await startLab(lab.location);
      await fill(lab.location);
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  /** Ends the lab; nothing is left of it. */
  async close(): Promise<void> {
    running.delete(this);
    await endLab(this.location);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Runs a program that starts scratch labs, and gives its exit status. A signal ends it, 130, and all its labs. */
export async function runWithLabs(program: () => Promise<number>): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      ending = endAll().finally(() => process.exit(130));
    });
  }
  try {
    return await program();
  } catch (error) {
    // What fails when its lab is taken away is no news.
    if (ending === undefined) throw error;
    await ending;
    return 130;
  }
}
