import type { EndpointSlice, SliceEndpoint } from '../../kinds/types/endpointslice.ts';
import type { Node } from '../../kinds/types/node.ts';
import type { Pod } from '../../kinds/types/pod.ts';
import type { Service } from '../../kinds/types/service.ts';
import { type Family, familyOf, tryParseIP } from '../../net/address.ts';
import { isPodFinished, isPodReady } from '../pods/status.ts';

/** One port of an EndpointSlice. */
export type SlicePort = NonNullable<EndpointSlice['ports']>[number];

/** Label of a node with the name of its zone. */
export const zoneLabel = 'topology.kubernetes.io/zone';

/** Families that the Service has endpoints in; IPv4 unless it says otherwise. */
export function serviceFamilies(service: Service): readonly Family[] {
  return (service.spec.ipFamilies ?? ['IPv4']).map((family) => (family === 'IPv6' ? 'ipv6' : 'ipv4'));
}

/** Whether the Service's endpoints are found by controllers: it has a selector and is no ExternalName. */
export function selectsPods(service: Service): boolean {
  return service.spec.type !== 'ExternalName' && Object.keys(service.spec.selector ?? {}).length > 0;
}

/** Whether the Service has no virtual IP. */
export function isHeadless(service: Service): boolean {
  return service.spec.clusterIP === 'None';
}

/** Whether the address is of the family. */
export function isOfFamily(address: string, family: Family): boolean {
  const ip = tryParseIP(address);
  return ip !== undefined && familyOf(ip) === family;
}

/** The Pod's addresses of the family. */
export function podAddresses(pod: Pod, family: Family): readonly string[] {
  const { podIP, podIPs = podIP === undefined ? [] : [{ ip: podIP }] } = pod.status;
  return podIPs.map(({ ip }) => ip).filter((ip) => isOfFamily(ip, family));
}

function portNumber(pod: Pod, targetPort: number | string, protocol: string): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []);
  return ports.find((port) => port.name === targetPort && port.protocol === protocol)?.containerPort;
}

/** The Service's ports as this Pod serves them; a named targetPort that the Pod has not is left out. */
export function podPorts(service: Service, pod: Pod): readonly SlicePort[] {
  return (service.spec.ports ?? []).flatMap(({ name = '', targetPort, protocol, appProtocol }) => {
    const port = portNumber(pod, targetPort, protocol);
    return port === undefined ? [] : [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

/** Whether the Pod is listed in slices at all: it has an address and has not ended. */
export function isListed(pod: Pod): boolean {
  return !isPodFinished(pod) && (pod.status.podIP ?? pod.status.podIPs?.[0]?.ip) !== undefined;
}

function conditionsOf(pod: Pod, service: Service): NonNullable<SliceEndpoint['conditions']> {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  return { ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating };
}

/** The hostname that DNS gives the Pod below this Service, if any. */
export function endpointHostname({ spec }: Pod, service: Service): string | undefined {
  return spec.subdomain === service.metadata.name && spec.hostname !== '' ? spec.hostname : undefined;
}

/** Reference to the Pod behind an endpoint. */
export function podReference({ metadata: { namespace, name, uid } }: Pod): NonNullable<SliceEndpoint['targetRef']> {
  return {
    kind: 'Pod',
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
  };
}

/** Hints by which a proxy keeps traffic near (KEP-2433, KEP-3015): own zone, or own node and zone. */
function hintsOf(service: Service, endpoint: SliceEndpoint): SliceEndpoint['hints'] {
  const { trafficDistribution } = service.spec;
  if (trafficDistribution === undefined || endpoint.conditions?.ready === false) return undefined;
  const forZones = endpoint.zone === undefined ? {} : { forZones: [{ name: endpoint.zone }] };
  if (trafficDistribution !== 'PreferSameNode') return endpoint.zone === undefined ? undefined : forZones;
  return endpoint.nodeName === undefined ? undefined : { ...forZones, forNodes: [{ name: endpoint.nodeName }] };
}

/**
 * The Pod as an endpoint of the Service in one family: ready, serving and terminating as KEP-1672 says, with node, zone,
 * hostname and hints.
 */
export function podEndpoint(service: Service, pod: Pod, node: Node | undefined, family: Family): SliceEndpoint {
  const hostname = endpointHostname(pod, service);
  const zone = node?.metadata.labels?.[zoneLabel];
  const endpoint: SliceEndpoint = {
    addresses: podAddresses(pod, family).slice(0, 1),
    conditions: conditionsOf(pod, service),
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    ...(zone === undefined ? {} : { zone }),
    targetRef: podReference(pod),
  };
  const hints = hintsOf(service, endpoint);
  return hints === undefined ? endpoint : { ...endpoint, hints };
}
