import { setTimeout } from 'node:timers/promises';
import type { Connection, VerifyReport } from '../../src/api/types.ts';
import { whyBlind } from './blind.ts';
import { reasonOf } from './reasons.ts';
import type { RunningLab } from './running-lab.ts';
import type { Mode, Mutant, Result } from './types.ts';

/** The Service of lab.yaml with session affinity: which endpoint a client gets is drawn once, and says little. */
const sticky = 'svc/sticky';
/** How often it is looked at. */
const draws = 4;
/** How often a target that is not what it was is looked at. */
const looks = 10;

/** Milliseconds after which silence counts where some connections of many were answered: not a matter of haste. */
const longSilence = 3_000;

function sentence({ from, to, difference = '' }: Connection, more: number): string {
  return `${from} → ${to}: ${difference}${more === 0 ? '' : ` And ${more} more.`}`;
}

/** Some were answered and some were not, which a busy machine can do too. */
function doubtful({ observed }: Connection): boolean {
  const silent = observed.filter(({ outcome }) => outcome === 'dropped').length;
  return silent > 0 && silent < observed.length;
}

/** The first difference that is there; one that may be haste is looked at again, with patience. */
async function firstDifference(lab: RunningLab, { connections }: VerifyReport): Promise<string | undefined> {
  const wrong = connections.filter(({ agrees }) => !agrees);
  const sure = wrong.find((connection) => !doubtful(connection));
  if (sure !== undefined) return sentence(sure, wrong.length - 1);
  for (const { from, to } of wrong.slice(0, 3)) {
    const again = (await lab.verify({ from, to, timeout: longSilence })).connections.find(({ agrees }) => !agrees);
    if (again !== undefined) return sentence(again, wrong.length - 1);
  }
  return undefined;
}

/** The first difference of all connections; the rest of them count too where the first was haste. */
async function firstOfAll(lab: RunningLab): Promise<string | undefined> {
  const quick = await lab.verify({ failFast: true });
  const found = await firstDifference(lab, quick);
  if (found !== undefined || quick.disagreed === 0) return found;
  return firstDifference(lab, await lab.verify({ timeout: longSilence }));
}

async function make(lab: RunningLab, { target, change }: Mutant): Promise<string | undefined> {
  try {
    const typed = typeof change === 'function' ? await change(lab.place(target)) : change;
    return await lab.type(target, typed);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What verify finds; where clients are remembered, also after they have been forgotten and drawn anew. */
async function whatVerifySees(lab: RunningLab, mutant: Mutant): Promise<string | undefined> {
  if (/^(link|address|neighbour|sysctl)/.test(mutant.kind)) await lab.forgetNeighbours();
  await lab.forgetClients();
  const found = await firstOfAll(lab);
  if (found !== undefined || !/sticky|affinity/.test(mutant.what) || reasonFor(mutant) !== undefined) return found;
  for (let draw = 1; draw < draws; draw++) {
    await lab.forgetClients();
    const later = await firstDifference(lab, await lab.verify({ to: sticky }));
    if (later !== undefined) return later;
  }
  return undefined;
}

function reasonFor(mutant: Mutant): string | undefined {
  return mutant.neutral ?? reasonOf(mutant);
}

/** What a target has that it had not before, or no longer has; links may need a moment to come up again. */
async function difference(lab: RunningLab, target: string, before: readonly string[]): Promise<string | undefined> {
  let found: string | undefined;
  for (let look = 0; look < looks; look++) {
    if (look > 0) await setTimeout(300);
    const now = await lab.fingerprint(target);
    const more = now.find((line) => !before.includes(line));
    const less = before.find((line) => !now.includes(line));
    if (more === undefined && less === undefined) return undefined;
    found = more === undefined ? `no longer there: ${less}` : `new: ${more}`;
  }
  return found;
}

/** Makes the mutant, lets verify look at it, and puts everything right again. */
export async function tryMutant(lab: RunningLab, mode: Mode, mutant: Mutant): Promise<Result> {
  const { target } = mutant;
  const before = await lab.fingerprint(target);
  const refused = await make(lab, mutant);
  if (refused !== undefined) {
    return { mutant, mode, verdict: 'not made', why: refused, repaired: false };
  }
  const seen = await whatVerifySees(lab, mutant);
  const repaired = await lab.repair();
  if (mutant.undo !== undefined) {
    await lab.type(target, mutant.undo);
    await lab.repair();
  }
  const left = (await lab.repair()) ? 'a second svclab sync found more' : await difference(lab, target, before);
  const common = { mutant, mode, repaired, ...(left === undefined ? {} : { left }) };
  if (seen !== undefined) return { ...common, verdict: 'caught', why: seen };
  const reason = reasonFor(mutant);
  if (reason !== undefined) return { ...common, verdict: 'neutral', why: reason };
  return { ...common, verdict: 'missed', why: whyBlind(mutant) ?? '' };
}
