import type { ClusterView, NodeView } from '../cluster/view.ts';
import { LabError } from '../errors.ts';
import { clientIPs } from '../kinds/lab-networks.ts';
import { familyOf, type IP } from '../net/address.ts';
import { deliverToClient } from './deliver.ts';
import { add, certain, type Fraction, toNumber } from './fraction.ts';
import { type Course, type Ending, tell } from './packet.ts';
import { ownSource } from './route.ts';
import { narrate } from './steps.ts';
import { isLoopback, nodeIP, podIPs, podName, type Topology, topologyOf } from './topology.ts';
import type { Affinity, Explanation, From, Prediction, Step, To } from './types.ts';
import { atRouter, fromNode, fromPod } from './walk.ts';

function missing(kind: string, name: string): LabError {
  return new LabError('not-found', `there is no ${kind} ${name}`, { hint: 'List what there is with: svclab status' });
}

function start(to: To, source: IP): Course {
  const protocol = to.scheme === 'http' ? 'tcp' : to.scheme;
  const port = to.scheme === 'icmp' || to.port === undefined ? {} : { port: to.port };
  return {
    packet: { protocol, source, destination: to.address, ...port },
    steps: [],
    probability: certain,
    passed: [],
  };
}

const loopback = '127.0.0.1' as IP;

function noAddress(to: To, where: string): Ending[] {
  const text = `The sender has no address of the family of ${to.address}, so no route leads there.`;
  return [{ course: tell(start(to, to.address), where, text), outcome: 'unreachable' }];
}

/** The sender's own address of the family; to a loopback address the first of those. ::1 is there only with IPv6. */
function sourceOf(own: readonly IP[], { address }: To): IP | undefined {
  const ip = own.find((one) => familyOf(one) === familyOf(address));
  if (!isLoopback(address)) return ip;
  if (familyOf(address) === 'ipv4') return loopback;
  return ip === undefined ? undefined : address;
}

function walkFromNode(topology: Topology, node: NodeView, to: To, who: string): Ending[] {
  if (nodeIP(node, familyOf(to.address)) === undefined) return noAddress(to, node.name);
  return fromNode(topology, start(to, ownSource(topology, node, to.address)), node, who);
}

function walkFromPod(topology: Topology, from: Extract<From, { kind: 'pod' }>, to: To): Ending[] {
  const pod = topology.pod(from.namespace, from.name);
  const node = topology.node(pod?.spec.nodeName ?? '');
  if (pod === undefined || node === undefined) throw missing('Pod', `${from.namespace}/${from.name}`);
  if (pod.spec.hostNetwork === true) {
    return walkFromNode(topology, node, to, `Pod ${podName(pod)} uses the node's network (hostNetwork) and`);
  }
  const own = sourceOf(podIPs(pod), to);
  return own === undefined ? noAddress(to, `pod/${podName(pod)}`) : fromPod(topology, start(to, own), pod, node);
}

function walkFromClient(topology: Topology, name: string, to: To): Ending[] {
  const client = topology.client(name);
  if (client === undefined) throw missing('client', name);
  const where = `client/${name}`;
  const ip = sourceOf(clientIPs(client), to);
  if (ip === undefined) return noAddress(to, where);
  if (ip === to.address || isLoopback(to.address)) return deliverToClient(topology, start(to, ip), client);
  const text = `The host sends from ${ip} to ${to.address} through the router that it shares with the cluster.`;
  return atRouter(topology, tell(start(to, ip), where, text, 'default route'), { kind: 'client' });
}

function walk(topology: Topology, from: From, to: To): Ending[] {
  if (from.kind === 'pod') return walkFromPod(topology, from, to);
  if (from.kind === 'client') return walkFromClient(topology, from.name, to);
  const node = topology.node(from.name);
  if (node === undefined) throw missing('node', from.name);
  return walkFromNode(topology, node, to, 'A process of the node');
}

/** A prediction with its exact probability. */
export interface ExactPrediction extends Omit<Prediction, 'probability'> {
  readonly share: Fraction;
}

function merged(endings: readonly Ending[]): ExactPrediction[] {
  const byResult = new Map<string, ExactPrediction>();
  for (const { course, ...result } of endings) {
    const { outcome, endpoint, pod, node, source } = result;
    const key = [outcome, endpoint, pod, node, source].join('|');
    const known = byResult.get(key);
    const share = known === undefined ? course.probability : add(known.share, course.probability);
    byResult.set(key, { ...result, share });
  }
  return [...byResult.values()];
}

/**
 * What becomes of a connection, and why: every possible end with its probability (they sum to 1), and the way there in
 * short steps. Follows the promises of the Service API, the CNI and flannel, never the rules that svclab writes.
 * Throws `not-found` when `from` does not exist.
 */
export function predict(view: ClusterView, from: From, to: To): Explanation {
  const endings = walk(topologyOf(view), from, to);
  const affinity = affinityOf(endings);
  return {
    predicted: merged(endings).map(({ share, ...result }) => ({ ...result, probability: toNumber(share) })),
    steps: narrate(endings),
    ...(affinity === undefined ? {} : { affinity }),
  };
}

/** What `predict` predicts, with exact probabilities. Throws `not-found` when `from` does not exist. */
export function predictExactly(view: ClusterView, from: From, to: To): readonly ExactPrediction[] {
  return merged(walk(topologyOf(view), from, to));
}

/** One way that a connection may go: its end, and the steps that lead there. */
export interface PredictedWay extends Omit<Prediction, 'probability'> {
  readonly steps: readonly Step[];
}

/**
 * Every way that a connection may go, each with all of its own steps; `predict` tells them as one story. Throws
 * `not-found` when `from` does not exist.
 */
export function predictWays(view: ClusterView, from: From, to: To): readonly PredictedWay[] {
  return walk(topologyOf(view), from, to).map(({ course, ...end }) => ({ ...end, steps: course.steps }));
}

function affinityOf(endings: readonly Ending[]): Affinity | undefined {
  const met = endings.flatMap(({ course }) => course.affinity ?? []);
  if (met.length === 0) return undefined;
  return { seconds: Math.min(...met.map(({ seconds }) => seconds)), places: new Set(met.map(({ node }) => node)).size };
}
