import type { NodeView } from '../cluster/view.ts';
import type { Pod } from '../kinds/types/pod.ts';
import { hostPort, type IP } from '../net/address.ts';
import { tellBypass } from './bypass.ts';
import { serviceName } from './claims.ts';
import { checkEndpoint, type Decision, decide, type Refusal, rewritesHairpin } from './decide.ts';
import { deliverToClient, deliverToNode, deliverToPod, deliverToRouter } from './deliver.ts';
import type { ServiceEndpoint } from './endpoints.ts';
import { type RouterHop, routerHop } from './fabric.ts';
import { share } from './fraction.ts';
import { type Course, type Ending, fail, tell } from './packet.ts';
import { addressTowards, flannelMasquerades, type Hop, routeFrom } from './route.ts';
import type { Arrival } from './settings.ts';
import { isLoopback, isNodeAddress, podName, type Topology } from './topology.ts';

/** The router got the packet from a host outside, or from a node. */
export type Sender = { readonly kind: 'client' } | { readonly kind: 'node'; readonly name: string };

type Balance = Extract<Decision, { kind: 'balance' }>;

function described(topology: Topology, { ip, port, node }: ServiceEndpoint): string {
  const pod = topology.podAt(ip);
  const host = topology.nodeAt(ip);
  const who =
    pod === undefined
      ? host === undefined
        ? 'outside the Pods'
        : `on the address of ${host.name}`
      : `Pod ${podName(pod)}`;
  return `${hostPort(ip, port)} (${who}${pod === undefined || node === undefined ? '' : ` on ${node}`})`;
}

const articles = { ClusterIP: 'the', externalIP: 'an', 'load balancer IP': 'a', nodePort: 'a' } as const;

function introduce(course: Course, node: NodeView, { claim, endpoints, which }: Balance): Course {
  const { service, way, field } = claim;
  const name = serviceName(service);
  const target = hostPort(course.packet.destination, course.packet.port ?? 0);
  const claimed = tell(
    course,
    node.name,
    way === 'nodePort'
      ? `${target}: the port is a nodePort of Service ${name}, which every node with a proxy answers for.`
      : `${target} is ${articles[way]} ${way} of Service ${name}. No interface has to own it: the proxy replaces the destination.`,
    `Service ${name}: ${field}`,
  );
  const text =
    endpoints.length === 1
      ? `There is only one endpoint to pick (${which}).`
      : `One of ${endpoints.length} endpoints (${which}) is picked at random, each with the same chance, once for the whole connection.`;
  return tell(claimed, node.name, text, `EndpointSlices labelled kubernetes.io/service-name=${service.metadata.name}`);
}

function sticky(course: Course, node: NodeView, { claim, endpoints }: Balance): Course {
  if (claim.service.spec.sessionAffinity !== 'ClientIP' || endpoints.length < 2) return course;
  const seconds = claim.service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800;
  const text = `The choice holds for every connection from ${course.packet.source} until ${seconds} s have passed without one.`;
  return {
    ...tell(course, node.name, text, `Service ${serviceName(claim.service)}: spec.sessionAffinity: ClientIP`),
    affinity: { node: node.name, seconds },
  };
}

function lostHairpin(course: Course, pod: string): Ending[] {
  const text =
    'The packet comes from the very address that it is for: no node has rewritten its source, and a Pod does not accept a packet from its own address.';
  return fail(course, 'dropped', pod, text, 'mode nftables: set hairpin-connections has the endpoints of this node');
}

function balance(topology: Topology, course: Course, node: NodeView, arrival: Arrival, decision: Balance): Ending[] {
  const { endpoints, masquerade, sourceText, sourceBecause } = decision;
  const introduced = tell(introduce(course, node, decision), node.name, sourceText, sourceBecause);
  const common = sticky(introduced, node, decision);
  return endpoints.flatMap((endpoint) => {
    const packet = { ...common.packet, destination: endpoint.ip, port: endpoint.port };
    const question = { view: topology.view, node, packet, arrival };
    const verb = endpoints.length === 1 ? 'The destination becomes' : 'Suppose it picks';
    const picked = tell(
      { ...common, probability: share(common.probability, endpoints.length) },
      node.name,
      `${verb} ${described(topology, endpoint)}${endpoints.length === 1 ? '' : ': that becomes the destination'}.`,
      'DNAT, remembered by conntrack',
    );
    const hairpin =
      endpoint.ip === packet.source && (masquerade || arrival.via !== 'interface' || rewritesHairpin(question));
    const told = hairpin
      ? tell(
          picked,
          node.name,
          'The endpoint is the sender itself, so the source must be rewritten: a Pod would not accept an answer from its own address.',
          'hairpin',
        )
      : picked;
    const changed = { ...told, packet };
    const stopped = checkEndpoint(question, masquerade || hairpin);
    if (stopped !== undefined) return refused(changed, node, stopped);
    return onward(topology, changed, node, arrival, masquerade || hairpin);
  });
}

