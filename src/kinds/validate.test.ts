import test from 'ava';
import { faultLines, good, manifest } from './testing.ts';

type Case = readonly [name: string, raw: unknown, faults: readonly (string | RegExp)[]];

function check(cases: readonly Case[]): void {
  for (const [name, raw, expected] of cases) {
    test(name, (t) => {
      const lines = faultLines(raw);
      t.is(lines.length, expected.length, lines.join('\n'));
      for (const [index, line] of lines.entries()) {
        const want = expected[index] ?? '';
        if (typeof want === 'string') t.true(line.startsWith(want), `${line}\nis not\n${want}`);
        else t.regex(line, want);
      }
    });
  }
}

const ports = [{ port: 80 }];
const service = (spec: object) => manifest('v1', 'Service', { ports, ...spec });
const serviceNamed = (name: string) => ({ ...service({}), metadata: { name } });

check([
  ['Service: a number first in the name', serviceNamed('1a'), ['metadata.name: Invalid value: "1a": a DNS-1035 label']],
  ['Service: capital letters', serviceNamed('Web'), ['metadata.name: Invalid value: "Web"']],
  ['Service: a name of 64', serviceNamed('a'.repeat(64)), ['metadata.name: Invalid value: ']],
  ['Service: no name', serviceNamed(''), ['metadata.name: Required value']],
  ['Service: no ports', service({ ports: [] }), ['spec.ports: Required value']],
  ['Service: headless without ports', service({ ports: [], clusterIP: 'None' }), []],
  ['Service: port 0', service({ ports: [{ port: 0 }] }), ['spec.ports[0].port: Required value']],
  [
    'Service: port and targetPort too large',
    service({ ports: [{ port: 65_536, targetPort: 70_000 }] }),
    ['spec.ports[0].port: Invalid value: 65536', 'spec.ports[0].targetPort: Invalid value: 70000'],
  ],
  [
    'Service: target port name',
    service({ ports: [{ port: 80, targetPort: 'a-very-long-port-name' }] }),
    ['spec.ports[0].targetPort: Invalid value: "a-very-long-port-name": must be no more than 15 characters'],
  ],
  [
    'Service: target port by number as a string',
    service({ ports: [{ port: 80, targetPort: '8080' }] }),
    ['spec.ports[0].targetPort: Invalid value: "8080": must contain at least one letter'],
  ],
  [
    'Service: several ports without names',
    service({ ports: [{ port: 80 }, { port: 81 }] }),
    ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value'],
  ],
  [
    'Service: names twice',
    service({
      ports: [
        { name: 'a', port: 80 },
        { name: 'a', port: 81 },
      ],
    }),
    ['spec.ports[1].name: Duplicate value: "a"'],
  ],
  [
    'Service: port and protocol twice',
    service({
      ports: [
        { name: 'a', port: 80 },
        { name: 'b', port: 80 },
        { name: 'c', port: 80, protocol: 'UDP' },
      ],
    }),
    ['spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}'],
  ],
  [
    'Service: node port twice',
    service({
      type: 'NodePort',
      ports: [
        { name: 'a', port: 80, nodePort: 30_001 },
        { name: 'b', port: 81, nodePort: 30_001 },
      ],
    }),
    ['spec.ports[1].nodePort: Duplicate value: 30001'],
  ],
  [
    'Service: one node port for TCP and UDP is fine',
    service({
      type: 'NodePort',
      ports: [
        { name: 'a', port: 53, nodePort: 30_053 },
        { name: 'b', port: 53, nodePort: 30_053, protocol: 'UDP' },
      ],
    }),
    [],
  ],
  [
    'Service: node port of a ClusterIP',
    service({ ports: [{ port: 80, nodePort: 30_000 }] }),
    ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
  ],
  [
    'Service: ExternalName without name',
    manifest('v1', 'Service', { type: 'ExternalName' }),
    ['spec.externalName: Required'],
  ],
  [
    'Service: ExternalName with a ClusterIP',
    manifest('v1', 'Service', { type: 'ExternalName', externalName: 'a.b', clusterIP: '10.96.0.1' }),
    ['spec.clusterIP: Forbidden', 'spec.clusterIPs: Forbidden'],
  ],
  [
    'Service: NodePort cannot be headless',
    service({ type: 'NodePort', clusterIP: 'None' }),
    ['spec.clusterIP: Invalid'],
  ],
  [
    'Service: bad ClusterIP',
    service({ clusterIP: '10.96.0.256' }),
    ['spec.clusterIPs[0]: Invalid value: "10.96.0.256"'],
  ],
  [
    'Service: clusterIPs do not begin with clusterIP',
    service({ clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.2'] }),
    ['spec.clusterIPs[0]: Invalid value: "10.96.0.2": first value must match `clusterIP`'],
  ],
  ['Service: clusterIPs alone', service({ clusterIPs: ['10.96.0.2'] }), ['spec.clusterIPs: Forbidden']],
  [
    'Service: the family of an address',
    service({ clusterIP: 'fd00::1', ipFamilies: ['IPv4'] }),
    ['spec.clusterIPs[0]: Invalid value: "fd00::1": expected an IPv4 value'],
  ],
  [
    'Service: two addresses of one family',
    service({ clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1', '10.96.0.2'] }),
    ['spec.clusterIPs: Invalid value'],
  ],
  ['Service: families twice', service({ ipFamilies: ['IPv4', 'IPv4'] }), ['spec.ipFamilies: Duplicate value']],
  [
    'Service: two families, one stack',
    service({ ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'SingleStack' }),
    ['spec.ipFamilyPolicy: Invalid value'],
  ],
  [
    'Service: externalTrafficPolicy inside only',
    service({ externalTrafficPolicy: 'Local' }),
    ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
  ],
  [
    'Service: externalTrafficPolicy with external IPs',
    service({ externalTrafficPolicy: 'Local', externalIPs: ['1.2.3.4'] }),
    [],
  ],
  [
    'Service: healthCheckNodePort',
    service({ type: 'LoadBalancer', healthCheckNodePort: 30_000 }),
    ['spec.healthCheckNodePort'],
  ],
  [
    'Service: healthCheckNodePort with Local',
    service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_000 }),
    [],
  ],
  [
    'Service: affinity timeout',
    service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_401 } } }),
    ['spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401'],
  ],
  [
    'Service: affinity timeout 0',
    service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } }),
    ['spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0'],
  ],
  [
    'Service: affinity settings alone',
    service({ sessionAffinityConfig: {} }),
    ['spec.sessionAffinityConfig: Forbidden'],
  ],
  [
    'Service: source ranges',
    service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8', '10.0.0.1'] }),
    ['spec.loadBalancerSourceRanges[1]: Invalid value: "10.0.0.1"'],
  ],
  [
    'Service: source ranges of a NodePort',
    service({ type: 'NodePort', loadBalancerSourceRanges: ['10.0.0.0/8'] }),
    ['spec.loadBalancerSourceRanges: Forbidden'],
  ],
  [
    'Service: external IPs',
    service({
      externalIPs: [
        '80.11.12.10',
        'x',
        '127.0.0.1',
        '169.254.1.1',
        '224.0.0.1',
        '0.0.0.0',
        '::1',
        'fe80::1',
        'ff02::1',
        '::',
      ],
    }),
    ['x', '127.0.0.1', '169.254.1.1', '224.0.0.1', '0.0.0.0', '::1', 'fe80::1', 'ff02::1', '::'].map(
      (ip, index) => `spec.externalIPs[${index + 1}]: Invalid value: "${ip}": m`,
    ),
  ],
  [
    'Service: selector',
    service({ selector: { 'a b': 'c', d: 'e f' } }),
    ['spec.selector[a b]: Invalid value: "a b"', 'spec.selector.d: Invalid value: "e f"'],
  ],
  ['Service: type', service({ type: 'nodeport' }), ['spec.type: Unsupported value: "nodeport"']],
  [
    'Service: a wrong type does not hide other faults',
    service({ type: 'nodeport', ports: [{ port: '80', nodePort: 70_000 }], externalIPs: ['x'] }),
    [
      'spec.type: Unsupported',
      'spec.ports[0].port: must be a number',
      'spec.ports[0].nodePort: Invalid',
      'spec.externalIPs[0]: Invalid',
    ],
  ],
  [
    'labels and annotations',
    { ...service({}), metadata: { name: 'web', labels: { '/a': 'b' }, annotations: { 'x y': '' } } },
    [
      'metadata.labels[/a]: Invalid value: "/a": prefix part must be non-empty',
      'metadata.annotations[x y]: Invalid value',
    ],
  ],
]);

