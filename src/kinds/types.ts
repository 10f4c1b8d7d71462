/**
 * The objects that svclab understands, as they are after defaulting (what `kubectl get -o yaml` would show).
 * Field names and meanings are those of the Kubernetes API; only fields that svclab reads are listed.
 */

/** Labels and annotations. */
export type StringMap = Readonly<Record<string, string>>;

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  /** Empty or absent for kinds without namespace. */
  readonly namespace?: string;
  readonly generateName?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  /** RFC 3339. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface LabelSelector {
  readonly matchLabels?: StringMap;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type IntOrString = number | string;
export type TrafficPolicy = 'Cluster' | 'Local';

// ---------------------------------------------------------------- Lab

export interface LabNode {
  readonly name: string;
  readonly role?: 'control-plane' | 'worker';
  /** Address on the underlay; the next free one from .11 on when absent. */
  readonly ip?: string;
  readonly zone?: string;
  readonly labels?: StringMap;
  readonly taints?: readonly Taint[];
  /** False: a node without kube-proxy, which cannot reach a ClusterIP. */
  readonly kubeProxy?: boolean;
}

/** A host outside the cluster. */
export interface LabClient {
  readonly name: string;
  /** The first of its addresses. */
  readonly ip: string;
  /** All of them, one of each family at most, when it has more than `ip`. */
  readonly ips?: readonly string[];
}

/** Cluster DNS of a lab, and what it knows of the world. */
export interface LabDns {
  /** Without final dot. */
  readonly clusterDomain: string;
  /** Servers for names outside the cluster, `ADDRESS` or `ADDRESS:PORT`. */
  readonly upstreams: readonly string[];
  /** Domains with servers of their own. */
  readonly stubDomains: readonly { readonly domain: string; readonly servers: readonly string[] }[];
  /** Fixed addresses of names, in the form of a Pod's hostAliases. */
  readonly hosts: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
}

export interface LabSpec {
  readonly nodes: readonly LabNode[];
  /** `cidr`: one network, or one of each family with a comma between them; IPv4 is always there. */
  readonly underlay: { readonly cidr: string; readonly mtu: number };
  /** One network, or one of each family with a comma between them; the first one's family is what Services get. */
  readonly serviceClusterIPRange: string;
  readonly serviceNodePortRange: string;
  readonly clients: readonly LabClient[];
  /** External address ranges and the node that the outside routes them to. */
  readonly externalIPs: readonly { readonly cidr: string; readonly via: string }[];
  /** One network, or one of each family with a comma between them. */
  readonly loadBalancerPool?: string;
  readonly kubernetesRelease: '1.8' | '1.20' | '1.36';
  /** Name of the Pods' bridge on each node. */
  readonly bridge: string;
  /** Absent: the lab has no cluster DNS. */
  readonly dns?: LabDns;
}

export interface Lab extends KubeObject {
  readonly kind: 'Lab';
  readonly spec: LabSpec;
}

// ---------------------------------------------------------------- Namespace, Node

export interface Namespace extends KubeObject {
  readonly kind: 'Namespace';
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface NodeAddress {
  readonly type: 'InternalIP' | 'ExternalIP' | 'Hostname' | 'InternalDNS' | 'ExternalDNS';
  readonly address: string;
}

export interface Node extends KubeObject {
  readonly kind: 'Node';
  readonly spec: {
    readonly podCIDR?: string;
    readonly podCIDRs?: readonly string[];
    readonly taints?: readonly Taint[];
    readonly unschedulable?: boolean;
  };
  readonly status: {
    readonly addresses?: readonly NodeAddress[];
    readonly conditions?: readonly Condition[];
  };
}

// ---------------------------------------------------------------- Pod

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol: Protocol;
  readonly hostPort?: number;
  readonly hostIP?: string;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
}

/** A probe of a container; times in seconds. Exactly one of the actions is set. */
export interface Probe {
  readonly httpGet?: {
    readonly path?: string;
    readonly port: IntOrString;
    readonly host?: string;
    readonly scheme?: string;
  };
  readonly tcpSocket?: { readonly port: IntOrString; readonly host?: string };
  readonly exec?: { readonly command: readonly string[] };
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

export interface LifecycleHandler {
  readonly exec?: { readonly command: readonly string[] };
  readonly sleep?: { readonly seconds: number };
}

/** Amounts of resources by name: `{ cpu: '500m' }`. */
export type Resources = Readonly<Record<string, IntOrString>>;

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly unknown[];
  readonly ports?: readonly ContainerPort[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: Probe;
  /** Of an initContainer: `Always` makes it a sidecar, which goes on beside the Pod's containers (KEP-753). */
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly resources?: { readonly limits?: Resources; readonly requests?: Resources };
  readonly lifecycle?: { readonly preStop?: LifecycleHandler; readonly postStart?: LifecycleHandler };
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: 'Equal' | 'Exists';
  readonly value?: string;
  readonly effect?: Taint['effect'];
}

/** What a Pod adds to its resolv.conf. */
export interface PodDnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name: string; readonly value?: string }[];
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly hostAliases?: readonly unknown[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly nodeName?: string;
  readonly nodeSelector?: StringMap;
  readonly tolerations?: readonly Toleration[];
  readonly hostNetwork?: boolean;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  readonly terminationGracePeriodSeconds: number;
  /** False: no variables of Services but default/kubernetes. */
  readonly enableServiceLinks?: boolean;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: PodDnsConfig;
  readonly readinessGates?: readonly { readonly conditionType: string }[];
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  /** `running`, or why not. */
  readonly state: 'running' | 'waiting' | 'terminated';
  readonly reason?: string;
}

