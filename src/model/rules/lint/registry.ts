import { emptyServices } from './empty-services.ts';
import { leftovers } from './leftovers.ts';
import { masqueradeOrder } from './masquerade.ts';
import { missingJumps } from './missing-jumps.ts';
import { wrongProbabilities } from './probabilities.ts';
import { shadowedChains } from './shadowed-chains.ts';
import { shadowedMasquerade } from './shadowed-masquerade.ts';
import { shadowedServices } from './shadowed-services.ts';
import { wrongSysctls } from './sysctls.ts';
import type { Check } from './types.ts';
import { unreachableChains } from './unreachable.ts';

/** Everything that lint looks for in a dump. */
export const checks: readonly Check[] = [
  missingJumps,
  unreachableChains,
  emptyServices,
  wrongProbabilities,
  masqueradeOrder,
  shadowedChains,
  shadowedServices,
  shadowedMasquerade,
  wrongSysctls,
  leftovers,
];
