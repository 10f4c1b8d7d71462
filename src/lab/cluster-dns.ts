import {
  clusterDnsAddress,
  dnsService,
  dnsLabels as labels,
  dnsNamespace as namespace,
} from '../cluster/dns-service.ts';
import type { LabSpec } from '../kinds/types/lab.ts';
import type { KubeObject, ObjectMeta } from '../kinds/types/meta.ts';
import type { LabObject } from '../kinds/types/object.ts';

const ports = [
  { name: 'dns', protocol: 'UDP', containerPort: 53 },
  { name: 'dns-tcp', protocol: 'TCP', containerPort: 53 },
];

/** A manifest as kubeadm makes it. */
type Manifest = KubeObject & { readonly spec: unknown };

function deployment(): Manifest {
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
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { dnsPolicy: 'Default', tolerations, containers: [container] } },
    },
  };
}

function service(clusterIP: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace,
      labels: { ...labels, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      clusterIP,
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

/**
 * What kubeadm's add-on CoreDNS consists of, as manifests: the Deployment and Service kube-dns. Without the Service where
 * the given objects have one for it, and without the Deployment where they have its Pods, or a Service for other ones.
 */
export function clusterDnsManifests(spec: LabSpec, given: readonly LabObject[] = []): readonly Manifest[] {
  const own = dnsService(
    given.filter((object) => object.kind === 'Service'),
    spec,
  );
  const selects = own === undefined || hasLabels(own.spec.selector);
  return [
    ...(selects && !given.some(runsDns) ? [deployment()] : []),
    ...(own === undefined ? [service(clusterDnsAddress(spec))] : []),
  ];
}
