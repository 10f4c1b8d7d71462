import type { EndpointSlice } from '../../src/kinds/types/endpointslice.ts';
import type { KubeProxyConfiguration } from '../../src/kinds/types/kubeproxyconfiguration.ts';
import type { KubeObject } from '../../src/kinds/types/meta.ts';
import type { Service } from '../../src/kinds/types/service.ts';

/** The proxy modes that are measured. */
export type BenchMode = 'iptables' | 'nftables';

/** Endpoints of every Service, as in the cases of golden/README.md. */
export const endpointsPerService = 3;

const namespace = 'default';

/** Name of a Service, counting from 0; names sort as the numbers do. */
export function serviceName(index: number, suffix = ''): string {
  return `svc-${String(index).padStart(6, '0')}${suffix}`;
}

function dotted(first: number, number: number): string {
  return `${first}.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
}

/** A Service of type ClusterIP with one port. Without `clusterIP` the lab gives it one. */
export function service(name: string, clusterIP?: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      type: 'ClusterIP',
      ...(clusterIP === undefined ? {} : { clusterIP, clusterIPs: [clusterIP] }),
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
    },
  };
}

/** ClusterIP of a Service by its number, in 10.97.0.0/16 and following. */
export function clusterIPOf(index: number): string {
  return dotted(10, (97 << 16) + index + 1);
}

/** The slice of a Service, whose endpoints are Pods of another node: three addresses from the number on. */
export function slice(serviceName: string, index: number): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${serviceName}-1`, namespace, labels: { 'kubernetes.io/service-name': serviceName } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: Array.from({ length: endpointsPerService }, (_, at) => ({
      addresses: [dotted(10, (128 << 16) + index * endpointsPerService + at)],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: 'elsewhere',
    })),
  };
}

/** Services and their slices, as a lab without Pods may have them. */
export function servicesAndSlices(count: number): { readonly services: Service[]; readonly slices: EndpointSlice[] } {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return {
    services: indexes.map((index) => service(serviceName(index), clusterIPOf(index))),
    slices: indexes.map((index) => slice(serviceName(index), index)),
  };
}

/** The proxy's configuration for a mode. */
export function proxyConfiguration(mode: BenchMode): KubeProxyConfiguration & KubeObject {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    metadata: { name: 'kube-proxy' },
    mode,
    clusterCIDR: '10.244.0.0/16',
  };
}

/** A lab of one node, with these Services and no Pods. */
export function labObjects(mode: BenchMode, count: number): readonly KubeObject[] {
  const { services, slices } = servicesAndSlices(count);
  const spec = { nodes: [{ name: 'node1' }], serviceClusterIPRange: '10.96.0.0/12', dns: false };
  const lab = { apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'bench' }, spec };
  return [lab, proxyConfiguration(mode), ...services, ...slices];
}
