import { iptablesMutants } from './iptables.ts';
import { networkMutants } from './network.ts';
import { nftablesMutants } from './nftables.ts';
import { nodes, type RunningLab } from './running-lab.ts';
import { sysctlMutants } from './sysctls.ts';
import type { Mode, Mutant } from './types.ts';

/** The node whose rules are mutated; those of the other are made in the same way. */
const ruled = 'node1';
/** Pods that connect, and that serve; hosts outside. */
const hosts = ['pod/busybox', 'pod/near', 'pod/far', 'client/laptop'];

/** Comments are many and all alike: a few of them do. */
function fewComments(mutants: readonly Mutant[]): readonly Mutant[] {
  const comments = mutants.filter(({ kind }) => kind.endsWith('another comment'));
  const left = new Set(comments.filter((_, at) => at % 10 !== 0));
  return mutants.filter((mutant) => !left.has(mutant));
}

/** All mutants of a lab, always in the same order. */
export async function allMutants(lab: RunningLab, mode: Mode): Promise<readonly Mutant[]> {
  const found: Mutant[] = [];
  const place = lab.place(ruled);
  if (mode === 'nftables') found.push(...(await nftablesMutants(place)));
  found.push(...(await iptablesMutants(place)), ...(await iptablesMutants(lab.place('fabric'))));
  for (const target of [...nodes, 'fabric', ...hosts]) {
    found.push(...(await networkMutants(lab.place(target))), ...(await sysctlMutants(lab.place(target))));
  }
  return fewComments(found);
}