export interface PodStatus {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly hostIP?: string;
  readonly conditions?: readonly Condition[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly startTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface Pod extends KubeObject {
  readonly kind: 'Pod';
  readonly spec: PodSpec;
  readonly status: PodStatus;
}

export interface PodTemplateSpec {
  readonly metadata?: { readonly labels?: StringMap; readonly annotations?: StringMap };
  readonly spec: PodSpec;
}

// ---------------------------------------------------------------- workload controllers

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

// ---------------------------------------------------------------- Service, endpoints

export interface ServicePort {
  readonly name?: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly targetPort: IntOrString;
  readonly nodePort?: number;
  readonly appProtocol?: string;
}

export interface LoadBalancerIngress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ipMode?: 'VIP' | 'Proxy';
}

export interface ServiceSpec {
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  readonly selector?: StringMap;
  readonly ports?: readonly ServicePort[];
  /** `None` for a headless Service; absent for ExternalName. */
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly ipFamilies?: readonly ('IPv4' | 'IPv6')[];
  readonly ipFamilyPolicy?: 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';
  readonly externalIPs?: readonly string[];
  readonly externalName?: string;
  readonly externalTrafficPolicy?: TrafficPolicy;
  readonly internalTrafficPolicy?: TrafficPolicy;
  readonly sessionAffinity?: 'None' | 'ClientIP';
  readonly sessionAffinityConfig?: { readonly clientIP?: { readonly timeoutSeconds?: number } };
  readonly loadBalancerIP?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
  readonly loadBalancerClass?: string;
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly healthCheckNodePort?: number;
  readonly publishNotReadyAddresses?: boolean;
  readonly trafficDistribution?: 'PreferClose' | 'PreferSameZone' | 'PreferSameNode';
}

export interface Service extends KubeObject {
  readonly kind: 'Service';
  readonly spec: ServiceSpec;
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly LoadBalancerIngress[] } };
}

export interface ObjectReference {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
}

/** The older form of a Service's endpoints, core/v1. */
export interface Endpoints extends KubeObject {
  readonly kind: 'Endpoints';
  readonly subsets?: readonly {
    readonly addresses?: readonly EndpointAddress[];
    readonly notReadyAddresses?: readonly EndpointAddress[];
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol: Protocol }[];
  }[];
}

export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: ObjectReference;
}

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

export interface ServiceCIDR extends KubeObject {
  readonly kind: 'ServiceCIDR';
  readonly spec: { readonly cidrs: readonly string[] };
}

export interface ConfigMap extends KubeObject {
  readonly kind: 'ConfigMap';
  readonly data?: StringMap;
  /** Values in base64. */
  readonly binaryData?: StringMap;
  readonly immutable?: boolean;
}

// ---------------------------------------------------------------- KubeProxyConfiguration

/** kubeproxy.config.k8s.io/v1alpha1; durations as Go writes them (`30s`). It has no metadata in the wild. */
export interface KubeProxyConfiguration {
  readonly apiVersion: string;
  readonly kind: 'KubeProxyConfiguration';
  readonly mode?: '' | 'iptables' | 'nftables' | 'ipvs';
  readonly clusterCIDR?: string;
  readonly detectLocalMode?: 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix' | '';
  readonly detectLocal?: { readonly bridgeInterface?: string; readonly interfaceNamePrefix?: string };
  readonly hostnameOverride?: string;
  readonly nodePortAddresses?: readonly string[];
  readonly iptables?: ProxyModeOptions & { readonly localhostNodePorts?: boolean };
  readonly nftables?: ProxyModeOptions;
  readonly ipvs?: ProxyModeOptions & { readonly scheduler?: string; readonly strictARP?: boolean };
  readonly [field: string]: unknown;
}

export interface ProxyModeOptions {
  readonly masqueradeAll?: boolean;
  readonly masqueradeBit?: number;
  readonly syncPeriod?: string;
  readonly minSyncPeriod?: string;
  readonly [field: string]: unknown;
}

/** Every kind that a lab keeps in its store. */
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
