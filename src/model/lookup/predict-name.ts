import type { ClusterView } from '../../cluster/view.ts';
import type { IP } from '../../net/address.ts';
import { predict } from '../predict.ts';
import { formatFrom } from '../target.ts';
import type { Explanation, From, NamedTo, Prediction, Step, To } from '../types.ts';
import { resolve } from './resolve.ts';
import type { NameService } from './types.ts';

/** An address that the name leads to, and what a connection to it comes to. */
interface Candidate {
  readonly address: IP;
  readonly explanation: Explanation;
}

type Shares = readonly Prediction[];

function scaled(shares: Shares, factor: number): Prediction[] {
  return shares.map((one) => ({ ...one, probability: one.probability * factor }));
}

const delivers = ({ explanation }: Candidate) => explanation.predicted.some(({ outcome }) => outcome === 'delivered');

/** One of the candidates is tried first, each with the same chance; where it fails, the others are, and `rest` then. */
function fromGroup(group: readonly Candidate[], rest: (failed: Shares) => Shares): Shares {
  return group.flatMap((one) => {
    const { predicted } = one.explanation;
    const failed = predicted.filter(({ outcome }) => outcome !== 'delivered');
    const lost = failed.reduce((sum, { probability }) => sum + probability, 0);
    const reached = predicted.filter(({ outcome }) => outcome === 'delivered');
    if (lost === 0) return scaled(reached, 1 / group.length);
    const others = group.filter((other) => other !== one);
    const after = others.length > 0 ? fromGroup(others, rest) : rest(scaled(failed, 1 / lost));
    return scaled([...reached, ...scaled(after, lost)], 1 / group.length);
  });
}

/** A client of TCP tries address after address until one answers; what the last one says is what it tells. */
function inOrder([group, ...more]: readonly (readonly Candidate[])[]): Shares {
  if (group === undefined) return [];
  const next = (failed: Shares) => (more.length === 0 ? failed : inOrder(more));
  const alive = group.filter(delivers);
  if (alive.length > 0) return fromGroup(alive, next);
  return next(group.flatMap(({ explanation }) => scaled(explanation.predicted, 1 / group.length)));
}

/** Who sends one datagram, or pings, takes the first address. */
function firstOnly([group = []]: readonly (readonly Candidate[])[]): Shares {
  return group.flatMap(({ explanation }) => scaled(explanation.predicted, 1 / group.length));
}

function merged(shares: Shares): readonly Prediction[] {
  const key = ({ outcome, endpoint, pod, node, source }: Prediction) =>
    [outcome, endpoint, pod, node, source].join('|');
  return [...Map.groupBy(shares, key).values()].flatMap((same) => {
    const [first] = same;
    const probability = same.reduce((sum, one) => sum + one.probability, 0);
    return first === undefined || probability === 0 ? [] : [{ ...first, probability }];
  });
}

function choiceStep(where: string, groups: readonly (readonly Candidate[])[]): Step[] {
  const [first = []] = groups;
  const [one] = first;
  if (one === undefined || (groups.length === 1 && first.length === 1)) return [];
  const because = 'getaddrinfo(3), RFC 6724';
  const text =
    first.length > 1
      ? `The client chooses: it takes the address that comes first, and the server gives ${first.length} of them in an order that is another every time. Suppose it is ${one.address}.`
      : `The client chooses: of all the addresses ${one.address} is the nearest to its own, so that it is always tried first.`;
  return [{ where, text, because }];
}

function story(where: string, groups: readonly (readonly Candidate[])[], triesAll: boolean): readonly Step[] {
  const told: Step[] = choiceStep(where, groups);
  for (const group of groups) {
    const example = group.find(delivers) ?? group[0];
    if (example === undefined) continue;
    if (group !== groups[0]) told.push({ where, text: `The client goes on to ${example.address}.` });
    told.push(...example.explanation.steps);
    if (!triesAll || group.some(delivers)) break;
  }
  return told;
}

/**
 * What becomes of a connection to a name: the look-up first, then the connection to the address that the client takes.
 * A name that leads to no address is nxdomain. Throws what `predict` throws.
 */
export function predictName(view: ClusterView, from: From, to: NamedTo, names: NameService): Explanation {
  const { steps, groups, chance } = resolve(view, from, to.name, names);
  const lost: Shares = chance < 1 || groups.length === 0 ? [{ outcome: 'nxdomain', probability: 1 - chance }] : [];
  if (groups.length === 0) return { predicted: [{ outcome: 'nxdomain', probability: 1 }], steps };
  const { name: _, ...rest } = to;
  const candidates = groups.map((group) =>
    group.map((address): Candidate => {
      const goal: To = { ...rest, address };
      return { address, explanation: predict(view, from, goal) };
    }),
  );
  const triesAll = to.scheme === 'http' || to.scheme === 'tcp';
  const shares = triesAll ? inOrder(candidates) : firstOnly(candidates);
  const where = from.kind === 'node' ? from.name : formatFrom(from);
  const affinity = candidates[0]?.[0]?.explanation.affinity;
  return {
    predicted: merged([...scaled(shares, chance), ...lost]),
    steps: [...steps, ...story(where, candidates, triesAll)],
    ...(affinity === undefined ? {} : { affinity }),
  };
}
