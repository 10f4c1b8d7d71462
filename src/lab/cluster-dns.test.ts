import test from 'ava';
import { podResolvConf } from '../plan/resolv-conf.ts';
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
