import type { ClusterView, NodeView } from '../../cluster/view.ts';
import type { EndpointSlice, SliceEndpoint } from '../../kinds/types/endpointslice.ts';
import type { KubeProxyConfiguration } from '../../kinds/types/kubeproxyconfiguration.ts';
import type { LabSpec } from '../../kinds/types/lab.ts';
import type { Pod } from '../../kinds/types/pod.ts';
import type { Service, ServiceSpec } from '../../kinds/types/service.ts';
import type { IP, IPv4, Mac } from '../../net/address.ts';
import { parseCidr, parseIPv4 } from '../../net/address.ts';

/* A hand-made lab for tests: three nodes and a control plane without proxy, Pods, and Services of every kind. */

/** A node with lease 10.244.N.0/24 and address 192.168.56.(10+N). */
export function makeNode(name: string, n: number, more: Partial<NodeView> = {}): NodeView {
  return {
    name,
    ip: parseIPv4(`192.168.56.${10 + n}`),
    mac: `02:00:00:00:56:0${n}` as Mac,
    labels: { 'kubernetes.io/hostname': name },
    podCIDRs: [parseCidr(`10.244.${n}.0/24`)],
    vtepMac: `02:00:00:00:44:0${n}` as Mac,
    kubeProxy: true,
    ...more,
  };
}

/** A Pod of namespace default that runs an image; on the node's address when hostNetwork is set. */
export function makePod(
  name: string,
  node: string,
  ip: string,
  image: string,
  hostNetwork = false,
  port?: number,
): Pod {
  const ports = port === undefined ? {} : { ports: [{ containerPort: port, protocol: 'TCP' as const }] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: {} },
    spec: {
      containers: [{ name: 'main', image, ...ports }],
      nodeName: node,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      ...(hostNetwork ? { hostNetwork } : {}),
    },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  };
}

/** A Service of namespace default. */
export function makeService(name: string, spec: Partial<ServiceSpec>, ingress?: string): Service {
  const status = ingress === undefined ? {} : { status: { loadBalancer: { ingress: [{ ip: ingress }] } } };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { type: 'ClusterIP', ...spec },
    ...status,
  };
}

/** An EndpointSlice of a Service with one TCP port. */
export function makeSlice(service: string, port: number, endpoints: readonly SliceEndpoint[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints,
    ports: [{ name: '', port, protocol: 'TCP' }],
  };
}

function at(ip: string, nodeName?: string, conditions: SliceEndpoint['conditions'] = { ready: true }): SliceEndpoint {
  return { addresses: [ip], conditions, ...(nodeName === undefined ? {} : { nodeName }) };
}

const tcp = (port: number, targetPort: number, nodePort?: number) => [
  { port, targetPort, protocol: 'TCP' as const, ...(nodePort === undefined ? {} : { nodePort }) },
];

const httpdEndpoints = [at('10.244.1.2', 'node1'), at('10.244.2.2', 'node2')];

const lab: LabSpec = {
  nodes: [{ name: 'master' }, { name: 'node1' }, { name: 'node2' }, { name: 'node3' }],
  underlay: { cidr: '192.168.56.0/24', mtu: 1500 },
  serviceClusterIPRange: '10.96.0.0/12',
  serviceNodePortRange: '30000-32767',
  clients: [{ name: 'laptop', ip: '203.0.113.10' }],
  externalIPs: [{ cidr: '80.11.12.0/24', via: 'node1' }],
  loadBalancerPool: '172.6.6.0/24',
  kubernetesRelease: '1.36',
  bridge: 'cni0',
  dns: false,
};

const proxy: KubeProxyConfiguration = {
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  mode: 'iptables',
  clusterCIDR: '10.244.0.0/16',
};

