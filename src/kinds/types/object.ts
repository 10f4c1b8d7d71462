import type { ConfigMap } from './configmap.ts';
import type { Endpoints } from './endpoints.ts';
import type { EndpointSlice } from './endpointslice.ts';
import type { KubeProxyConfiguration } from './kubeproxyconfiguration.ts';
import type { Lab } from './lab.ts';
import type { ObjectMeta } from './meta.ts';
import type { Namespace } from './namespace.ts';
import type { Node } from './node.ts';
import type { Pod } from './pod.ts';
import type { Service } from './service.ts';
import type { ServiceCIDR } from './servicecidr.ts';
import type { DaemonSet, Deployment, ReplicaSet, ReplicationController, StatefulSet } from './workload.ts';

/**
 * Every kind that a lab keeps in its store, as it is after defaulting (what `kubectl get -o yaml` would show).
 * Field names and meanings are those of the Kubernetes API; only fields that svclab reads are listed.
 */
export type LabObject =
  | Lab
  | Namespace
  | Node
  | Pod
  | Deployment
  | ReplicaSet
  | ReplicationController
  | DaemonSet
  | StatefulSet
  | Service
  | Endpoints
  | EndpointSlice
  | ServiceCIDR
  | ConfigMap
  | (KubeProxyConfiguration & { readonly metadata: ObjectMeta });

/** Name of a stored kind. */
export type KindName = LabObject['kind'];

/** The object type of a kind's name. */
export type ObjectOf<K extends KindName> = Extract<LabObject, { kind: K }>;
