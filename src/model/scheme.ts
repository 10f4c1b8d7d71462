import type { Pod } from '../kinds/types/pod.ts';
import type { Service, ServicePort } from '../kinds/types/service.ts';
import type { Protocol } from '../kinds/types/values.ts';
import { type Family, familyOf } from '../net/address.ts';
import { listeningPorts } from '../workload/ports.ts';
import { endpointsOf } from './endpoints.ts';
import { podIPs, type Topology } from './topology.ts';
import type { To } from './types.ts';

/** Behaviours on TCP that do not speak HTTP, or are not known to. */
const notHttp: ReadonlySet<string> = new Set(['redis', 'dns', 'command', 'hostname-raw']);

function ofBehaviour(protocol: Protocol, behaviour: string | undefined): To['scheme'] {
  if (protocol === 'UDP') return 'udp';
  return behaviour === undefined || notHttp.has(behaviour.split(':')[0] ?? '') ? 'tcp' : 'http';
}

/** How to talk to a port of a Pod: `http` where the Pod's image speaks it. */
export function schemeOfPod(pod: Pod, protocol: Protocol, port: number): To['scheme'] {
  const socket = listeningPorts(pod).find((one) => one.protocol === protocol && one.port === port);
  return ofBehaviour(protocol, socket?.behaviour);
}

/** How to talk to a port of a Service: as to the Pod behind its first endpoint; `http` when there is none. */
export function schemeOfService(topology: Topology, service: Service, port: ServicePort, family: Family): To['scheme'] {
  if (port.protocol === 'UDP') return 'udp';
  const [node] = topology.view.nodes;
  const [endpoint] = node === undefined ? [] : endpointsOf(topology.view, service, port, family, node);
  if (endpoint === undefined) return 'http';
  const host = topology.nodeAt(endpoint.ip);
  const hostPods = host === undefined ? [] : topology.hostPods(host.name);
  const pods = [topology.podAt(endpoint.ip) ?? [], hostPods].flat();
  const behind = pods.find((pod) => podIPs(pod).some((ip) => familyOf(ip) === family) && listensOn(pod, endpoint.port));
  return behind === undefined ? 'tcp' : schemeOfPod(behind, port.protocol, endpoint.port);
}

function listensOn(pod: Pod, port: number): boolean {
  return listeningPorts(pod).some((socket) => socket.port === port);
}