/** The lab of the tests. Parts can be replaced; `lab` and `proxy` field by field. */
export function makeView(
  changes: Omit<Partial<ClusterView>, 'lab' | 'proxy'> & {
    lab?: Partial<LabSpec>;
    proxy?: Partial<KubeProxyConfiguration>;
  } = {},
): ClusterView {
  return {
    flannel: {
      network: parseCidr('10.244.0.0/16'),
      subnetLen: 24,
      subnetMin: '10.244.1.0' as IPv4,
      subnetMax: '10.244.255.0' as IPv4,
      ipMasq: true,
      backend: { type: 'vxlan', vni: 1, port: 8472, directRouting: false, learning: false, gbp: false },
    },
    nodes: [
      makeNode('master', 9, { kubeProxy: false }),
      makeNode('node1', 1, { zone: 'a' }),
      makeNode('node2', 2, { zone: 'b' }),
      makeNode('node3', 3, { zone: 'b' }),
    ],
    pods: [
      makePod('httpd-0', 'node1', '10.244.1.2', 'httpd'),
      makePod('httpd-1', 'node2', '10.244.2.2', 'httpd'),
      makePod('busybox', 'node1', '10.244.1.7', 'busybox'),
      makePod('busybox-2', 'node2', '10.244.2.7', 'busybox'),
      makePod('busybox-m', 'master', '10.244.9.7', 'busybox'),
      makePod('redis-0', 'node3', '10.244.3.2', 'redis'),
      makePod('host-0', 'node2', '192.168.56.12', 'example/app', true, 9000),
    ],
    services: [
      makeService('httpd', {
        type: 'NodePort',
        clusterIP: '10.96.203.6',
        ports: tcp(8080, 80, 30080),
        externalIPs: ['80.11.12.10'],
      }),
      makeService('local', {
        type: 'NodePort',
        clusterIP: '10.96.0.20',
        ports: tcp(80, 80, 30081),
        externalTrafficPolicy: 'Local',
      }),
      makeService('internal', { clusterIP: '10.96.0.21', ports: tcp(80, 80), internalTrafficPolicy: 'Local' }),
      makeService('none', {
        type: 'NodePort',
        clusterIP: '10.96.0.22',
        ports: tcp(80, 80, 30082),
        externalIPs: ['80.11.12.22'],
      }),
      makeService('redis', { clusterIP: '10.96.0.23', ports: tcp(6379, 6379), sessionAffinity: 'ClientIP' }),
      makeService('host', { type: 'NodePort', clusterIP: '10.96.0.24', ports: tcp(80, 9000, 30084) }),
      makeService('lb', { type: 'LoadBalancer', clusterIP: '10.96.0.25', ports: tcp(80, 80, 30085) }, '172.6.6.25'),
      makeService(
        'ranges',
        {
          type: 'LoadBalancer',
          clusterIP: '10.96.0.26',
          ports: tcp(80, 80, 30086),
          loadBalancerSourceRanges: ['198.51.100.0/24'],
        },
        '172.6.6.26',
      ),
      makeService('headless', { clusterIP: 'None', ports: tcp(80, 80) }),
      makeService('outside', { clusterIP: '10.96.0.27', ports: tcp(80, 80) }),
    ],
    slices: [
      makeSlice('httpd', 80, httpdEndpoints),
      makeSlice('local', 80, httpdEndpoints),
      makeSlice('internal', 80, httpdEndpoints),
      makeSlice('none', 80, [at('10.244.1.2', 'node1', { ready: false })]),
      makeSlice('redis', 6379, [at('10.244.3.2', 'node3')]),
      makeSlice('host', 9000, [at('192.168.56.12', 'node2')]),
      makeSlice('lb', 80, httpdEndpoints),
      makeSlice('ranges', 80, httpdEndpoints),
      makeSlice('headless', 80, httpdEndpoints),
      makeSlice('outside', 80, [at('203.0.113.10')]),
    ],
    ...changes,
    lab: { ...lab, ...changes.lab },
    proxy: { ...proxy, ...changes.proxy },
  };
}

/** An endpoint for makeSlice. */
export function makeEndpoint(ip: IP | string, nodeName?: string, more: Partial<SliceEndpoint> = {}): SliceEndpoint {
  return { ...at(ip, nodeName), ...more };
}
