import type { ClusterView } from '../../src/cluster/view.ts';
import { bridgeIP, podIPs, vtepIP } from '../../src/model/topology.ts';
import type { To } from '../../src/model/types.ts';
import { type Family, type IP, tryParseIP } from '../../src/net/address.ts';
import { connectionsToTry } from '../../src/verify/connections.ts';
import { sendersOf } from '../../src/verify/senders.ts';
import type { Question } from './compare.ts';

/** What a question is about that verify would not think of. */
export const oddQuestion = 'any address and port';

const families: readonly Family[] = ['ipv4', 'ipv6'];
const odd = ['127.0.0.1', '127.0.0.2', '::1', '10.96.200.200', '80.11.12.77', '172.6.6.77', '8.8.8.8', '192.168.56.99'];

function addressesOf(view: ClusterView): readonly IP[] {
  const texts = view.services.flatMap(({ spec, status }) => [
    ...(spec.clusterIPs ?? []),
    ...(spec.externalIPs ?? []),
    ...(status?.loadBalancer?.ingress ?? []).map(({ ip = '' }) => ip),
  ]);
  const slices = view.slices.flatMap(({ endpoints }) => endpoints.flatMap(({ addresses }) => addresses));
  const ofNodes = view.nodes.flatMap((node) => [
    node.ip,
    node.ipv6,
    ...families.flatMap((family) => [bridgeIP(node, family), vtepIP(view, node, family)]),
  ]);
  const all = [...texts, ...slices, ...odd].map(tryParseIP);
  return [...new Set([...all, ...ofNodes, ...view.pods.flatMap(podIPs)])].filter((ip) => ip !== undefined);
}

function portsOf(view: ClusterView): readonly number[] {
  const ports = view.services.flatMap(({ spec }) => [
    ...(spec.ports ?? []).flatMap(({ port, nodePort = 0 }) => [port, nodePort]),
    spec.healthCheckNodePort ?? 0,
  ]);
  const targets = view.slices.flatMap(({ ports: own = [] }) => own.map(({ port = 0 }) => port));
  return [...new Set([...ports, ...targets, 61_999])].filter((port) => port > 0);
}

function destinations(view: ClusterView): readonly To[] {
  const ports = portsOf(view);
  return addressesOf(view).flatMap((address): To[] => [
    ...ports.flatMap((port): To[] => [
      { scheme: 'tcp', address, port },
      { scheme: 'udp', address, port },
    ]),
    { scheme: 'icmp', address },
  ]);
}

/** The next number of a fixed sequence (Numerical Recipes' linear congruential generator). */
function next(state: number): number {
  return (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
}

/** Questions that make no sense to verify in a kernel but have an answer: any address with any port, chosen by the seed. */
function oddQuestions(view: ClusterView, count: number, seed: number): readonly Question[] {
  const [senders, all] = [sendersOf(view), destinations(view)];
  let state = next(seed);
  const choose = <T>(list: readonly T[]): T | undefined => {
    state = next(state);
    return list[Math.floor((state / 2 ** 32) * list.length)];
  };
  return Array.from({ length: count }, () => ({ sender: choose(senders), to: choose(all) })).flatMap(
    ({ sender, to }): Question[] =>
      sender === undefined || to === undefined ? [] : [{ from: sender.from, to, about: oddQuestion }],
  );
}

/** What verify tries, and as many questions as said about any address and port. */
export function questionsOf(view: ClusterView, count: number, seed: number): readonly Question[] {
  const tried = connectionsToTry(view).flatMap(({ from, to, about }): Question[] =>
    'address' in to ? [{ from, to, about }] : [],
  );
  return [...tried, ...oddQuestions(view, count, seed)];
}
