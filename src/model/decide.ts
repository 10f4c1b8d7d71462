import type { ClusterView, NodeView } from '../cluster/view.ts';
import { cidrContains, familyOf, tryParseCidr } from '../net/address.ts';
import {
  allClaims,
  type Claim,
  claimsAt,
  hasFamily,
  isClusterIP,
  nodePortClaims,
  serviceName,
  servicePortName,
} from './claims.ts';
import { endpointsOf, type Selection, type ServiceEndpoint, selectEndpoints } from './endpoints.ts';
import { type Packet, serviceProtocol } from './packet.ts';
import { type Arrival, acceptsNodePorts, detectorOf, isModern, masqueradeAll, usesNftables } from './settings.ts';
import { isNodeAddress } from './topology.ts';

/** What a node's proxy does with a connection. */
export type Decision =
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'refuse' | 'drop';
      /** Whether it is for who sends, and not for want of endpoints. */
      readonly barsSender?: true;
      readonly text: string;
      readonly because: string;
    }
  | {
      readonly kind: 'balance';
      readonly claim: Claim;
      readonly endpoints: readonly ServiceEndpoint[];
      /** What makes these endpoints the ones to pick from: `ready`, `ready, on this node`… */
      readonly which: string;
      readonly masquerade: boolean;
      /** Why the source is rewritten or kept. */
      readonly sourceText: string;
      readonly sourceBecause: string;
    };

type Balance = Extract<Decision, { kind: 'balance' }>;
/** What a node's proxy says of a Service that cannot be reached there. */
export type Refusal = Extract<Decision, { kind: 'refuse' | 'drop' }>;
interface Question {
  readonly view: ClusterView;
  readonly node: NodeView;
  readonly packet: Packet;
  readonly arrival: Arrival;
}

function selectionFor({ view, node, packet }: Question, { service, port }: Claim): Selection {
  const all = endpointsOf(view, service, port, familyOf(packet.destination), node);
  return selectEndpoints(all, node, isModern(view));
}

function describe({ narrowed }: Selection): string {
  if (narrowed === 'terminating') return 'terminating, still serving, because no ready one is left';
  return narrowed === undefined
    ? 'ready'
    : `ready, and hinted for this ${narrowed === 'same node' ? 'node' : "node's zone"}`;
}

function noEndpoints({ service, port }: Claim): Refusal {
  return {
    kind: 'refuse',
    text: `Service ${serviceName(service)} has no ready endpoint, so the proxy refuses the connection with an ICMP port unreachable.`,
    because: `EndpointSlices of ${serviceName(service)}: ${servicePortName(service, port)} has no endpoints`,
  };
}

function noLocalEndpoints({ service }: Claim, policy: string): Refusal {
  return {
    kind: 'drop',
    text: `Service ${serviceName(service)} has endpoints, but none on this node, and the policy forbids others: the proxy drops the packet.`,
    because: `Service ${serviceName(service)}: ${policy}: Local`,
  };
}

function internalDecision(question: Question, claim: Claim): Balance | Refusal {
  const { view, node, packet, arrival } = question;
  const selection = selectionFor(question, claim);
  const local = isModern(view) && claim.service.spec.internalTrafficPolicy === 'Local';
  const endpoints = local ? selection.local : selection.cluster;
  if (endpoints.length === 0) {
    return selection.any && local ? noLocalEndpoints(claim, 'spec.internalTrafficPolicy') : noEndpoints(claim);
  }
  const chosen = {
    kind: 'balance' as const,
    claim,
    endpoints,
    which: local ? 'ready, on this node' : describe(selection),
  };
  if (masqueradeAll(view)) {
    const sourceBecause = 'KubeProxyConfiguration: masqueradeAll: true';
    return {
      ...chosen,
      masquerade: true,
      sourceText: 'All Service traffic is marked for masquerading.',
      sourceBecause,
    };
  }
  const detector = detectorOf(view, node, familyOf(packet.destination));
  if (detector === undefined) {
    const sourceText =
      'The proxy cannot tell Pods from others, so it rewrites no source address on the way to a ClusterIP.';
    return { ...chosen, masquerade: false, sourceText, sourceBecause: 'KubeProxyConfiguration: no clusterCIDR' };
  }
  const isPod = detector.isPod(packet.source, arrival);
  const sourceText = isPod
    ? `The source ${packet.source} is a Pod's, so the proxy leaves it as it is.`
    : `The source ${packet.source} is not a Pod's, so the packet is marked for masquerading: the answer must come back through this node.`;
  return { ...chosen, masquerade: !isPod, sourceText, sourceBecause: `KubeProxyConfiguration: ${detector.field}` };
}

