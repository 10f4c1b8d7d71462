import type { IP } from '../net/address.ts';
import { lookUpNames } from './getent.ts';
import { mapLimit } from './pool.ts';
import type { AddressRequest, ProbeAnswer, ProbeRequest, Prober } from './types.ts';

const placesAtOnce = 8;

type Addresses = ReadonlyMap<string, readonly IP[]>;

/** The request, sent to an address that its name led to. */
function at({ to, ...rest }: ProbeRequest, address: IP): AddressRequest {
  const { scheme, port, path } = to;
  return {
    ...rest,
    to: { scheme, address, ...(port === undefined ? {} : { port }), ...(path === undefined ? {} : { path }) },
  };
}

async function lookUpAll(requests: readonly ProbeRequest[]): Promise<readonly (readonly IP[])[]> {
  const byPlace = Map.groupBy(requests, ({ place }) => place?.target ?? '');
  const found = new Map<string, Addresses>();
  await mapLimit([...byPlace], placesAtOnce, async ([target, group]) => {
    const [{ place, timeoutMs = 0 } = {}] = group;
    if (place !== undefined) found.set(target, await lookUpNames(place, namesOf(group), timeoutMs));
  });
  return requests.map(({ to, place }) =>
    'name' in to ? (found.get(place?.target ?? '')?.get(to.name) ?? []) : [to.address],
  );
}

function namesOf(requests: readonly ProbeRequest[]): readonly string[] {
  return requests.flatMap(({ to }) => ('name' in to ? to.name : []));
}

const hasAddress = (request: ProbeRequest): request is AddressRequest => 'address' in request.to;

const notFound = { outcome: 'nxdomain', milliseconds: 0, message: 'getent: the name led to no address' } as const;

/**
 * A prober that takes names as well: they are looked up where the request is made from, and the first address is
 * tried; with `triesAll` those after it too, until one answers.
 */
export function byName(probe: Prober, triesAll: boolean): Prober<ProbeRequest> {
  return async (requests, context) => {
    if (requests.every(hasAddress)) return probe(requests, context);
    const addresses = await lookUpAll(requests);
    const answers: ProbeAnswer[] = requests.map(() => notFound);
    let open = [...requests.entries()];
    for (let round = 0; open.length > 0; round++) {
      const tried = open.flatMap(([index, request]) => {
        const address = addresses[index]?.[round];
        return address === undefined ? [] : [{ index, request, address }];
      });
      const some = await probe(
        tried.map(({ request, address }) => at(request, address)),
        context,
      );
      for (const [i, { index, address }] of tried.entries()) {
        const answer = some[i];
        if (answer !== undefined) answers[index] = { ...answer, remoteAddress: address };
      }
      open = triesAll
        ? tried.flatMap(({ index, request }, i) =>
            some[i]?.outcome === 'delivered' ? [] : [[index, request] as const],
          )
        : [];
    }
    return answers;
  };
}
