import type { NodeView } from '../cluster/view.ts';
import type { LabClient } from '../kinds/types/lab.ts';
import type { Pod } from '../kinds/types/pod.ts';
import { cidrContains, familyOf, hostPort } from '../net/address.ts';
import { listeningPorts } from '../workload/ports.ts';
import { clusterIPsOf } from './claims.ts';
import { type Course, type Ending, fail, type Packet, serviceProtocol, tell } from './packet.ts';
import { podNetwork } from './route.ts';
import { answersHealthChecks, isWatched } from './settings.ts';
import { podName, type Topology } from './topology.ts';

function runs(pod: Pod, container: string): boolean {
  const status = pod.status.containerStatuses?.find(({ name }) => name === container);
  return status === undefined || status.state === 'running';
}

function listens(pod: Pod, packet: Packet): boolean {
  const protocol = serviceProtocol(packet);
  return listeningPorts(pod).some(
    (socket) => socket.protocol === protocol && socket.port === packet.port && runs(pod, socket.container),
  );
}

function socketText({ protocol, port }: Packet): string {
  return `${protocol.toUpperCase()} port ${port}`;
}

function refusal({ protocol }: Packet): string {
  return protocol === 'udp' ? 'an ICMP port unreachable comes back' : 'a TCP reset comes back';
}

interface Arrived {
  readonly where: string;
  readonly who: string;
  readonly pod?: string;
  readonly node?: string;
}

function arrived(course: Course, { where, who, pod, node }: Arrived): Ending {
  const { packet } = course;
  const { destination, port, source } = packet;
  const text = `${who}; it sees ${source} as the source address.`;
  return {
    course: tell(course, where, text),
    outcome: 'delivered',
    source,
    endpoint: port === undefined ? destination : hostPort(destination, port),
    ...(pod === undefined ? {} : { pod }),
    ...(node === undefined ? {} : { node }),
  };
}

/** The packet has reached a Pod's own network namespace. */
export function deliverToPod(course: Course, pod: Pod): Ending[] {
  const where = `pod/${podName(pod)}`;
  const place = { where, pod: podName(pod), ...(pod.spec.nodeName === undefined ? {} : { node: pod.spec.nodeName }) };
  if (course.packet.protocol === 'icmp') return [arrived(course, { ...place, who: 'The Pod answers the ping' })];
  if (listens(pod, course.packet)) {
    return [arrived(course, { ...place, who: `The Pod listens on ${socketText(course.packet)} and answers` })];
  }
  const text = `Nothing in the Pod listens on ${socketText(course.packet)}: ${refusal(course.packet)}.`;
  return fail(course, 'refused', where, text);
}

function healthCheck({ view }: Topology, node: NodeView, packet: Packet): string | undefined {
  if (packet.protocol !== 'tcp' || !node.kubeProxy) return undefined;
  const found = view.services.find(
    ({ spec }) => spec.externalTrafficPolicy === 'Local' && spec.healthCheckNodePort === packet.port,
  );
  const families = found === undefined || !isWatched(view, found) ? [] : clusterIPsOf(found).map(familyOf);
  if (found === undefined || families.length === 0) return undefined;
  const first = families.includes('ipv4') ? 'ipv4' : 'ipv6';
  return answersHealthChecks(view, node, first, packet.destination) ? found.metadata.name : undefined;
}

/** The packet is for the node itself, and no Service takes it. */
export function deliverToNode(topology: Topology, course: Course, node: NodeView): Ending[] {
  const { packet } = course;
  const place = { where: node.name, node: node.name };
  if (packet.protocol === 'icmp') return [arrived(course, { ...place, who: 'The node answers the ping' })];
  const pod = topology.hostPods(node.name).find((candidate) => listens(candidate, packet));
  if (pod !== undefined) {
    const who = `Pod ${podName(pod)} shares the node's network (hostNetwork), listens on ${socketText(packet)} and answers`;
    return [arrived(course, { ...place, pod: podName(pod), who })];
  }
  const service = healthCheck(topology, node, packet);
  if (service !== undefined) {
    return [arrived(course, { ...place, who: `kube-proxy answers the health check of Service ${service}` })];
  }
  const text = `Nothing on the node listens on ${socketText(packet)}: ${refusal(packet)}.`;
  return fail(course, 'refused', node.name, text);
}

/** The packet has reached a host outside the cluster, which answers pings and has no server. */
export function deliverToClient(topology: Topology, course: Course, client: LabClient): Ending[] {
  const { packet } = course;
  const where = `client/${client.name}`;
  const network = podNetwork(topology.view, packet.source);
  if (network !== undefined && cidrContains(network, packet.source)) {
    const text = `The packet arrives with the Pod address ${packet.source}, which has no route outside the cluster: the answer is lost.`;
    return fail(course, 'dropped', where, text, 'flannel runs without --ip-masq');
  }
  if (packet.protocol === 'icmp') return [arrived(course, { where, who: 'The host answers the ping' })];
  return fail(course, 'refused', where, `Nothing on the host listens on ${socketText(packet)}: ${refusal(packet)}.`);
}

/** The router of the underlay answers pings to its own address, and nothing else. */
export function deliverToRouter(course: Course): Ending[] {
  const { packet } = course;
  if (packet.protocol === 'icmp') return [arrived(course, { where: 'fabric', who: 'The router answers the ping' })];
  return fail(
    course,
    'refused',
    'fabric',
    `Nothing on the router listens on ${socketText(packet)}: ${refusal(packet)}.`,
  );
}