/** The packet comes to a node, or is made there: the proxy decides, then the node routes it. */
function atNode(topology: Topology, course: Course, node: NodeView, arrival: Arrival): Ending[] {
  if (course.passed.filter((name) => name === node.name).length > 1) {
    return fail(course, 'dropped', node.name, 'The packet goes round in a circle until its TTL is used up.');
  }
  const here = { ...course, passed: [...course.passed, node.name] };
  if (!node.kubeProxy) return onward(topology, tellBypass(topology, here, node), node, arrival, false);
  const decision = decide({ view: topology.view, node, packet: here.packet, arrival });
  if (decision.kind === 'balance') return balance(topology, here, node, arrival, decision);
  if (decision.kind === 'pass') return onward(topology, tellBypass(topology, here, node), node, arrival, false);
  return refused(here, node, decision);
}

function refused(course: Course, node: NodeView, { kind, text, because }: Refusal): Ending[] {
  return fail(course, kind === 'refuse' ? 'refused' : 'dropped', node.name, text, because);
}

function rewriteSource(course: Course, node: NodeView, source: IP, why: string, because: string): Course {
  if (course.packet.source === source) return course;
  const told = tell(
    course,
    node.name,
    `${why} the source ${course.packet.source} becomes ${source}, the address of the outgoing interface.`,
    because,
  );
  return { ...told, packet: { ...told.packet, source } };
}

function masqueraded(topology: Topology, course: Course, node: NodeView, hop: Hop, marked: boolean): Course {
  const { source, destination } = course.packet;
  const address = addressTowards(topology.view, node, hop, destination);
  if (marked) return rewriteSource(course, node, address, 'Masquerading:', 'KUBE-POSTROUTING, mark of the proxy');
  if (!flannelMasquerades(topology.view, node, source, destination)) return course;
  return rewriteSource(
    course,
    node,
    address,
    'flannel masquerades what enters or leaves the Pod network:',
    'FLANNEL-POSTRTG',
  );
}

function onward(topology: Topology, course: Course, node: NodeView, arrival: Arrival, marked: boolean): Ending[] {
  const hop = routeFrom(topology, node, course.packet.destination);
  // A packet that came in from outside and ends at the node itself never passes POSTROUTING.
  if (hop.to === 'self' && arrival.via === 'interface') return deliverToNode(topology, course, node);
  const bridged = hop.to === 'own lease' && arrival.via === 'interface' && arrival.device === hop.device;
  if (course.packet.source === '::1' && hop.to !== 'self') return lostAtLoopback(course, node);
  const sent = masqueraded(topology, course, node, hop, marked);
  if (hop.to === 'self') return deliverToNode(topology, sent, node);
  if (hop.to === 'own lease') return intoLease(topology, sent, node, hop.device, bridged);
  if (hop.to === 'other lease') return overlay(topology, sent, node, hop);
  if (hop.to === 'underlay') return overUnderlay(topology, sent, node);
  const told = tell(
    sent,
    node.name,
    'No route is nearer than the default one: the packet goes to the router.',
    'default via the underlay router, dev eth0',
  );
  return atRouter(topology, told, { kind: 'node', name: node.name });
}

/**
 * What a kernel was seen to do: the packet leaves with another source, but its answer, translated back, is from ::1 to
 * ::1 on an interface that is not lo, and is discarded. There is no route_localnet in IPv6.
 */
function lostAtLoopback(course: Course, node: NodeView): Ending[] {
  const text =
    'The packet reaches the endpoint, but the answer, translated back, is for ::1, which IPv6 takes from no other interface than lo: it is lost.';
  return fail(course, 'dropped', node.name, text, 'IPv6 has no route_localnet');
}

function intoLease(topology: Topology, course: Course, node: NodeView, bridge: string, bridged: boolean): Ending[] {
  const { destination } = course.packet;
  const pod = topology.podAt(destination);
  if (pod === undefined) {
    const text = `${destination} is in this node's lease, but no Pod has it: nobody answers on ${bridge}, and an ICMP host unreachable comes back.`;
    return fail(course, 'unreachable', node.name, text, `no neighbour ${destination} on ${bridge}`);
  }
  const text = bridged
    ? `${bridge} joins the node's Pods: the packet goes from one port of the bridge to another.`
    : `${destination} is in this node's lease: the packet goes out through ${bridge}.`;
  const sent = tell(course, node.name, text, `route ${destination} dev ${bridge}`);
  return course.packet.source === destination ? lostHairpin(sent, `pod/${podName(pod)}`) : deliverToPod(sent, pod);
}

