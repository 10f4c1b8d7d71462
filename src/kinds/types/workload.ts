import type { KubeObject, LabelSelector, StringMap } from './meta.ts';
import type { PodTemplateSpec } from './pod.ts';
import type { IntOrString } from './values.ts';

export interface WorkloadStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly readyReplicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly desiredNumberScheduled?: number;
  readonly currentNumberScheduled?: number;
  readonly numberReady?: number;
  readonly numberAvailable?: number;
  readonly updatedNumberScheduled?: number;
}

export interface Deployment extends KubeObject {
  readonly kind: 'Deployment';
  readonly spec: {
    readonly replicas: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly minReadySeconds?: number;
    readonly strategy: {
      readonly type: 'RollingUpdate' | 'Recreate';
      readonly rollingUpdate?: { readonly maxSurge: IntOrString; readonly maxUnavailable: IntOrString };
    };
    readonly paused?: boolean;
  };
  readonly status?: WorkloadStatus;
}

export interface ReplicaSet extends KubeObject {
  readonly kind: 'ReplicaSet';
  readonly spec: {
    readonly replicas: number;
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly minReadySeconds?: number;
  };
  readonly status?: WorkloadStatus;
}

export interface ReplicationController extends KubeObject {
  readonly kind: 'ReplicationController';
  readonly spec: { readonly replicas: number; readonly selector: StringMap; readonly template: PodTemplateSpec };
  readonly status?: WorkloadStatus;
}

export interface DaemonSet extends KubeObject {
  readonly kind: 'DaemonSet';
  readonly spec: {
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly minReadySeconds?: number;
    readonly updateStrategy?: {
      readonly type: 'RollingUpdate' | 'OnDelete';
      readonly rollingUpdate?: { readonly maxSurge: IntOrString; readonly maxUnavailable: IntOrString };
    };
  };
  readonly status?: WorkloadStatus;
}

export interface StatefulSet extends KubeObject {
  readonly kind: 'StatefulSet';
  readonly spec: {
    readonly replicas: number;
    readonly serviceName: string;
    readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[];
    readonly selector: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly podManagementPolicy: 'OrderedReady' | 'Parallel';
  };
  readonly status?: WorkloadStatus;
}
