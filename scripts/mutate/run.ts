import { allMutants } from './mutants.ts';
import { tryMutant } from './one.ts';
import { RunningLab } from './running-lab.ts';
import type { Mode, Mutant, Result } from './types.ts';

/** Which mutants to try, and whom to tell. */
export interface RunOptions {
  readonly mode: Mode;
  /** Labs that work side by side; most of the time is spent waiting for answers that do not come. */
  readonly labs: number;
  readonly choose: (all: readonly Mutant[]) => readonly Mutant[];
  readonly tell: (result: Result, done: number, total: number) => void;
}

/** A lab that verify finds fault with is of no use. Throws then. */
async function checked(lab: RunningLab): Promise<RunningLab> {
  const { connections } = await lab.verify();
  const wrong = connections.find(({ agrees }) => !agrees);
  if (wrong === undefined) return lab;
  await lab.close();
  throw new Error(`the lab is not well before anything is changed: ${wrong.from} → ${wrong.to}: ${wrong.difference}`);
}

/** Tries the chosen mutants of a mode, each in a lab that is well. A lab that does not recover is replaced. */
export async function runMutants({ mode, labs, choose, tell }: RunOptions): Promise<readonly Result[]> {
  const results: Result[] = [];
  const start = async () => checked(await RunningLab.start(mode));
  const first = await start();
  const chosen = choose(await allMutants(first, mode));
  let next = 0;
  const work = async (given?: RunningLab): Promise<void> => {
    let lab = given ?? (await start());
    try {
      for (let mutant = chosen[next++]; mutant !== undefined; mutant = chosen[next++]) {
        const result = await tryMutant(lab, mode, mutant);
        results.push(result);
        tell(result, results.length, chosen.length);
        if (result.left === undefined) continue;
        await lab.close();
        lab = await start();
      }
    } finally {
      await lab.close();
    }
  };
  const others = Math.min(labs, chosen.length) - 1;
  await Promise.all([work(first), ...Array.from({ length: Math.max(0, others) }, () => work())]);
  return results;
}
