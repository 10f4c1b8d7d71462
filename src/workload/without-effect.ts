import type { Pod } from '../kinds/types.ts';

/** The object that a person wrote, or the workload that made the Pod of it. */
function source({ metadata }: Pod): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return `${owner?.kind ?? 'Pod'} ${metadata.namespace}/${owner?.name ?? metadata.name}`;
}

/**
 * Fields of Pods that have no effect in a lab, each named once for all Pods of a workload. `hostPort` is one where the
 * Pod has a network of its own: it is the CNI plugin portmap that makes rules for it, and a lab has no such plugin.
 */
export function fieldsWithoutEffect(pods: readonly Pod[]): readonly string[] {
  const found = pods
    .filter(({ spec }) => spec.hostNetwork !== true)
    .flatMap((pod) =>
      pod.spec.containers.flatMap(({ name, ports = [] }) =>
        ports.flatMap(({ hostPort = 0 }) =>
          hostPort === 0 ? [] : [`${source(pod)}: hostPort ${hostPort} of container ${name}`],
        ),
      ),
    );
  return [...new Set(found)];
}
