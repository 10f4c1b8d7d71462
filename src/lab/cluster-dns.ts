import type { KubeObject, LabSpec } from '../kinds/types.ts';
import { nthAddress, parseCidr } from '../net/address.ts';

const namespace = 'kube-system';
const labels = { 'k8s-app': 'kube-dns' };
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

/** Address of cluster DNS: the tenth of the Service range, as kubeadm chooses it. */
export function clusterDnsAddress({ serviceClusterIPRange }: LabSpec): string {
  const [first = ''] = serviceClusterIPRange.split(',');
  return nthAddress(parseCidr(first.trim()), 10);
}

/** What kubeadm's add-on CoreDNS consists of, as manifests: the Deployment and Service kube-dns. */
export function clusterDnsManifests(spec: LabSpec): readonly Manifest[] {
  return [deployment(), service(clusterDnsAddress(spec))];
}
