import { configMapKind } from './configmap.ts';
import { daemonSetKind } from './daemonset.ts';
import type { KindDefinition } from './definition.ts';
import { deploymentKind } from './deployment.ts';
import { endpointsKind } from './endpoints.ts';
import { endpointSliceKind } from './endpointslice.ts';
import { kubeProxyConfigurationKind } from './kubeproxyconfiguration.ts';
import { labKind } from './lab.ts';
import { namespaceKind } from './namespace.ts';
import { nodeKind } from './node.ts';
import { podKind } from './pod.ts';
import { replicaSetKind } from './replicaset.ts';
import { replicationControllerKind } from './replicationcontroller.ts';
import { serviceKind } from './service.ts';
import { serviceCIDRKind } from './servicecidr.ts';
import { statefulSetKind } from './statefulset.ts';
import type { KindName } from './types/object.ts';

/** Every kind that svclab knows, in the order in which `svclab get all` and help texts list them. */
export const kinds: readonly KindDefinition[] = [
  labKind,
  namespaceKind,
  nodeKind,
  podKind,
  deploymentKind,
  replicaSetKind,
  replicationControllerKind,
  daemonSetKind,
  statefulSetKind,
  serviceKind,
  endpointsKind,
  endpointSliceKind,
  serviceCIDRKind,
  configMapKind,
  kubeProxyConfigurationKind,
];

const byKind = new Map<string, KindDefinition>(kinds.map((definition) => [definition.kind, definition]));
const byWord = new Map<string, KindDefinition>(
  kinds.flatMap((definition) =>
    [definition.plural, definition.singular, ...definition.shortNames].map((word) => [word, definition] as const),
  ),
);

/** The kind with this exact apiVersion and kind, as a manifest names it. */
export function kindOf(apiVersion: string, kind: string): KindDefinition | undefined {
  const definition = byKind.get(kind);
  return definition?.versions.includes(apiVersion) === true ? definition : undefined;
}

/** The kind that a user means by a word: its kind, plural, singular or short name, in any case; `deploy.apps` works, too. */
export function kindNamed(word: string): KindDefinition | undefined {
  const plain = word.toLowerCase();
  const dot = plain.indexOf('.');
  if (dot < 0) return byWord.get(plain);
  const definition = byWord.get(plain.slice(0, dot));
  return definition?.group === plain.slice(dot + 1) ? definition : undefined;
}

/** The definition of a kind by its name. */
export function kindByName<K extends KindName>(kind: K): KindDefinition<K> {
  return byKind.get(kind) as unknown as KindDefinition<K>;
}
