import { iptablesMutants } from './iptables.ts';
import { networkMutants } from './network.ts';
import { nftablesMutants } from './nftables.ts';
import { places, type RunningLab } from './running-lab.ts';
import { sysctlMutants } from './sysctls.ts';
import type { Mode, Mutant } from './types.ts';

/** The node whose rules are mutated; those of the other are made in the same way. */
const ruled = 'node1';

/** Comments are many and all alike: a few of them do. */
function fewComments(mutants: readonly Mutant[]): readonly Mutant[] {
  const comments = mutants.filter(({ kind }) => kind.endsWith('another comment'));
  const left = new Set(comments.filter((_, at) => at % 10 !== 0));
  return mutants.filter((mutant) => !left.has(mutant));
}

/** All mutants of a lab, always in the same order; what is the same in every mode is mutated in mode iptables. */
export async function allMutants(lab: RunningLab, mode: Mode): Promise<readonly Mutant[]> {
  const place = lab.place(ruled);
  if (mode === 'nftables') return fewComments([...(await nftablesMutants(place)), ...(await iptablesMutants(place))]);
  const found = [...(await iptablesMutants(place)), ...(await iptablesMutants(lab.place('fabric')))];
  for (const target of places) {
    found.push(...(await networkMutants(lab.place(target))), ...(await sysctlMutants(lab.place(target))));
  }
  return fewComments(found);
}
