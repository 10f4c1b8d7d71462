import { hasClusterIP } from '../cluster/admission/service.ts';
import { usableCount } from '../cluster/allocators/cluster-ip.ts';
import {
  clusterDnsAddress,
  dnsService,
  firstServiceRange,
  isHomelessDns,
  dnsLabels as labels,
  dnsNamespace as namespace,
} from '../cluster/dns-service.ts';
import type { LabSpec } from '../kinds/types/lab.ts';
import type { KubeObject, ObjectMeta } from '../kinds/types/meta.ts';
import type { LabObject } from '../kinds/types/object.ts';
import type { Pod } from '../kinds/types/pod.ts';
import type { Service } from '../kinds/types/service.ts';
import type { IP } from '../net/address.ts';

const ports = [
  { name: 'dns', protocol: 'UDP', containerPort: 53 },
  { name: 'dns-tcp', protocol: 'TCP', containerPort: 53 },
];

/** A manifest as kubeadm makes it. */
type Manifest = KubeObject & { readonly spec: unknown };

/** With one replica on a lab's only node: a second one there would fail with the first. */
function deployment(nodes: number): Manifest {
  const container = { name: 'coredns', image: 'registry.k8s.io/coredns/coredns:v1.14.7', ports };
  const tolerations = [
    { key: 'CriticalAddonsOnly', operator: 'Exists' },
    { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace, labels },
    spec: {
      replicas: Math.min(nodes, 2),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { dnsPolicy: 'Default', tolerations, containers: [container] } },
    },
  };
}

function service(clusterIP: IP | undefined): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace,
      labels: { ...labels, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      ...(clusterIP === undefined ? {} : { clusterIP }),
      selector: labels,
      ports: ports.map(({ name, protocol, containerPort: port }) => ({ name, protocol, port, targetPort: port })),
    },
  };
}

const hasLabels = (given: ObjectMeta['labels']) => given?.['k8s-app'] === labels['k8s-app'];

/** Whether the object is, or makes, Pods of cluster DNS. */
function runsDns(object: LabObject): boolean {
  if (object.metadata.namespace !== namespace) return false;
  if (object.kind === 'Pod') return hasLabels(object.metadata.labels);
  const spec: unknown = 'spec' in object ? object.spec : undefined;
  if (typeof spec !== 'object' || spec === null || !('template' in spec)) return false;
  const { template } = spec as { readonly template?: { readonly metadata?: Partial<ObjectMeta> } };
  return hasLabels(template?.metadata?.labels);
}

function nodeCount({ nodes }: LabSpec, given: readonly LabObject[]): number {
  const others = given.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name);
  return new Set([...nodes.map(({ name }) => name), ...others]).size;
}

/** Whether the range has a tenth address, and holds cluster DNS beside the given Services and Service kubernetes. */
function hasRoom(lab: LabSpec, services: readonly Service[]): boolean {
  const others = services.filter(({ spec }) => hasClusterIP(spec)).length;
  return clusterDnsAddress(lab) !== undefined && usableCount(firstServiceRange(lab)) >= others + 2;
}

/** The tenth address of the Service range; undefined, for any other one, when a Service asks for it. */
function freeAddress(lab: LabSpec, services: readonly Service[]): IP | undefined {
  const address = clusterDnsAddress(lab);
  return services.some(({ spec }) => spec.clusterIP === address) ? undefined : address;
}

/**
 * What kubeadm's add-on CoreDNS consists of, as manifests: the Deployment and Service kube-dns. Without the Service where
 * the given objects have one for it, and without the Deployment where they have its Pods, or a Service for other ones.
 * Nothing where the lab wants none, or where the Service range has no room for it.
 */
export function clusterDnsManifests(spec: LabSpec, given: readonly LabObject[] = []): readonly Manifest[] {
  if (spec.dns === false) return [];
  const services = given.filter((object) => object.kind === 'Service');
  const own = dnsService(services, spec);
  if (own === undefined && !hasRoom(spec, services)) return [];
  const selects = own === undefined || hasLabels(own.spec.selector);
  return [
    ...(selects && !given.some(runsDns) ? [deployment(nodeCount(spec, given))] : []),
    ...(own === undefined ? [service(freeAddress(spec, services))] : []),
  ];
}

/** What a lab has. */
interface Present {
  readonly lab: LabSpec;
  readonly services: readonly Service[];
  readonly pods: readonly Pod[];
}

/** Why a lab that wants cluster DNS has none or not all of it, one line each. */
export function clusterDnsProblems({ lab, services, pods }: Present): readonly string[] {
  if (lab.dns === false) return [];
  const homeless = pods.filter(isHomelessDns).map(({ metadata, status }) => {
    const why = status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? '';
    return `pod ${metadata.namespace}/${metadata.name} of cluster DNS finds no node: ${why}`;
  });
  if (dnsService(services, lab) !== undefined) return homeless;
  const { serviceClusterIPRange: range } = lab;
  const why = hasRoom(lab, services)
    ? `there is no Service kube-dns in ${namespace}`
    : `the Service range ${range} has no room for it`;
  return [`no cluster DNS: ${why}`, ...homeless];
}
