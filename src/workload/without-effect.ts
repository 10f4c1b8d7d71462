import type { Container } from '../kinds/types/container.ts';
import type { Pod } from '../kinds/types/pod.ts';

/** The object that a person wrote, or the workload that made the Pod of it. */
function source({ metadata }: Pod): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return `${owner?.kind ?? 'Pod'} ${metadata.namespace}/${owner?.name ?? metadata.name}`;
}

/**
 * Fields of Pods that have no effect in a lab although one would expect it in a network or a program's surroundings, each
 * named once for all Pods of a workload: there are no files of a Pod's own, such as /etc/hosts or a ConfigMap's. `hostPort` is one where the
 * Pod has a network of its own: it is the CNI plugin portmap that makes rules for it, and a lab has no such plugin.
 */
export function fieldsWithoutEffect(pods: readonly Pod[]): readonly string[] {
  const found = pods.flatMap((pod) => fieldsOf(pod).map((field) => `${source(pod)}: ${field}`));
  return [...new Set(found)];
}

function fieldsOf({ spec }: Pod): readonly string[] {
  const { hostAliases = [], hostNetwork, containers } = spec;
  return [
    ...(hostAliases.length === 0 ? [] : ['hostAliases']),
    ...(hostNetwork === true ? [] : containers.flatMap(hostPorts)),
    ...containers.flatMap(({ name, envFrom = [] }) => (envFrom.length === 0 ? [] : [`envFrom of container ${name}`])),
  ];
}

function hostPorts({ name, ports = [] }: Container): readonly string[] {
  return ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [`hostPort ${hostPort} of container ${name}`]));
}
