import type { Node, Taint } from '../../kinds/types/node.ts';
import type { PodSpec, Toleration } from '../../kinds/types/pod.ts';

function tolerates({ key, operator = 'Equal', value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key !== undefined && key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return key !== undefined && (value ?? '') === (taint.value ?? '');
}

/** The first taint with one of the effects that no toleration covers. */
export function untolerated(
  node: Node,
  tolerations: readonly Toleration[],
  effects: readonly Taint['effect'][],
): Taint | undefined {
  return (node.spec.taints ?? []).find(
    (taint) => effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

/** Whether the node has every label of the Pod's nodeSelector. */
export function matchesNodeSelector(spec: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  return Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
}

/** Ports of the node that the Pod's containers take, as `PROTOCOL/port`; all container ports for a hostNetwork Pod. */
export function hostPortsOf(spec: PodSpec): readonly string[] {
  return spec.containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, containerPort, protocol }) => {
      const port = hostPort ?? (spec.hostNetwork === true ? containerPort : undefined);
      return port === undefined ? [] : [`${protocol}/${port}`];
    }),
  );
}