const containers = [{ name: 'a', image: 'b' }];
const pod = (spec: object) => manifest('v1', 'Pod', { containers, ...spec });
const container = (more: object) => pod({ containers: [{ name: 'a', image: 'b', ...more }] });

check([
  ['Pod: no containers', pod({ containers: [] }), ['spec.containers: Required value']],
  ['Pod: no spec', manifest('v1', 'Pod'), ['spec.containers: Required value']],
  [
    'Pod: no image and no name',
    pod({ containers: [{}] }),
    ['spec.containers[0].name: Required value', 'spec.containers[0].image: Required value'],
  ],
  [
    'Pod: container names twice',
    pod({ initContainers: containers }),
    ['spec.containers[0].name: Duplicate value: "a"'],
  ],
  [
    'Pod: port names twice',
    container({
      ports: [
        { name: 'x', containerPort: 1 },
        { name: 'x', containerPort: 2 },
      ],
    }),
    ['spec.containers[0].ports[1].name: Duplicate value: "x"'],
  ],
  [
    'Pod: ports',
    container({ ports: [{ containerPort: 70_000 }, { name: 'UPPER', containerPort: 1 }, {}] }),
    [
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000',
      'spec.containers[0].ports[1].name: Invalid value: "UPPER"',
      'spec.containers[0].ports[2].containerPort: Required value',
    ],
  ],
  [
    'Pod: host ports twice',
    container({
      ports: [
        { containerPort: 1, hostPort: 80 },
        { containerPort: 2, hostPort: 80 },
      ],
    }),
    ['spec.containers[0].ports[1].hostPort: Duplicate value'],
  ],
  [
    'Pod: host network and another host port',
    pod({ hostNetwork: true, containers: [{ name: 'a', image: 'b', ports: [{ containerPort: 1, hostPort: 2 }] }] }),
    ['spec.containers[0].ports[0].hostPort: Invalid value: 2: must match `containerPort`'],
  ],
  ['Pod: a probe of nothing', container({ livenessProbe: {} }), ['spec.containers[0].livenessProbe: Required value']],
  [
    'Pod: a probe of two things',
    container({ livenessProbe: { exec: { command: ['a'] }, tcpSocket: { port: 80 } } }),
    ['spec.containers[0].livenessProbe.tcpSocket: Forbidden'],
  ],
  [
    'Pod: probe times',
    container({
      readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: -1 },
      startupProbe: { tcpSocket: { port: 1 }, successThreshold: 2 },
    }),
    ['spec.containers[0].startupProbe.successThreshold', 'spec.containers[0].readinessProbe.periodSeconds'],
  ],
  [
    'Pod: environment',
    container({ env: [{ name: 'A=B' }, {}] }),
    ['spec.containers[0].env[0].name: Invalid value: "A=B"', 'spec.containers[0].env[1].name: Required value'],
  ],
  [
    'Pod: tolerations',
    pod({ tolerations: [{ operator: 'Equal', value: 'x' }, { operator: 'Exists' }] }),
    ['spec.tolerations[0].operator: Invalid value'],
  ],
  [
    'Pod: unknown field deep inside',
    container({ securityContext: { capabilities: { ad: [] } } }),
    ['spec.containers[0].securityContext.capabilities.ad: unknown field "ad"'],
  ],
  [
    'Pod: a namespaced name',
    { ...pod({}), metadata: { name: 'a', namespace: 'B' } },
    ['metadata.namespace: Invalid value'],
  ],
  [
    'Pod: a mount without its volume',
    container({ volumeMounts: [{ name: 'data', mountPath: '/d' }] }),
    ['spec.containers[0].volumeMounts[0].name: Not found: "data"'],
  ],
  [
    'Pod: amounts',
    container({ resources: { limits: { cpu: '500mb', memory: '1Gi' } } }),
    ['spec.containers[0].resources.limits.cpu: Invalid value: "500mb"'],
  ],
]);

