import fc from 'fast-check';
import type { EndpointSlice } from '../../src/kinds/types/endpointslice.ts';
import type { KubeProxyConfiguration } from '../../src/kinds/types/kubeproxyconfiguration.ts';
import type { Service } from '../../src/kinds/types/service.ts';
import { parseCidr, parseIP } from '../../src/net/address.ts';
import { proxyConfig } from '../../src/proxy/config.ts';
import type { ProxyInput, ProxyNode } from '../../src/proxy/types.ts';

const node: ProxyNode = {
  name: 'node1',
  ips: ['192.168.56.11', '10.244.1.1', 'fd00:56::11'].map(parseIP),
  podCIDRs: ['10.244.1.0/24', 'fd00:10:244:1::/64'].map(parseCidr),
  labels: { 'topology.kubernetes.io/zone': 'za' },
};

/** Few values, so that addresses come twice and two random clusters have much in common. */
const octet = fc.constantFrom(1, 9, 10);
const portNumber = fc.integer({ min: 1, max: 65535 });
const policy = fc.constantFrom('Cluster' as const, 'Local' as const);
const both = (v4: string, v6: string) => fc.tuple(octet, octet).map(([a, b]) => [`${v4}${a}.${b}`, `${v6}${a}:${b}`]);

/** Some overlap or touch, so that the kernel joins them. */
const ranges = fc.subarray(
  [
    '203.0.113.0/24',
    '203.0.112.0/24',
    '192.168.0.0/16',
    '198.51.100.6/32',
    '198.51.100.7/32',
    '198.51.100.8/32',
  ].concat(['0.0.0.0/0', 'fd00::/16', 'fd01::/16', 'fd02::/16', '::/0']),
);

const config = fc
  .record({
    clusterCIDR: fc.constantFrom('10.244.0.0/16,fd00:10:244::/56', '10.244.0.0/16', ''),
    detectLocalMode: fc.constantFrom('ClusterCIDR' as const, 'NodeCIDR' as const),
    nodePortAddresses: fc.constantFrom([], ['primary'], ['192.168.56.0/24'], ['127.0.0.0/8', '::/0'], ['10.0.0.0/8']),
    masqueradeAll: fc.boolean(),
    masqueradeBit: fc.constantFrom(0, 14, 31),
    localhostNodePorts: fc.boolean(),
  })
  .map(({ clusterCIDR, detectLocalMode, nodePortAddresses, ...iptables }): KubeProxyConfiguration => {
    const head = { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration' as const };
    return { ...head, clusterCIDR, detectLocalMode, nodePortAddresses, iptables };
  });

const servicePort = fc.record({
  name: fc.constantFrom('', 'http'),
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
  port: portNumber,
  targetPort: fc.constantFrom(80, 8080),
  nodePort: fc.option(fc.integer({ min: 30000, max: 32767 }), { nil: undefined }),
});

const spec = fc.record({
  type: fc.constantFrom('ClusterIP' as const, 'NodePort' as const, 'LoadBalancer' as const),
  clusterIPs: both('10.96.', 'fd00:10:96::'),
  ports: fc.uniqueArray(servicePort, { minLength: 1, maxLength: 3, selector: ({ name, protocol }) => name + protocol }),
  externalIPs: fc.array(both('80.11.', '2001:db8:80::'), { maxLength: 2 }).map((pairs) => pairs.flat()),
  loadBalancerSourceRanges: ranges,
  ingress: fc.array(both('172.6.', '2001:db8:6::'), { maxLength: 2 }).map((pairs) => pairs.flat()),
  externalTrafficPolicy: policy,
  internalTrafficPolicy: policy,
  sessionAffinity: fc.constantFrom('None' as const, 'ClientIP' as const),
  timeoutSeconds: fc.constantFrom(1, 300, 10800, 86400),
  healthCheckNodePort: portNumber,
});

const endpoint = fc.record({
  address: both('10.244.', 'fd00:10:244::'),
  conditions: fc.record({ ready: fc.boolean(), serving: fc.boolean(), terminating: fc.boolean() }),
  nodeName: fc.constantFrom('node1', 'node2'),
  zone: fc.constantFrom(undefined, 'za', 'zb'),
});

type Spec = typeof spec extends fc.Arbitrary<infer T> ? T : never;
type Endpoint = typeof endpoint extends fc.Arbitrary<infer T> ? T : never;

function serviceOf(name: string, { ports, ingress, timeoutSeconds, ...rest }: Spec): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: {
      ...rest,
      clusterIP: rest.clusterIPs[0] ?? '',
      ports: ports.map(({ nodePort, ...port }) => ({ ...port, ...(nodePort === undefined ? {} : { nodePort }) })),
      sessionAffinityConfig: { clientIP: { timeoutSeconds } },
    },
    status: { loadBalancer: { ingress: ingress.map((ip) => ({ ip })) } },
  };
}

function slicesOf(name: string, { ports }: Spec, endpoints: readonly Endpoint[]): readonly EndpointSlice[] {
  return (['IPv4', 'IPv6'] as const).map((addressType, at) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${at}`,
      namespace: 'default',
      labels: { 'kubernetes.io/service-name': name },
    },
    addressType,
    ports: ports.map(({ name: portName, protocol, targetPort }) => ({ name: portName, protocol, port: targetPort })),
    endpoints: endpoints.map(({ address, conditions, nodeName, zone }) => ({
      addresses: [address[at] ?? ''],
      conditions,
      nodeName,
      ...(zone === undefined ? {} : { hints: { forZones: [{ name: zone }] } }),
    })),
  }));
}

const service = fc.tuple(fc.constantFrom('api', 'web', 'web-2'), spec, fc.array(endpoint, { maxLength: 5 }));

/** Services, slices and configurations of every kind; the names repeat, so that two of them change one into another. */
export function randomInput(
  fixed: Pick<ProxyInput, 'release' | 'family'>,
  mode: 'iptables' | 'nftables',
): fc.Arbitrary<ProxyInput> {
  return fc
    .record({ config, services: fc.uniqueArray(service, { minLength: 1, maxLength: 5, selector: ([name]) => name }) })
    .map((random) => ({
      ...fixed,
      node,
      config: proxyConfig(
        fixed.release === '1.8' ? { ...random.config, detectLocalMode: 'ClusterCIDR' } : random.config,
        mode,
      ),
      services: random.services.map(([name, value]) => serviceOf(name, value)),
      slices: random.services.flatMap(([name, value, endpoints]) => slicesOf(name, value, endpoints)),
    }));
}
