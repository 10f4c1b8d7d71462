import { isMapping } from '../../kinds/mapping.ts';
import type { Service, ServiceSpec } from '../../kinds/types/service.ts';
import { sameValue } from '../equal.ts';

type Spec = Readonly<Record<string, unknown>>;

interface Dependent {
  readonly fields: readonly (keyof ServiceSpec)[];
  readonly neededBy: (spec: Spec) => boolean;
}

function isExternal({ type, externalIPs }: Spec): boolean {
  if (type === 'NodePort' || type === 'LoadBalancer') return true;
  return type === 'ClusterIP' && Array.isArray(externalIPs) && externalIPs.length > 0;
}

const dependents: readonly Dependent[] = [
  { fields: ['externalName'], neededBy: ({ type }) => type === 'ExternalName' },
  {
    fields: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'],
    neededBy: ({ type }) => type !== 'ExternalName',
  },
  {
    fields: ['healthCheckNodePort'],
    neededBy: ({ type, externalTrafficPolicy }) => type === 'LoadBalancer' && externalTrafficPolicy === 'Local',
  },
  {
    fields: ['allocateLoadBalancerNodePorts', 'loadBalancerClass'],
    neededBy: ({ type }) => type === 'LoadBalancer',
  },
  { fields: ['externalTrafficPolicy'], neededBy: isExternal },
];

function withoutNodePorts(ports: unknown, old: Service): unknown {
  const before = old.spec.ports ?? [];
  if (!Array.isArray(ports) || ports.length !== before.length) return ports;
  const same = ports.every((port, at) => isMapping(port) && port.nodePort === before[at]?.nodePort);
  return same ? ports.map(({ nodePort: _, ...port }) => port) : ports;
}

/**
 * A Service that is to replace another one, without the fields that its new type does not have, where they are as they
 * were: an update that only changes the type is no fault (dropTypeDependentFields of registry/core/service). Anything
 * that is no Service passes as it is.
 */
export function dropTypeDependentFields(next: unknown, old: Service): unknown {
  if (!isMapping(next) || !isMapping(next.spec)) return next;
  const spec = next.spec;
  const before: Spec = { ...old.spec };
  const gone = dependents
    .filter(({ neededBy }) => neededBy(before) && !neededBy(spec))
    .flatMap(({ fields }) => fields)
    .filter((field) => sameValue(spec[field], before[field]));
  const left = Object.fromEntries(Object.entries(spec).filter(([field]) => !gone.some((one) => one === field)));
  const hadPorts = before.type === 'NodePort' || before.type === 'LoadBalancer';
  const loses = hadPorts && spec.type !== 'NodePort' && spec.type !== 'LoadBalancer';
  return { ...next, spec: loses ? { ...left, ports: withoutNodePorts(spec.ports, old) } : left };
}