const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
const selector = { matchLabels: { app: 'web' } };
const deployment = (spec: object) => manifest('apps/v1', 'Deployment', { selector, template, ...spec });

check([
  [
    'Deployment: selector and labels',
    deployment({ selector: { matchLabels: { app: 'x' } } }),
    ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
  ],
  ['Deployment: negative replicas', deployment({ replicas: -1 }), ['spec.replicas: Invalid value: -1']],
  [
    'Deployment: percentages',
    deployment({ strategy: { rollingUpdate: { maxSurge: '25' } } }),
    ['spec.strategy.rollingUpdate.maxSurge'],
  ],
  [
    'Deployment: neither more nor less',
    deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0'],
  ],
  [
    'Deployment: Recreate with a rolling update',
    deployment({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
    ['spec.strategy.rollingUpdate: Forbidden'],
  ],
  [
    'Deployment: restartPolicy',
    deployment({ template: { ...template, spec: { containers, restartPolicy: 'Never' } } }),
    ['spec.template.spec.restartPolicy: Unsupported value: "Never"'],
  ],
  [
    'Deployment: selector operators',
    deployment({ selector: { ...selector, matchExpressions: [{ key: 'app', operator: 'In' }] } }),
    ['spec.selector.matchExpressions[0].values: Required value', 'spec.template.metadata.labels: Invalid value'],
  ],
  [
    'ReplicationController: selector',
    manifest('v1', 'ReplicationController', { selector: { a: 'b' }, template }),
    ['spec.template.metadata.labels: Invalid value'],
  ],
]);

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
    ['nodePortAddresses[1]: Invalid value: "x"'],
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
