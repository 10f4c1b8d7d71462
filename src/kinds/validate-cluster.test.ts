import test from 'ava';
import { checkFaults as check, good, manifest } from './testing.ts';

const address = (ip: string) =>
  manifest('v1', 'Endpoints', undefined, { subsets: [{ addresses: [{ ip }], ports: [{ port: 80 }] }] });
const slice = (more: object) =>
  manifest('discovery.k8s.io/v1', 'EndpointSlice', undefined, { addressType: 'IPv4', endpoints: [], ...more });

check([
  [
    'Endpoints: a loopback address',
    address('127.0.0.1'),
    ['subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback'],
  ],
  ['Endpoints: link-local', address('169.254.169.254'), ['subsets[0].addresses[0].ip']],
  ['Endpoints: multicast', address('224.0.0.5'), ['subsets[0].addresses[0].ip']],
  [
    'Endpoints: no addresses',
    manifest('v1', 'Endpoints', undefined, { subsets: [{ ports: [{ port: 1 }] }] }),
    ['subsets[0]: Required'],
  ],
  [
    'EndpointSlice: type',
    slice({ endpoints: [{ addresses: ['fd00::1'] }] }),
    ['endpoints[0].addresses[0]: Invalid value: "fd00::1"'],
  ],
  ['EndpointSlice: no type', slice({ addressType: undefined }), ['addressType: Required value']],
  ['EndpointSlice: no address', slice({ endpoints: [{ addresses: [] }] }), ['endpoints[0].addresses: Required']],
  ['EndpointSlice: names twice', slice({ ports: [{ port: 1 }, { port: 2 }] }), ['ports[1].name: Duplicate value: ""']],
  [
    'EndpointSlice: too many',
    slice({ endpoints: Array(1001).fill({ addresses: ['10.0.0.1'] }) }),
    ['endpoints: Too many: 1001'],
  ],
  [
    'ServiceCIDR: host bits',
    manifest('networking.k8s.io/v1', 'ServiceCIDR', { cidrs: ['10.96.0.1/12'] }),
    ['spec.cidrs[0]: Invalid'],
  ],
  ['ServiceCIDR: nothing', manifest('networking.k8s.io/v1', 'ServiceCIDR', {}), ['spec.cidrs: Required value']],
  [
    'ConfigMap: key',
    manifest('v1', 'ConfigMap', undefined, { data: { 'a b': 'c' } }),
    ['data[a b]: Invalid value: "a b"'],
  ],
  [
    'Namespace: dots',
    { ...manifest('v1', 'Namespace'), metadata: { name: 'a.b' } },
    ['metadata.name: Invalid value: "a.b"'],
  ],
  [
    'Namespace: in a namespace',
    { ...manifest('v1', 'Namespace'), metadata: { name: 'a', namespace: 'b' } },
    ['metadata.namespace: Forbidden'],
  ],
  [
    'Node: taints',
    manifest('v1', 'Node', { taints: [{ key: 'a' }, { key: 'a', effect: 'NoSchedul' }] }),
    ['spec.taints[1].effect: Unsupported value: "NoSchedul"', 'spec.taints[0].effect: Required value'],
  ],
]);

const lab = (spec: object) => manifest('svclab.dev/v1', 'Lab', spec);

check([
  [
    'Lab: node names',
    lab({ nodes: [{ name: 'a' }, { name: 'a' }, { name: 'fabric' }, { name: 'B' }, {}] }),
    [
      'spec.nodes[1].name: Duplicate value: "a"',
      'spec.nodes[2].name: Invalid value: "fabric"',
      'spec.nodes[3].name: Invalid value: "B"',
      'spec.nodes[4].name: Required value',
    ],
  ],
  [
    'Lab: node addresses',
    lab({
      nodes: [
        { name: 'a', ip: '192.168.56.1' },
        { name: 'b', ip: '10.0.0.1' },
        { name: 'c', ip: '192.168.56.255' },
        { name: 'd', ip: '192.168.56.12' },
        { name: 'e', ip: '192.168.56.12' },
        { name: 'f', ip: 'x' },
      ],
    }),
    ['spec.nodes[0].ip', 'spec.nodes[1].ip', 'spec.nodes[2].ip', 'spec.nodes[4].ip: Duplicate', 'spec.nodes[5].ip'],
  ],
  ['Lab: no nodes', lab({ nodes: [] }), ['spec.nodes: Required value']],
  [
    'Lab: more nodes than addresses',
    lab({ nodes: [{ name: 'a' }, { name: 'b' }], underlay: { cidr: '192.168.56.0/30' } }),
    ['spec.underlay.cidr: Invalid value'],
  ],
  [
    'Lab: via',
    lab({ externalIPs: [{ cidr: '80.11.12.0/24', via: 'nod1' }] }),
    ['spec.externalIPs[0].via: Unsupported value: "nod1"'],
  ],
  [
    'Lab: ranges overlap',
    lab({ serviceClusterIPRange: '192.168.0.0/16', loadBalancerPool: '192.168.3.0/24' }),
    [
      'spec.serviceClusterIPRange: Invalid value: "192.168.0.0/16": overlaps with the underlay',
      'spec.loadBalancerPool: Invalid value: "192.168.3.0/24": overlaps with the Service range',
    ],
  ],
  [
    'Lab: clients',
    lab({
      clients: [
        { name: 'a', ip: '192.168.56.20' },
        { name: 'b', ip: '10.96.0.1' },
        { name: 'b', ip: '1.1.1.1' },
      ],
    }),
    [
      'spec.clients[0].ip: Invalid value: "192.168.56.20": is in the underlay',
      'spec.clients[1].ip: Invalid value: "10.96.0.1": is in the Service range',
      'spec.clients[2].name: Duplicate value: "b"',
    ],
  ],
  ['Lab: port range', lab({ serviceNodePortRange: '32767-30000' }), ['spec.serviceNodePortRange: Invalid value']],
  ['Lab: release', lab({ kubernetesRelease: '1.35' }), ['spec.kubernetesRelease: Unsupported value: "1.35"']],
  ['Lab: bridge', lab({ bridge: 'a-name-of-17-long' }), ['spec.bridge: Invalid value']],
]);

