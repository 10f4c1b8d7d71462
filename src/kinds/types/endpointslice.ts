import type { KubeObject, ObjectReference } from './meta.ts';
import type { Protocol } from './values.ts';

export interface EndpointConditions {
  /** Absent means true. */
  readonly ready?: boolean;
  /** Absent means the value of ready. */
  readonly serving?: boolean;
  readonly terminating?: boolean;
}

/** One endpoint of a slice (discovery.k8s.io/v1). */
export interface SliceEndpoint {
  readonly addresses: readonly string[];
  readonly conditions?: EndpointConditions;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly targetRef?: ObjectReference;
  readonly hints?: {
    readonly forZones?: readonly { readonly name: string }[];
    readonly forNodes?: readonly { readonly name: string }[];
  };
}

export interface EndpointSlice extends KubeObject {
  readonly kind: 'EndpointSlice';
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN';
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly port?: number;
    readonly protocol?: Protocol;
    readonly appProtocol?: string;
  }[];
}

/** Label of an EndpointSlice that names its Service. */
export const serviceNameLabel = 'kubernetes.io/service-name';
