import type { Kernel } from '../kernel/apply.ts';
import { saveRules } from '../kernel/netfilter.ts';
import { listNetns } from '../kernel/netns.ts';
import { observeNetns } from '../kernel/observe.ts';
import type { DesiredLab, DesiredNetns, Ruleset } from '../plan/desired.ts';
import { diffLab } from '../plan/diff.ts';
import type { Operation } from '../plan/operations.ts';
import { rulesetRepair } from '../plan/repair.ts';

/**
 * The operations that bring a lab back to its desired state, found by reading the kernel. What nobody asked for is left
 * alone. `only` limits it to some namespaces. Throws `kernel`.
 */
export async function findDrift(
  kernel: Kernel,
  desired: DesiredLab,
  only: (netns: DesiredNetns) => boolean,
): Promise<readonly Operation[]> {
  const there = new Set(listNetns());
  const chosen = desired.namespaces.filter(only);
  const observed = chosen
    .filter(({ name }) => there.has(name))
    .map((netns) => observeNetns(kernel.rtnl(netns.name), netns));
  const links = diffLab({ namespaces: observed }, { namespaces: chosen });
  const rules = await Promise.all(chosen.filter(({ name }) => there.has(name)).map(rulesDrift));
  return [...links, ...rules.flat()];
}

async function rulesDrift(netns: DesiredNetns): Promise<Operation[]> {
  const loaders = [...new Set(netns.rulesets.map(({ loader }) => loader))];
  const found = await Promise.all(
    loaders.map(async (loader): Promise<Operation[]> => {
      const text = rulesetRepair(await saveRules(netns.name, loader), ofLoader(netns.rulesets, loader));
      return text === undefined ? [] : [{ netns: netns.name, op: 'rules', loader, text }];
    }),
  );
  return found.flat();
}

function ofLoader(rulesets: readonly Ruleset[], loader: Ruleset['loader']): Ruleset[] {
  return rulesets.filter((ruleset) => ruleset.loader === loader);
}