function refusedByRanges({ packet }: Question, claim: Claim): Refusal | undefined {
  const ranges = (claim.service.spec.loadBalancerSourceRanges ?? []).flatMap((text) => tryParseCidr(text.trim()) ?? []);
  const own = ranges.filter((cidr) => familyOf(cidr) === familyOf(packet.source));
  if (claim.way !== 'load balancer IP' || own.length === 0) return undefined;
  if (own.some((cidr) => cidrContains(cidr, packet.source))) return undefined;
  return {
    kind: 'drop',
    barsSender: true,
    text: `The source ${packet.source} is in none of the ranges that Service ${serviceName(claim.service)} admits: the proxy drops the packet.`,
    because: `Service ${serviceName(claim.service)}: spec.loadBalancerSourceRanges: ${ranges.join(', ')}`,
  };
}

/**
 * Whether externalTrafficPolicy Local counts at this door. Releases 1.8 and 1.20 obey it for Services of type NodePort
 * and LoadBalancer only, and release 1.8 not at their externalIPs.
 */
function isExternalLocal(view: ClusterView, { service, way }: Claim): boolean {
  const { type, externalTrafficPolicy } = service.spec;
  if (externalTrafficPolicy !== 'Local' || isModern(view)) return externalTrafficPolicy === 'Local';
  if (type !== 'NodePort' && type !== 'LoadBalancer') return false;
  return way !== 'externalIP' || view.lab.kubernetesRelease !== '1.8';
}

function policyText(view: ClusterView, { service, way }: Claim): string {
  const { externalTrafficPolicy: policy = 'Cluster' } = service.spec;
  const ignored = policy === 'Local' ? `, which release ${view.lab.kubernetesRelease} ignores at this ${way}` : '';
  return `Service ${serviceName(service)}: spec.externalTrafficPolicy: ${policy}${ignored}`;
}

function externalDecision(question: Question, claim: Claim): Balance | Refusal {
  const { view, node, packet, arrival } = question;
  const selection = selectionFor(question, claim);
  const barred = refusedByRanges(question, claim);
  // Mode nftables looks at the sender first, the others look for endpoints.
  if (barred !== undefined && usesNftables(view)) return barred;
  if (!selection.any) return noEndpoints(claim);
  if (barred !== undefined) return barred;
  const everywhere = { kind: 'balance' as const, claim, endpoints: selection.cluster, which: describe(selection) };
  if (!isExternalLocal(view, claim)) {
    const sourceText = 'The packet is marked for masquerading: the answer must come back through this node.';
    return { ...everywhere, masquerade: true, sourceText, sourceBecause: policyText(view, claim) };
  }
  const sourceBecause = `Service ${serviceName(claim.service)}: spec.externalTrafficPolicy: Local`;
  const detector = detectorOf(view, node, familyOf(packet.destination));
  if (detector?.isPod(packet.source, arrival) === true) {
    const sourceText =
      "The source is a Pod's: the proxy treats the connection as one to the ClusterIP, to any endpoint, and keeps the source.";
    return { ...everywhere, masquerade: false, sourceText, sourceBecause };
  }
  if (arrival.via === 'output') {
    const sourceText = 'The packet comes from the node itself: it may go to any endpoint, and is masqueraded.';
    return { ...everywhere, masquerade: true, sourceText, sourceBecause };
  }
  if (selection.local.length === 0) return noLocalEndpoints(claim, 'spec.externalTrafficPolicy');
  const sourceText = `Only endpoints on this node are used, so the source ${packet.source} can stay as it is.`;
  return {
    ...everywhere,
    endpoints: selection.local,
    which: 'ready, on this node',
    masquerade: false,
    sourceText,
    sourceBecause,
  };
}

/** Releases 1.8 and 1.20 serve an externalIP only to the outside, not to this node's Pods or processes. */
function leftToTheOutside({ view, node, packet, arrival }: Question, claim: Claim): boolean {
  if (isModern(view) || claim.way !== 'externalIP' || isNodeAddress(view, node, packet.destination)) return false;
  return arrival.via === 'output' || arrival.device === view.lab.bridge;
}

/**
 * Verdicts on external addresses sit in INPUT and FORWARD; a process of the node is not stopped on its way out. In
 * release 1.8 those on externalIPs sit in INPUT alone, and those on load balancer addresses in OUTPUT, too.
 */
function unchecked({ view, node, packet, arrival }: Question, claim: Claim): boolean {
  if (usesNftables(view) || claim.way === 'ClusterIP' || isNodeAddress(view, node, packet.destination)) return false;
  if (view.lab.kubernetesRelease === '1.8') return claim.way === 'externalIP';
  return arrival.via === 'output';
}

