import type { Connection } from '../../src/api/types.ts';
import { reasonOf } from './reasons.ts';
import type { RunningLab } from './running-lab.ts';
import type { Mode, Mutant, Result } from './types.ts';

function firstDifference(connections: readonly Connection[]): string | undefined {
  const wrong = connections.filter(({ agrees }) => !agrees);
  const [first] = wrong;
  if (first === undefined) return undefined;
  const more = wrong.length === 1 ? '' : `, and ${wrong.length - 1} more`;
  return `${first.from} → ${first.to}: ${first.difference ?? ''}${more}`;
}

async function make(lab: RunningLab, { target, change }: Mutant): Promise<string | undefined> {
  try {
    const typed = typeof change === 'function' ? await change(lab.place(target)) : change;
    return await lab.type(target, typed);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Makes the mutant, lets verify look at it, and puts everything right; `well` tells whether the lab is what it was
 * before.
 */
export async function tryMutant(
  lab: RunningLab,
  mode: Mode,
  mutant: Mutant,
): Promise<{ readonly result: Result; readonly well: boolean }> {
  const { target } = mutant;
  const before = await lab.fingerprint(target);
  const refused = await make(lab, mutant);
  if (refused !== undefined) {
    return { result: { mutant, mode, verdict: 'not made', why: refused, repaired: false }, well: true };
  }
  await lab.forgetClients();
  const { connections } = await lab.verify();
  const difference = firstDifference(connections);
  if (mutant.undo !== undefined) await lab.type(target, mutant.undo);
  const repaired = await lab.repair();
  const well = before === (await lab.fingerprint(target)) && !(await lab.drifted());
  if (difference !== undefined) return { result: { mutant, mode, verdict: 'caught', why: difference, repaired }, well };
  const reason = mutant.neutral ?? reasonOf(mutant);
  const verdict = reason === undefined ? 'missed' : 'neutral';
  return { result: { mutant, mode, verdict, why: reason ?? '', repaired }, well };
}
