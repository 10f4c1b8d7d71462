import test from 'ava';
import type { EndpointSlice } from '../kinds/types/endpointslice.ts';
import type { Service } from '../kinds/types/service.ts';
import { nthAddress, parseCidr, parseIP } from '../net/address.ts';
import { proxyConfig } from '../proxy/config.ts';
import type { ProxyInput, ProxyRelease } from '../proxy/types.ts';
import { newNodePorts, staleClassicEntries, udpEndpointsChanged, udpPorts } from './stale-flows.ts';

interface Given {
  readonly ready?: readonly number[];
  readonly notReady?: readonly number[];
  readonly nodePort?: number;
  readonly protocol?: 'UDP' | 'TCP';
}

const clusterIP = '10.96.0.10';
const pods = parseCidr('10.244.1.0/24');
const pod = (number: number): string => nthAddress(pods, number);

function input({ ready = [], notReady = [], nodePort, protocol = 'UDP' }: Given | undefined = {}): ProxyInput {
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'dns', namespace: 'default' },
    spec: {
      type: 'NodePort',
      clusterIP,
      externalIPs: ['80.11.12.10'],
      ports: [{ port: 53, targetPort: 53, protocol, ...(nodePort === undefined ? {} : { nodePort }) }],
    },
    status: { loadBalancer: { ingress: [{ ip: '172.6.6.1' }] } },
  };
  const endpoint = (number: number, isReady: boolean) => ({
    addresses: [pod(number)],
    conditions: { ready: isReady, serving: isReady },
  });
  const slice: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'dns-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'dns' } },
    addressType: 'IPv4',
    ports: [{ port: 53, protocol }],
    endpoints: [...ready.map((number) => endpoint(number, true)), ...notReady.map((number) => endpoint(number, false))],
  };
  return {
    release: '1.20',
    family: 'ipv4',
    node: { name: 'node1', ips: [], podCIDRs: [], labels: {} },
    config: proxyConfig({ apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration' }),
    services: [service],
    slices: [slice],
  };
}

const ports = (given: Given | undefined) => (given === undefined ? new Map() : udpPorts(input(given)));

interface Case {
  readonly name: string;
  readonly before?: Given;
  readonly after?: Given;
  readonly changed: boolean;
  /** Entries as `destination port source`, of those below, that are stale in each release. */
  readonly stale: Readonly<Record<'1.8' | '1.20', readonly string[]>>;
}

const toCluster = (source: string) => `${clusterIP} 53 ${source}`;
const toExternal = (source: string) => `80.11.12.10 53 ${source}`;
const toBalancer = (source: string) => `172.6.6.1 53 ${source}`;
const toNodePort = (source: string) => `192.168.56.11 30053 ${source}`;
const entries = [clusterIP, pod(2), pod(3)].flatMap((source) => [
  toCluster(source),
  toExternal(source),
  toBalancer(source),
  toNodePort(source),
  `10.96.0.99 53 ${source}`,
]);
const all = (to: (source: string) => string) => [clusterIP, pod(2), pod(3)].map(to);
const nodePort = 30053;

const cases: readonly Case[] = [
  {
    name: 'nothing changes',
    before: { ready: [2, 3], nodePort },
    after: { ready: [2, 3], nodePort },
    changed: false,
    stale: { '1.8': [], '1.20': [] },
  },
  {
    name: 'an endpoint goes',
    before: { ready: [2, 3], nodePort },
    after: { ready: [3], nodePort },
    changed: true,
    stale: {
      '1.8': [toCluster(pod(2))],
      '1.20': [toCluster, toExternal, toBalancer, toNodePort].map((to) => to(pod(2))),
    },
  },
  {
    name: 'an endpoint is no longer ready',
    before: { ready: [2, 3] },
    after: { ready: [3], notReady: [2] },
    changed: true,
    stale: { '1.8': [toCluster(pod(2))], '1.20': [toCluster, toExternal, toBalancer].map((to) => to(pod(2))) },
  },
  {
    name: 'the last endpoint goes',
    before: { ready: [2] },
    after: {},
    changed: true,
    stale: { '1.8': [toCluster(pod(2))], '1.20': [toCluster, toExternal, toBalancer].map((to) => to(pod(2))) },
  },
  {
    name: 'an endpoint comes',
    before: { ready: [2] },
    after: { ready: [2, 3] },
    changed: true,
    stale: { '1.8': [], '1.20': [] },
  },
  {
    name: 'the first endpoint comes',
    before: { nodePort },
    after: { ready: [2], nodePort },
    changed: true,
    stale: {
      '1.8': all(toCluster),
      '1.20': [...all(toCluster), ...all(toExternal), ...all(toBalancer), ...all(toNodePort)],
    },
  },
  {
    name: 'the Service goes: its ClusterIP only',
    before: { ready: [2] },
    changed: true,
    stale: { '1.8': all(toCluster), '1.20': all(toCluster) },
  },
  {
    name: 'a nodePort is new: what came to the port before was not for the Service',
    before: { ready: [2] },
    after: { ready: [2], nodePort },
    changed: false,
    stale: { '1.8': all(toNodePort), '1.20': all(toNodePort) },
  },
  {
    name: 'TCP is left alone',
    before: { ready: [2], nodePort, protocol: 'TCP' },
    after: { ready: [3], nodePort, protocol: 'TCP' },
    changed: false,
    stale: { '1.8': [], '1.20': [] },
  },
];

function chosen(isStale: ReturnType<typeof staleClassicEntries>): string[] {
  return entries.filter((text) => {
    const [destination = '', port, source = ''] = text.split(' ');
    return isStale({
      originalDestination: parseIP(destination),
      originalPort: Number(port),
      replySource: parseIP(source),
    });
  });
}

for (const { name, before, after, changed, stale } of cases) {
  test(name, (t) => {
    t.is(udpEndpointsChanged(ports(before), ports(after)), changed);
    for (const release of ['1.8', '1.20'] satisfies ProxyRelease[]) {
      const found = chosen(staleClassicEntries(ports(before), ports(after), release));
      t.deepEqual(found.sort(), [...stale[release]].sort(), release);
    }
  });
}

test('a nodePort is new once', (t) => {
  t.deepEqual(newNodePorts(ports({}), ports({ nodePort })), [nodePort]);
  t.deepEqual(newNodePorts(ports({ nodePort }), ports({ nodePort })), []);
  t.deepEqual(newNodePorts(ports({ nodePort }), ports({})), []);
});
