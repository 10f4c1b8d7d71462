import test from 'ava';
import { faultLines, good, manifest } from './testing.ts';

const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'httpd' }] } };
const defaultedTemplate = {
  metadata: { labels },
  spec: {
    containers: [{ name: 'a', image: 'httpd' }],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
  },
};

test('Service', (t) => {
  const ports = [{ port: 80 }];
  const plain = good('Service', manifest('v1', 'Service', { ports }));
  t.deepEqual(plain as unknown, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      type: 'ClusterIP',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
    },
  });
  for (const spec of [{ type: 'NodePort' }, { type: 'LoadBalancer' }, { externalIPs: ['80.11.12.10'] }]) {
    t.is(good('Service', manifest('v1', 'Service', { ports, ...spec })).spec.externalTrafficPolicy, 'Cluster');
  }
  const sticky = good(
    'Service',
    manifest('v1', 'Service', { ports, sessionAffinity: 'ClientIP', clusterIP: '10.96.0.9' }),
  );
  t.deepEqual(sticky.spec.sessionAffinityConfig, { clientIP: { timeoutSeconds: 10_800 } });
  t.deepEqual(sticky.spec.clusterIPs, ['10.96.0.9']);
  const name = good('Service', manifest('v1', 'Service', { type: 'ExternalName', externalName: 'example.org.' }));
  t.is(name.spec.internalTrafficPolicy, undefined);
});

test('Pod: containers, probes, and host ports of the host network', (t) => {
  const readinessProbe = { httpGet: { port: 80 } };
  const containers = [{ name: 'a', image: 'b', ports: [{ containerPort: 80 }], readinessProbe }];
  const pod = good('Pod', manifest('v1', 'Pod', { containers, hostNetwork: true }));
  t.deepEqual(pod.status, { phase: 'Pending' });
  t.deepEqual(pod.spec.containers[0] as unknown, {
    name: 'a',
    image: 'b',
    ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
    readinessProbe: {
      httpGet: { path: '/', port: 80, scheme: 'HTTP' },
      initialDelaySeconds: 0,
      periodSeconds: 10,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    },
  });
  const status = {
    phase: 'Running',
    containerStatuses: [
      { name: 'a', ready: true, restartCount: 0, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } },
      { name: 'b', ready: false, restartCount: 1, state: { waiting: { reason: 'ImagePullBackOff' } } },
    ],
  };
  const dumped = good('Pod', manifest('v1', 'Pod', { containers }, { status }));
  t.deepEqual(
    dumped.status.containerStatuses?.map(({ state, reason }) => [state, reason]),
    [
      ['running', undefined],
      ['waiting', 'ImagePullBackOff'],
    ],
  );
});

const strategies = {
  'apps/v1': ['25%', '25%'],
  'apps/v1beta2': ['25%', '25%'],
  'apps/v1beta1': ['25%', '25%'],
  'extensions/v1beta1': [1, 1],
} as const;

for (const [version, [maxSurge, maxUnavailable]] of Object.entries(strategies)) {
  test(`Deployment of ${version}`, (t) => {
    const spec = { selector: { matchLabels: labels }, template };
    const object = good('Deployment', manifest(version, 'Deployment', spec));
    t.is(object.apiVersion, 'apps/v1');
    t.is(object.spec.replicas, 1);
    t.deepEqual(object.spec.strategy, { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } });
    t.deepEqual(object.spec.template as unknown, defaultedTemplate);
    const half = { ...spec, strategy: { rollingUpdate: { maxSurge: 3 } } };
    t.deepEqual(good('Deployment', manifest(version, 'Deployment', half)).spec.strategy.rollingUpdate, {
      maxSurge: 3,
      maxUnavailable,
    });
  });
}

test('the selector comes from the template in the versions that had it so', (t) => {
  for (const version of ['extensions/v1beta1', 'apps/v1beta1']) {
    t.deepEqual(good('Deployment', manifest(version, 'Deployment', { template })).spec.selector, {
      matchLabels: labels,
    });
  }
  for (const version of ['apps/v1', 'apps/v1beta2']) {
    t.deepEqual(faultLines(manifest(version, 'Deployment', { template })), ['spec.selector: Required value'], version);
  }
  t.deepEqual(good('ReplicaSet', manifest('extensions/v1beta1', 'ReplicaSet', { template })).spec.selector, {
    matchLabels: labels,
  });
  t.deepEqual(good('StatefulSet', manifest('apps/v1beta1', 'StatefulSet', { template })).spec.selector, {
    matchLabels: labels,
  });
  t.deepEqual(
    good('ReplicationController', manifest('v1', 'ReplicationController', { template })).spec.selector,
    labels,
  );
});