function overlay(
  topology: Topology,
  course: Course,
  node: NodeView,
  hop: Extract<Hop, { to: 'other lease' }>,
): Ending[] {
  const { backend } = topology.view.flannel;
  const port = backend.type === 'vxlan' ? backend.port : 0;
  const text = hop.tunnel
    ? `${course.packet.destination} is in the lease of ${hop.node.name}: ${hop.device} wraps the packet in UDP to ${hop.node.ip}:${port} (VXLAN).`
    : `${course.packet.destination} is in the lease of ${hop.node.name}: the packet is routed to ${hop.node.ip} as it is.`;
  const lease = hop.node.podCIDRs.join(', ');
  const sent = tell(course, node.name, text, `flannel's route to ${lease} dev ${hop.device}`);
  const arrived = hop.tunnel ? tell(sent, hop.node.name, `${hop.device} unwraps the packet.`) : sent;
  return atNode(topology, arrived, hop.node, { via: 'interface', device: hop.device });
}

function overUnderlay(topology: Topology, course: Course, node: NodeView): Ending[] {
  const { destination } = course.packet;
  const target = topology.nodeAt(destination);
  if (target === undefined && routerHop(topology, destination).to === 'router itself') return deliverToRouter(course);
  if (target === undefined) {
    const text = `Nobody on the underlay has ${destination}: an ICMP host unreachable comes back.`;
    return fail(course, 'unreachable', node.name, text, `no neighbour ${destination} on eth0`);
  }
  const text = `${destination} is ${target.name} on the underlay: the packet goes there directly.`;
  return atNode(topology, tell(course, node.name, text, 'route of eth0'), target, { via: 'interface', device: 'eth0' });
}

/** The packet comes to the router of the underlay. */
export function atRouter(topology: Topology, course: Course, sender: Sender): Ending[] {
  const { destination } = course.packet;
  const hop = routerHop(topology, destination);
  if (hop.to === 'router itself') return deliverToRouter(course);
  if (hop.to === 'node') return toNodes(topology, course, [hop.node], `route of the underlay to ${hop.node.name}`);
  if (hop.to === 'client') {
    const client = topology.client(hop.name);
    const told = tell(course, 'fabric', `The router knows ${destination}: it is the outside host ${hop.name}.`);
    return client === undefined ? [] : deliverToClient(topology, told, client);
  }
  if (hop.to === 'nobody on the underlay') {
    const text = `Nobody on the underlay has ${destination}: an ICMP host unreachable comes back.`;
    return fail(course, 'unreachable', 'fabric', text);
  }
  if (hop.to === 'nodes') return external(topology, course, sender, hop);
  if (sender.kind === 'node') {
    const text = `The router has no route to ${destination} and discards what comes from inside without a word.`;
    return fail(course, 'dropped', 'fabric', text, `no route to ${destination}`);
  }
  const text = `The router has no route to ${destination}: Pod and Service addresses exist only inside the cluster. An ICMP net unreachable comes back.`;
  return fail(course, 'unreachable', 'fabric', text, `no route to ${destination}`);
}

function external(
  topology: Topology,
  course: Course,
  sender: Sender,
  { nodes, notFrom, route }: Extract<RouterHop, { to: 'nodes' }>,
): Ending[] {
  if (sender.kind === 'node' && notFrom.some(({ name }) => name === sender.name)) {
    const text = `The way to ${course.packet.destination} leads back to the nodes, and ${sender.name} did not want the packet: the router drops it.`;
    return fail(course, 'dropped', 'fabric', text, route);
  }
  return toNodes(topology, course, nodes, route);
}

function toNodes(topology: Topology, course: Course, nodes: readonly NodeView[], route: string): Ending[] {
  return nodes.flatMap((node) => {
    const text =
      nodes.length === 1 ? `The router hands the packet to ${node.name}.` : `Suppose the router picks ${node.name}.`;
    const told = tell(course, 'fabric', text, route);
    const next = { ...told, probability: share(course.probability, nodes.length) };
    return atNode(topology, next, node, { via: 'interface', device: 'eth0' });
  });
}

/** A Pod sends: to itself, or through its node. */
export function fromPod(topology: Topology, course: Course, pod: Pod, node: NodeView): Ending[] {
  const { destination } = course.packet;
  const where = `pod/${podName(pod)}`;
  if (course.packet.source === destination || isLoopback(destination)) {
    return deliverToPod(
      tell(course, where, 'The address is the Pod itself: the packet stays on its loopback.', 'lo'),
      pod,
    );
  }
  const text = `The Pod sends from ${course.packet.source} to ${destination}; all its routes lead to ${node.name} through ${topology.view.lab.bridge}.`;
  const arrival: Arrival = { via: 'interface', device: topology.view.lab.bridge };
  return atNode(topology, tell(course, where, text, 'routes of the Pod, dev eth0'), node, arrival);
}

/** A process in a node's network sends. */
export function fromNode(topology: Topology, course: Course, node: NodeView, who: string): Ending[] {
  const { source, destination } = course.packet;
  const reason = isNodeAddress(topology.view, node, destination)
    ? 'the address is the node itself'
    : 'the address of the interface towards it';
  const text = `${who} sends to ${destination}; the source address is ${source}: ${reason}.`;
  return atNode(topology, tell(course, node.name, text), node, { via: 'output' });
}
