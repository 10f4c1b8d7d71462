import test from 'ava';
import { podResolvConf } from '../plan/resolv-conf.ts';
import { clusterDnsProblems } from './cluster-dns.ts';
import { offlineLab } from './offline.ts';

const lab = { apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'a' }, spec: {} };
const box = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'box', namespace: 'default' },
  spec: { containers: [{ name: 'box', image: 'busybox' }] },
};

function service(name: string, spec: object, labels = {}) {
  const ports = [{ name: 'dns', port: 53, protocol: 'UDP' }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'kube-system', labels },
    spec: { ports, ...spec },
  };
}

function deployment(name: string, kind = 'Deployment') {
  const labels = { 'k8s-app': 'kube-dns' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'dns', image: 'coredns' }] } };
  const spec = { selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind, metadata: { name, namespace: 'kube-system' }, spec };
}

/** What a lab of these objects has of cluster DNS: its Services and workloads, and the server that a Pod asks. */
function dnsOf(
  ...objects: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string };
  }[]
) {
  const { store, view } = offlineLab('a', [lab, box, ...objects]);
  const own = store.all().filter(({ metadata }) => metadata.namespace === 'kube-system');
  const names = own.filter(({ kind }) => ['Service', 'Deployment', 'DaemonSet'].includes(kind));
  const pod = view.pods.find(({ metadata }) => metadata.name === 'box');
  if (pod === undefined) throw new Error('the Pod is missing');
  const server = /^nameserver (.*)$/m.exec(podResolvConf(view, pod))?.[1];
  return [...names.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(), server];
}

test('nobody brings his own', (t) => {
  t.deepEqual(dnsOf(), ['Deployment coredns', 'Service kube-dns', '10.96.0.10']);
});

test('a Service of one’s own has another address', (t) => {
  const own = service('kube-dns', { clusterIP: '10.96.7.7', selector: { 'k8s-app': 'kube-dns' } });
  t.deepEqual(dnsOf(own), ['Deployment coredns', 'Service kube-dns', '10.96.7.7']);
});

test('a Service without selector, or for other Pods, brings its own servers', (t) => {
  const clusterIP = '10.96.7.7';
  t.deepEqual(dnsOf(service('kube-dns', { clusterIP })), ['Service kube-dns', clusterIP]);
  t.deepEqual(dnsOf(service('kube-dns', { clusterIP, selector: { app: 'dns' } })), ['Service kube-dns', clusterIP]);
});

test('a Service of another name takes the address, or has the label', (t) => {
  const selector = { 'k8s-app': 'kube-dns' };
  const taken = service('coredns', { clusterIP: '10.96.0.10', selector });
  t.deepEqual(dnsOf(taken), ['Deployment coredns', 'Service coredns', '10.96.0.10']);
  const labelled = service('rke2-coredns', { clusterIP: '10.96.0.99', selector }, selector);
  t.deepEqual(dnsOf(labelled), ['Deployment coredns', 'Service rke2-coredns', '10.96.0.99']);
});

test('Pods of one’s own, whatever makes them', (t) => {
  t.deepEqual(dnsOf(deployment('coredns')), ['Deployment coredns', 'Service kube-dns', '10.96.0.10']);
  t.deepEqual(dnsOf(deployment('node-dns', 'DaemonSet')), ['DaemonSet node-dns', 'Service kube-dns', '10.96.0.10']);
});

/** A lab of this spec with as many Services as said: the server that Pods ask, DNS Pods on nodes, and what is told. */
function labOf(spec: object, services = 0, first: object = {}) {
  const web = Array.from({ length: services }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `web-${at}`, namespace: 'default' },
    spec: { ports: [{ port: 80 }], ...(at === 0 ? first : {}) },
  }));
  const objects = [{ ...lab, spec }, box, ...web];
  const { store, view } = offlineLab('a', objects);
  const pods = store.list('Pod');
  const pod = view.pods.find(({ metadata }) => metadata.name === 'box');
  return {
    server: pod === undefined ? undefined : /^nameserver (.*)$/m.exec(podResolvConf(view, pod))?.[1],
    nodes: pods.flatMap(({ metadata, spec }) => (metadata.namespace === 'kube-system' ? [spec.nodeName] : [])).sort(),
    problems: clusterDnsProblems({ lab: view.lab, services: view.services, pods }),
  };
}

test('two Pods, on two nodes if there are two', (t) => {
  t.deepEqual(labOf({}), { server: '10.96.0.10', nodes: ['master', 'node2'], problems: [] });
  t.deepEqual(labOf({ nodes: [{ name: 'only', role: 'worker' }] }).nodes, ['only']);
});

test('a lab that wants no DNS has none, and is not told of it', (t) => {
  t.deepEqual(labOf({ dns: false }), { server: undefined, nodes: [], problems: [] });
});

test('IPv6 as the family of Services', (t) => {
  const underlay = { cidr: '192.168.56.0/24,fd00:56::/64' };
  t.is(labOf({ underlay, serviceClusterIPRange: 'fd00:10:96::/112' }).server, 'fd00:10:96::a');
  t.is(labOf({ underlay, serviceClusterIPRange: '10.96.0.0/12,fd00:10:96::/112' }).server, '10.96.0.10');
});

test('a Service that asks for the tenth address gets it; names are asked of another one', (t) => {
  const { server, problems } = labOf({}, 1, { clusterIP: '10.96.0.10' });
  t.regex(server ?? '', /^10\./);
  t.not(server, '10.96.0.10');
  t.deepEqual(problems, []);
});

test('a range of Services that is too small for DNS is left to the Services, and that is told', (t) => {
  const told = (range: string) => [`no cluster DNS: the Service range ${range} has no room for it`];
  const none = { server: undefined, nodes: [] };
  const tiny = '10.96.0.0/29';
  t.deepEqual(labOf({ serviceClusterIPRange: tiny }), { ...none, problems: told(tiny) });
  const small = '10.96.0.0/28';
  t.deepEqual(labOf({ serviceClusterIPRange: small }, 13), { ...none, problems: told(small) });
  t.is(labOf({ serviceClusterIPRange: small }, 12).server, '10.96.0.10');
  t.regex(labOf({ serviceClusterIPRange: small }, 12, { clusterIP: '10.96.0.10' }).server ?? '', /^10\.96\.0\.\d+$/);
});

test('Pods of DNS that no node takes are told', (t) => {
  const taints = [{ key: 'gpu', effect: 'NoSchedule' }];
  const { nodes, problems } = labOf({ nodes: [{ name: 'node1', taints }] });
  t.deepEqual(nodes, [undefined]);
  t.regex(
    problems.join(),
    /^pod kube-system\/coredns-\S+ of cluster DNS finds no node: 0\/1 nodes are available: .*gpu/,
  );
});