test('DaemonSet: OnDelete in extensions/v1beta1, RollingUpdate since', (t) => {
  t.deepEqual(good('DaemonSet', manifest('extensions/v1beta1', 'DaemonSet', { template })).spec.updateStrategy, {
    type: 'OnDelete',
  });
  const spec = { selector: { matchLabels: labels }, template };
  t.deepEqual(good('DaemonSet', manifest('apps/v1', 'DaemonSet', spec)).spec.updateStrategy, {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
  });
});

test('EndpointSlice of v1beta1: node and zone from the topology', (t) => {
  const topology = { 'kubernetes.io/hostname': 'node1', 'topology.kubernetes.io/zone': 'za' };
  const more = { addressType: 'IPv4', endpoints: [{ addresses: ['10.244.1.2'], topology }], ports: [{ port: 80 }] };
  const slice = good('EndpointSlice', manifest('discovery.k8s.io/v1beta1', 'EndpointSlice', undefined, more));
  t.deepEqual(slice.endpoints, [{ addresses: ['10.244.1.2'], nodeName: 'node1', zone: 'za' }]);
  t.deepEqual(slice.ports, [{ name: '', port: 80, protocol: 'TCP' }]);
});

test('Lab: the defaults are a whole lab', (t) => {
  t.deepEqual(good('Lab', manifest('svclab.dev/v1', 'Lab')).spec, {
    nodes: [{ name: 'master', role: 'control-plane' }, { name: 'node1' }, { name: 'node2' }],
    underlay: { cidr: '192.168.56.0/24', mtu: 1500 },
    serviceClusterIPRange: '10.96.0.0/12',
    serviceNodePortRange: '30000-32767',
    clients: [{ name: 'laptop', ip: '203.0.113.10' }],
    externalIPs: [],
    kubernetesRelease: '1.36',
    bridge: 'cni0',
    dns: { clusterDomain: 'cluster.local', upstreams: [], stubDomains: [], hosts: [] },
  });
  const releases = [1.36, '1.36', 'v1.36', 1.8, '1.8', 1.2, '1.20'];
  const read = releases.map(
    (kubernetesRelease) => good('Lab', manifest('svclab.dev/v1', 'Lab', { kubernetesRelease })).spec.kubernetesRelease,
  );
  t.deepEqual(read, ['1.36', '1.36', '1.36', '1.8', '1.8', '1.20', '1.20']);
});

test('Node: podCIDR and podCIDRs complete each other', (t) => {
  const cidr = '10.244.0.0/24';
  t.deepEqual(good('Node', manifest('v1', 'Node', { podCIDR: cidr })).spec.podCIDRs, [cidr]);
  t.is(good('Node', manifest('v1', 'Node', { podCIDRs: [cidr, 'fd00::/64'] })).spec.podCIDR, cidr);
  t.deepEqual(good('Node', manifest('v1', 'Node')).status, {});
});

test('KubeProxyConfiguration is named kube-proxy', (t) => {
  const raw = { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', mode: '' };
  t.deepEqual(good('KubeProxyConfiguration', raw).metadata, { name: 'kube-proxy' });
});

test('null is the same as absent; in a map of strings it is the empty string', (t) => {
  const raw = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', labels: null, creationTimestamp: null },
    data: { a: null },
  };
  t.deepEqual(good('ConfigMap', raw) as unknown, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'default' },
    data: { a: '' },
  });
});

test('normalizing twice changes nothing', (t) => {
  const service = manifest('v1', 'Service', { type: 'NodePort', ports: [{ port: 80 }], sessionAffinity: 'ClientIP' });
  const lab = manifest('svclab.dev/v1', 'Lab');
  const deployment = manifest('extensions/v1beta1', 'Deployment', { template });
  t.deepEqual(good('Service', good('Service', service)), good('Service', service));
  t.deepEqual(good('Lab', good('Lab', lab)), good('Lab', lab));
  t.deepEqual(good('Deployment', good('Deployment', deployment)), good('Deployment', deployment));
});
