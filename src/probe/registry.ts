import type { To } from '../model/types.ts';
import { byName } from './by-name.ts';
import { identify } from './conntrack.ts';
import { probeWithCurl } from './curl.ts';
import { probeWithPing } from './ping.ts';
import { probeFast } from './prober.ts';
import type { ProbeAnswer, ProbeContext, ProbeRequest, Prober } from './types.ts';

/** Who tries which scheme. A new probe is a file, and a line here. */
const probers: Readonly<Record<To['scheme'], Prober<ProbeRequest>>> = {
  http: probeWithCurl,
  tcp: byName(probeFast, true),
  udp: byName(probeFast, false),
  icmp: byName(probeWithPing, false),
};

/**
 * Tries every request with the prober of its scheme, and finds out who answered where the answer does not tell. Answers
 * come back in the order of the requests. Throws `missing-tool` and `kernel`.
 */
export async function probeAll(
  requests: readonly ProbeRequest[],
  context: ProbeContext = {},
): Promise<readonly ProbeAnswer[]> {
  const answers: ProbeAnswer[] = [];
  const groups = Map.groupBy(requests.keys(), (at) => requests[at]?.to.scheme ?? 'http');
  await Promise.all(
    [...groups].map(async ([scheme, indexes]) => {
      const group = indexes.flatMap((at) => requests[at] ?? []);
      const found = await identify(group, await probers[scheme](group, context), context);
      for (const [at, answer] of found.entries()) {
        const index = indexes[at];
        if (index !== undefined) answers[index] = answer;
      }
    }),
  );
  return answers;
}
