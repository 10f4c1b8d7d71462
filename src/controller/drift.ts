import type { Kernel } from '../kernel/apply.ts';
import { saveRules } from '../kernel/netfilter.ts';
import { listNetns } from '../kernel/netns.ts';
import { observeNetns } from '../kernel/observe.ts';
import { withConnectedRoutes } from '../plan/connected.ts';
import type { DesiredLab, DesiredNetns } from '../plan/desired.ts';
import { diffLab } from '../plan/diff.ts';
import type { Operation } from '../plan/operations.ts';
import { rulesetRepairs } from '../plan/rulesets/operations.ts';

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
    .map((netns) => observeNetns(kernel.rtnl(netns.name), withConnectedRoutes(netns, netns.addresses)));
  const addresses = new Map(observed.map((netns) => [netns.name, netns.addresses]));
  const wanted = chosen.map((netns) => withConnectedRoutes(netns, addresses.get(netns.name) ?? []));
  const links = diffLab({ namespaces: observed }, { namespaces: wanted });
  const rules = await Promise.all(chosen.filter(({ name }) => there.has(name)).map(rulesDrift));
  return [...links, ...rules.flat()];
}

async function rulesDrift(netns: DesiredNetns): Promise<readonly Operation[]> {
  const loaders = [...new Set(netns.rulesets.map(({ loader }) => loader))];
  const dumps = await Promise.all(
    loaders.map(async (loader) => [loader, await saveRules(netns.name, loader)] as const),
  );
  const saved = new Map(dumps);
  return rulesetRepairs(netns.name, netns.rulesets, (loader) => saved.get(loader) ?? '');
}
