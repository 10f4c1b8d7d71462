import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIP } from '../../../net/address.ts';
import { toNumber } from '../../fraction.ts';
import type { WalkQuestion } from '../types.ts';
import type { Walk } from '../walk.ts';

/** What a kernel did with some connections; testdata/README.md tells more. */
export interface Truth {
  readonly src: string;
  readonly in: string | null;
  readonly dst: string;
  readonly port: number;
  readonly proto: string;
  readonly outcome: 'delivered' | 'refused' | 'dropped' | 'untouched';
  readonly endpoints: Readonly<Record<string, number>>;
  readonly masquerade: readonly boolean[];
  readonly n: number;
}

/** A dump and the truths about it. */
export interface TruthCase {
  readonly name: string;
  readonly dump: string;
  readonly truths: readonly Truth[];
}

/** The cases of a folder. */
export function truthCases(folder: string): TruthCase[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.dump'));
  return names.sort().map((name) => {
    const lines = readFileSync(join(folder, name.replace(/dump$/, 'truth.jsonl')), 'utf8').split('\n');
    const truths = lines.filter((line) => line !== '').map((line): Truth => JSON.parse(line));
    return { name, dump: readFileSync(join(folder, name), 'utf8'), truths };
  });
}

/** The question that a truth answers. */
export function questionOf({ src, dst, proto, port, in: inInterface }: Truth): WalkQuestion {
  return {
    source: parseIP(src),
    destination: parseIP(dst),
    protocol: proto,
    port,
    ...(inInterface === null ? {} : { inInterface }),
  };
}

/** Whether so many of `n` may be had by chance: within six standard deviations, and one more. */
function isPlausible(count: number, n: number, share: number): boolean {
  return Math.abs(count - n * share) <= 6 * Math.sqrt(n * share * (1 - share)) + 1;
}

function deliveredProblem({ endpoints, masquerade, src, n }: Truth, { predicted, paths }: Walk): string | undefined {
  if (predicted.some(({ outcome }) => outcome !== 'delivered')) return 'not every way is delivered';
  const shares = new Map<string, number>();
  for (const { endpoint, share } of predicted) shares.set(endpoint, (shares.get(endpoint) ?? 0) + toNumber(share));
  const seen = Object.keys(endpoints);
  const missing = seen.find((endpoint) => !shares.has(endpoint));
  if (missing !== undefined) return `nothing goes to ${missing}`;
  const sticks = seen.length === 1 && shares.size > 1;
  const odd = [...shares].find(([endpoint, share]) => !isPlausible(endpoints[endpoint] ?? 0, n, share));
  if (!sticks && odd !== undefined) return `the share ${odd[1]} of ${odd[0]} is not what was seen`;
  const rewritten = new Set(
    paths.filter(({ endpoint }) => seen.includes(endpoint)).map(({ source }) => source !== src),
  );
  const same = rewritten.size === masquerade.length && masquerade.every((one) => rewritten.has(one));
  return same ? undefined : `masquerade is ${[...rewritten].join(' and ')}`;
}

/** Why the walk does not say what the kernel did; undefined when it does. */
export function disagreement(truth: Truth, walk: Walk): string | undefined {
  const { outcome, dst, port, src } = truth;
  const total = walk.paths.reduce((sum, { share }) => sum + toNumber(share), 0);
  if (Math.abs(total - 1) > 1e-9) return `the shares sum to ${total}`;
  if (outcome === 'delivered') return deliveredProblem(truth, walk);
  if (outcome === 'untouched') {
    const changed = walk.paths.find(({ endpoint, source }) => endpoint !== `${dst}:${port}` || source !== src);
    return changed === undefined ? undefined : `goes to ${changed.endpoint} from ${changed.source}`;
  }
  const nobodyListens = walk.paths.some(({ local, outcome: found }) => local && found === 'delivered');
  if (nobodyListens) return undefined;
  const other = walk.predicted.find((one) => one.outcome !== outcome);
  return other === undefined ? undefined : `is ${other.outcome}`;
}
