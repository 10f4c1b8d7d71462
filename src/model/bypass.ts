import type { NodeView } from '../cluster/view.ts';
import { allClaims, type Claim, serviceName } from './claims.ts';
import { type Course, type Packet, serviceProtocol, tell } from './packet.ts';
import type { Topology } from './topology.ts';

/** The doors of the Service whose address the packet carries. */
function claimsOfAddress(topology: Topology, { destination }: Packet): readonly Claim[] {
  const claims = allClaims(topology.view).filter(({ address }) => address === destination);
  return claims.filter(({ service }) => service === claims[0]?.service);
}

function ports(claims: readonly Claim[]): string {
  const words = claims.map(({ port }) => `${port.protocol} port ${port.port}`);
  return [...new Set(words)].join(', ');
}

/**
 * Tells why a packet to the address of a Service passes a node unchanged, if that is what it is: nobody's rules match
 * it, since such an address exists only together with a port.
 */
export function tellBypass(topology: Topology, course: Course, node: NodeView): Course {
  const { destination, protocol, port } = course.packet;
  const claims = claimsOfAddress(topology, course.packet);
  const [first] = claims;
  if (first === undefined) return course;
  const whose = `${destination} is the ${first.way} of Service ${serviceName(first.service)}`;
  if (!node.kubeProxy) {
    return tell(
      course,
      node.name,
      `${whose}, but no proxy runs here: nothing replaces the destination.`,
      'kubeProxy: false',
    );
  }
  const isServed = claims.some((one) => one.port.port === port && one.port.protocol === serviceProtocol(course.packet));
  if (isServed) {
    const text = `${whose}, but no rule for this port takes a packet that comes this way, so it passes.`;
    return tell(course, node.name, text, `Service ${serviceName(first.service)}: ${first.field}`);
  }
  const what = protocol === 'icmp' ? 'ICMP has no port' : `${protocol.toUpperCase()} port ${port} is not among them`;
  const text = `${whose}, but it exists only as address and port: the rules match ${ports(claims)}. ${what}, so the packet passes.`;
  return tell(course, node.name, text, `Service ${serviceName(first.service)}: spec.ports`);
}