function claimsFor({ view, node, packet }: Question): readonly Claim[] {
  const protocol = serviceProtocol(packet);
  if (protocol === undefined || packet.port === undefined) return [];
  const claims = claimsAt(view, protocol, packet.destination, packet.port);
  const toNode = isNodeAddress(view, node, packet.destination) && acceptsNodePorts(view, node, packet.destination);
  const family = familyOf(packet.destination);
  return toNode ? [...claims, ...nodePortClaims(view, protocol, packet.port, family)] : claims;
}

/** The field of the Service that says from where its endpoints may be, at this door. */
function policyField({ way }: Claim): 'internalTrafficPolicy' | 'externalTrafficPolicy' {
  return way === 'ClusterIP' ? 'internalTrafficPolicy' : 'externalTrafficPolicy';
}

/** Whether a Service has no endpoints, or none that its policy allows here, whoever sends. */
function withoutEndpoints(question: Question, claim: Claim): Refusal | undefined {
  const selection = selectionFor(question, claim);
  if (!selection.any) return noEndpoints(claim);
  const policy = policyField(claim);
  const local = isModern(question.view) && claim.service.spec[policy] === 'Local';
  return local && selection.local.length === 0 ? noLocalEndpoints(claim, `spec.${policy}`) : undefined;
}

/**
 * What the checks for Services without endpoints say of a packet that has an endpoint's address by now: they come after
 * DNAT and go by address and port, which may be those of a Service, too. In mode iptables, KUBE-FORWARD accepts what is
 * marked for masquerading before them.
 */
export function checkEndpoint(question: Question, masquerade: boolean): Refusal | undefined {
  const { view, node, packet, arrival } = question;
  const forwarded = arrival.via === 'interface' && !isNodeAddress(view, node, packet.destination);
  if (masquerade && forwarded && !usesNftables(view)) return undefined;
  for (const claim of claimsFor(question)) {
    const refusal = withoutEndpoints(question, claim);
    if (refusal !== undefined && !unchecked(question, claim)) return refusal;
  }
  return undefined;
}

/**
 * Whether the source of a packet that has its own sender's address by now is rewritten on its way through the node. Mode
 * nftables does it for endpoints that some Service places on the node: set hairpin-connections goes by address and
 * port, whichever Service was asked.
 */
export function rewritesHairpin(question: Question): boolean {
  const { view, node, packet } = question;
  if (!usesNftables(view)) return true;
  const family = familyOf(packet.destination);
  const protocol = serviceProtocol(packet);
  return allClaims(view).some((claim) => {
    if (claim.port.protocol !== protocol || !hasFamily(claim.service, family)) return false;
    const { cluster, local } = selectionFor(question, claim);
    const endpoints = claim.service.spec[policyField(claim)] === 'Local' ? local : cluster;
    return endpoints.some((one) => one.node === node.name && one.ip === packet.destination && one.port === packet.port);
  });
}

/**
 * What becomes of a nodePort at an address of the node where the proxy does not serve it, such as ::1, which no
 * route_localnet lets out: release 1.36 checks in INPUT for Services without endpoints here whatever the address is.
 */
function unservedAddress(question: Question): Refusal | undefined {
  const { view, node, packet } = question;
  const { destination, port } = packet;
  const protocol = serviceProtocol(packet);
  if (usesNftables(view) || !isModern(view) || protocol === undefined || port === undefined) return undefined;
  if (!isNodeAddress(view, node, destination) || acceptsNodePorts(view, node, destination)) return undefined;
  for (const claim of nodePortClaims(view, protocol, port, familyOf(destination))) {
    const refusal = withoutEndpoints(question, claim);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function unservedPort({ view, packet }: Question): Decision {
  if (!usesNftables(view) || !isClusterIP(view, packet.destination)) return { kind: 'pass' };
  return {
    kind: 'refuse',
    text: `${packet.destination} is a ClusterIP, and no Service port matches: the proxy refuses with an ICMP port unreachable.`,
    because: 'nftables set cluster-ips',
  };
}

/**
 * What the node's proxy does with the first packet of a connection, from the promises of the Service API and the
 * behaviour of kube-proxy releases 1.8, 1.20 and 1.36: the first Service that can serve it wins; otherwise the first
 * verdict on a Service without endpoints; otherwise the packet passes.
 */
export function decide(question: Question): Decision {
  let verdict: Refusal | undefined;
  for (const claim of claimsFor(question)) {
    const decision = claim.way === 'ClusterIP' ? internalDecision(question, claim) : externalDecision(question, claim);
    // Only the refusal for want of endpoints is for everybody: it is made elsewhere, by address and port alone.
    if (decision.kind !== 'refuse' && leftToTheOutside(question, claim)) continue;
    if (decision.kind === 'balance') return decision;
    if (decision.barsSender || !unchecked(question, claim)) verdict ??= decision;
  }
  return verdict ?? unservedAddress(question) ?? unservedPort(question);
}
