import type { ClusterView } from '../../src/cluster/view.ts';
import type { LabRound } from '../../src/lab/state.ts';
import { claimsAt } from '../../src/model/claims.ts';
import { add, type Fraction, formatFraction } from '../../src/model/fraction.ts';
import { predictExactly } from '../../src/model/predict.ts';
import { isModern } from '../../src/model/settings.ts';
import { formatFrom, formatTo } from '../../src/model/target.ts';
import { topologyOf } from '../../src/model/topology.ts';
import type { From, To } from '../../src/model/types.ts';
import { familyOf } from '../../src/net/address.ts';
import { clientNetns, podNetns } from '../../src/plan/names.ts';
import { cross, type Terrain } from './crossing/cross.ts';
import { mapOf } from './crossing/lab-map.ts';
import { serversOf } from './crossing/servers.ts';
import { sourceOf } from './crossing/source.ts';
import type { Difference } from './types.ts';

/** A connection to ask both about. */
export interface Question {
  readonly from: From;
  readonly to: To;
  readonly about: string;
}

/** What one of the two says of a connection: its ends, in text that can be compared, with their exact shares. */
type Verdict = ReadonlyMap<string, string>;

interface End {
  readonly outcome: string;
  readonly endpoint?: string;
  readonly source?: string;
  readonly share: Fraction;
}

function textOf({ outcome, endpoint, source }: End): string {
  return outcome === 'delivered' ? `${endpoint} seeing ${source}` : outcome;
}

function verdictOf(ends: readonly End[]): Verdict {
  const shares = new Map<string, Fraction>();
  for (const end of ends) {
    const known = shares.get(textOf(end));
    shares.set(textOf(end), known === undefined ? end.share : add(known, end.share));
  }
  return new Map([...shares].map(([end, share]) => [end, formatFraction(share)]));
}

function netnsOf(view: ClusterView, from: From): string {
  if (from.kind === 'node') return from.name;
  if (from.kind === 'client') return clientNetns(from.name);
  const pod = topologyOf(view).pod(from.namespace, from.name);
  if (pod === undefined) throw new TypeError(`there is no Pod ${from.namespace}/${from.name}`);
  return podNetns(pod);
}

function protocolOf({ scheme, address }: To): string {
  if (scheme === 'icmp') return familyOf(address) === 'ipv4' ? 'icmp' : 'icmpv6';
  return scheme === 'http' ? 'tcp' : scheme;
}

function walkedVerdict(view: ClusterView, terrain: Terrain, { from, to }: Question): Verdict {
  const netns = netnsOf(view, from);
  const source = sourceOf(terrain.map, netns, to.address);
  if (source === undefined) return new Map([['unreachable', '1']]);
  const port = to.port === undefined ? {} : { port: to.port };
  const question = { source, destination: to.address, protocol: protocolOf(to), ...port };
  return verdictOf(cross(terrain, netns, question));
}

function isSame(a: Verdict, b: Verdict): boolean {
  return a.size === b.size && [...a].every(([end, share]) => b.get(end) === share);
}

/**
 * A walk is that of a first packet. In release 1.20, one to an externalIP that two Services share may be marked for one of
 * them, so that KUBE-FORWARD accepts it. Later ones do not pass table nat: they are refused for want of endpoints of the
 * other, which is what the client learns, as a kernel shows.
 */
function isRefusedLater(view: ClusterView, { to }: Question, said: Verdict, walked: Verdict): boolean {
  if (isModern(view) || !said.has('refused') || !walked.has('dropped') || to.port === undefined) return false;
  const protocol = to.scheme === 'udp' ? 'UDP' : 'TCP';
  const claims = claimsAt(view, protocol, to.address, to.port);
  return claims.filter(({ way }) => way === 'externalIP').length > 1;
}

function verdictText(verdict: Verdict): string {
  return [...verdict].map(([end, share]) => (share === '1' ? end : `${end} (${share})`)).join(', ');
}

/** What the model and a walk through this terrain say differently, each with the question. */
export function compareOn(
  view: ClusterView,
  terrain: Terrain,
  questions: readonly Question[],
): readonly Omit<Difference, 'at'>[] {
  return questions.flatMap((question) => {
    const { from, to, about } = question;
    const said = verdictOf(predictExactly(view, from, to));
    const walked = walkedVerdict(view, terrain, question);
    if (isSame(said, walked) || isRefusedLater(view, question, said, walked)) return [];
    const difference = `the model says ${verdictText(said)}; the rules say ${verdictText(walked)}`;
    return [{ from: formatFrom(from), to: formatTo(to), about, difference }];
  });
}

/** The questions to which the model and the lab's own rules have different answers, at one point of a story. */
export function disagreements(
  { view, desired }: LabRound,
  questions: readonly Question[],
  at: number,
): readonly Difference[] {
  const terrain = { map: mapOf(desired), servers: serversOf(view) };
  return compareOn(view, terrain, questions).map((one) => ({ at, ...one }));
}