const proxy = (more: object) => ({
  apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
  kind: 'KubeProxyConfiguration',
  ...more,
});

check([
  [
    'KubeProxyConfiguration: unknown field',
    proxy({ iptables: { masqueradeall: true } }),
    ['iptables.masqueradeall: unknown field'],
  ],
  [
    'KubeProxyConfiguration: bit',
    proxy({ iptables: { masqueradeBit: 32 } }),
    ['iptables.masqueradeBit: Invalid value: 32'],
  ],
  ['KubeProxyConfiguration: mode', proxy({ mode: 'userspace' }), ['mode: Unsupported value: "userspace"']],
  [
    'KubeProxyConfiguration: networks',
    proxy({ clusterCIDR: '10.244.0.0/16,fd00::/48', nodePortAddresses: ['primary', 'x'] }),
    ['nodePortAddresses[0]: Invalid value: "primary"', 'nodePortAddresses[1]: Invalid value: "x"'],
  ],
  [
    'KubeProxyConfiguration: one network of a family',
    proxy({ clusterCIDR: '10.244.0.0/16,10.245.0.0/16' }),
    ['clusterCIDR: Invalid value'],
  ],
  [
    'KubeProxyConfiguration: periods',
    proxy({ iptables: { syncPeriod: '1s', minSyncPeriod: '10s' }, nftables: { minSyncPeriod: '1h' } }),
    ['iptables.syncPeriod: Invalid value: "1s"', 'nftables.syncPeriod: Invalid value: "30s"'],
  ],
  [
    'KubeProxyConfiguration: connection tracking',
    proxy({ conntrack: { udpTimeout: 'soon', tcpEstablishedTimeout: '-1h', maxPerCore: -1, min: 0 } }),
    ['conntrack.maxPerCore: Invalid', 'conntrack.tcpEstablishedTimeout: Invalid', 'conntrack.udpTimeout: Invalid'],
  ],
  [
    'KubeProxyConfiguration: fields that it never had',
    proxy({ iptables: { snatNodeInternalIP: true }, ipvs: { masqueradeAll: true } }),
    ['iptables.snatNodeInternalIP: unknown field', 'ipvs.masqueradeAll: unknown field'],
  ],
  [
    'KubeProxyConfiguration: bridge',
    proxy({ detectLocalMode: 'BridgeInterface' }),
    ['detectLocal.bridgeInterface: Required value'],
  ],
  [
    'KubeProxyConfiguration: durations',
    proxy({ iptables: { syncPeriod: '30', minSyncPeriod: '1m30s' } }),
    ['iptables.syncPeriod: Invalid'],
  ],
]);

test('the whole KubeProxyConfiguration of a kubeadm cluster is accepted', (t) => {
  const config = proxy({
    bindAddress: '0.0.0.0',
    bindAddressHardFail: false,
    clientConnection: {
      acceptContentTypes: '',
      burst: 0,
      contentType: '',
      kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf',
      qps: 0,
    },
    clusterCIDR: '10.244.0.0/16',
    configSyncPeriod: '0s',
    conntrack: {
      maxPerCore: null,
      min: null,
      tcpBeLiberal: false,
      tcpCloseWaitTimeout: null,
      tcpEstablishedTimeout: null,
      udpTimeout: '0s',
    },
    detectLocal: { bridgeInterface: '', interfaceNamePrefix: '' },
    detectLocalMode: '',
    enableProfiling: false,
    healthzBindAddress: '',
    hostnameOverride: '',
    iptables: {
      localhostNodePorts: null,
      masqueradeAll: false,
      masqueradeBit: null,
      minSyncPeriod: '0s',
      syncPeriod: '0s',
    },
    ipvs: {
      excludeCIDRs: null,
      minSyncPeriod: '0s',
      scheduler: '',
      strictARP: false,
      syncPeriod: '0s',
      tcpFinTimeout: '0s',
      tcpTimeout: '0s',
      udpTimeout: '0s',
    },
    logging: { flushFrequency: 0, options: { json: { infoBufferSize: '0' } }, verbosity: 0 },
    metricsBindAddress: '',
    mode: '',
    nftables: { masqueradeAll: false, masqueradeBit: null, minSyncPeriod: '0s', syncPeriod: '0s' },
    nodePortAddresses: null,
    oomScoreAdj: null,
    portRange: '',
    showHiddenMetricsForVersion: '',
    winkernel: {
      enableDSR: false,
      forwardHealthCheckVip: false,
      networkName: '',
      rootHnsEndpointName: '',
      sourceVip: '',
    },
  });
  t.is(good('KubeProxyConfiguration', config).clusterCIDR, '10.244.0.0/16');
});
