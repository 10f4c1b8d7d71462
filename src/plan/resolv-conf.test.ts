import test from 'ava';
import type { PodSpec } from '../kinds/types/pod.ts';
import { offlineLab } from '../lab/offline.ts';
import { parseManifest } from '../manifest/parse.ts';
import { hostResolvConf, podResolvConf } from './resolv-conf.ts';

function lab(dns: string) {
  const text = `
apiVersion: svclab.dev/v1
kind: Lab
metadata: { name: a }
spec: { dns: ${dns} }
---
apiVersion: v1
kind: Pod
metadata: { name: box, namespace: default }
spec: { containers: [{ name: box, image: busybox }] }
`;
  return offlineLab(
    'a',
    parseManifest({ file: 'lab.yaml', text }).map(({ object }) => object),
  ).view;
}

function podConf(spec: Partial<PodSpec>, dns = 'true') {
  const view = lab(dns);
  const pod = view.pods.find(({ metadata }) => metadata.name === 'box');
  if (pod === undefined) throw new Error('the Pod is missing');
  return podResolvConf(view, { ...pod, spec: { ...pod.spec, ...spec } });
}

const cluster = [
  'search default.svc.cluster.local svc.cluster.local cluster.local',
  'nameserver 10.96.0.10',
  'options ndots:5',
  '',
].join('\n');
const nobody = 'options attempts:1 timeout:1\n';

const cases: readonly (readonly [string, Partial<PodSpec>, string])[] = [
  ['ClusterFirst', {}, cluster],
  ['ClusterFirst with hostNetwork', { hostNetwork: true }, nobody],
  ['ClusterFirstWithHostNet', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }, cluster],
  ['Default', { dnsPolicy: 'Default' }, nobody],
  [
    'None',
    { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'], searches: ['a.example'] } },
    'search a.example\nnameserver 1.1.1.1\n',
  ],
  [
    'dnsConfig',
    {
      dnsConfig: {
        nameservers: ['10.96.0.10', '1.1.1.1', '1.0.0.1', '8.8.8.8'],
        searches: ['a.example', 'cluster.local'],
        options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
      },
    },
    [
      'search default.svc.cluster.local svc.cluster.local cluster.local a.example',
      'nameserver 10.96.0.10',
      'nameserver 1.1.1.1',
      'nameserver 1.0.0.1',
      'options ndots:2 edns0',
      '',
    ].join('\n'),
  ],
];

for (const [name, spec, expected] of cases) {
  test(name, (t) => {
    t.is(podConf(spec), expected);
  });
}

test('Pods go on asking the address of a DNS Service that is gone', (t) => {
  const view = lab('true');
  const without = { ...view, services: view.services.filter(({ metadata }) => metadata.name !== 'kube-dns') };
  t.not(view.services.length, without.services.length);
  const [pod] = view.pods.filter(({ metadata }) => metadata.name === 'box');
  t.is(pod && podResolvConf(without, pod), cluster);
});

test('without cluster DNS nobody is asked', (t) => {
  t.is(podConf({}, 'false'), nobody);
  t.is(hostResolvConf(lab('false')), nobody);
});

test('another domain; nodes ask the upstreams', (t) => {
  const dns = '{ clusterDomain: k8s.example, upstreams: [203.0.113.53, "203.0.113.54:5353"] }';
  t.regex(podConf({}, dns), /^search default\.svc\.k8s\.example svc\.k8s\.example k8s\.example\n/);
  t.is(hostResolvConf(lab(dns)), 'nameserver 203.0.113.53\n');
});

test('32 search domains at most', (t) => {
  const searches = Array.from({ length: 40 }, (_, at) => `s${at}.example`);
  t.is(podConf({ dnsConfig: { searches } }).split('\n')[0]?.split(' ').length, 33);
});
