import test from 'ava';
import type { KubeObject } from '../kinds/types/meta.ts';
import { addressOrder } from '../model/lookup/order.ts';
import { predictName } from '../model/lookup/predict-name.ts';
import { formatTo, parseDestination, parseFrom } from '../model/target.ts';
import { topologyOf } from '../model/topology.ts';
import { parseIP } from '../net/address.ts';
import { nameService } from './name-service.ts';
import { offlineLab } from './offline.ts';

/* A lab worked out from objects: what its names lead to, from where, and why not. */

type Manifest = KubeObject & { readonly spec?: unknown };

function pod(name: string, namespace: string, labels: Record<string, string>, more: object = {}): Manifest {
  const containers = [{ name: 'main', image: 'httpd' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels }, spec: { containers, ...more } };
}

function service(name: string, namespace: string, spec: object): Manifest {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec };
}

const selector = { app: 'web' };
const dns = {
  hosts: [{ ip: '203.0.113.10', hostnames: ['my.shop.example'] }],
  stubDomains: [{ domain: 'corp.example', servers: ['10.9.9.9'] }],
};
const objects: readonly Manifest[] = [
  { apiVersion: 'svclab.dev/v1', kind: 'Lab', metadata: { name: 'x' }, spec: { dns } } as Manifest,
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod' } },
  pod('box', 'default', {}),
  pod('box', 'prod', {}),
  pod('host', 'default', {}, { hostNetwork: true, containers: [{ name: 'main', image: 'busybox' }] }),
  pod('web-0', 'default', selector),
  pod('web-1', 'default', selector),
  pod('dead', 'default', { app: 'web' }, { containers: [{ name: 'main', image: 'busybox' }] }),
  pod(
    'patient',
    'default',
    {},
    {
      dnsConfig: { nameservers: ['192.0.2.53'], options: [{ name: 'ndots', value: '1' }] },
    },
  ),
  service('web', 'default', { selector, clusterIP: '10.96.1.1', ports: [{ port: 8080, targetPort: 80 }] }),
  service('peers', 'default', { selector, clusterIP: 'None', ports: [{ port: 80 }] }),
  service('nobody', 'default', { selector: { app: 'nobody' }, clusterIP: 'None' }),
  service('shop', 'default', { type: 'ExternalName', externalName: 'my.shop.example' }),
  service('lost', 'default', { type: 'ExternalName', externalName: 'who.knows.example' }),
  service('alias', 'default', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' }),
  service('node1', 'prod', { selector, clusterIP: '10.96.1.9', ports: [{ port: 80 }] }),
  service('far', 'default', { type: 'ExternalName', externalName: 'wiki.corp.example' }),
];

function lab(more: readonly Manifest[] = [], without: (object: Manifest) => boolean = () => false) {
  const { view, desired, store } = offlineLab('x', [...objects.filter((one) => !without(one)), ...more]);
  const names = nameService(view, desired, store.list('Namespace'));
  return {
    view,
    explain: (fromText: string, toText: string) => {
      const from = parseFrom(fromText, view);
      const to = parseDestination(toText, view, from);
      if (!('name' in to)) throw new Error(`${toText} is no name`);
      return { to, ...predictName(view, from, to, names) };
    },
  };
}

const { explain, view } = lab();

function outcomes(from: string, to: string): string[] {
  return explain(from, to).predicted.map(({ outcome, pod: who = '' }) => `${outcome} ${who}`.trim());
}

for (const [from, to, expected] of [
  ['pod/box', 'web:8080', 'delivered default/web-0, delivered default/web-1, refused'],
  ['pod/prod/box', 'web.default:8080', 'delivered default/web-0, delivered default/web-1, refused'],
  [
    'pod/prod/box',
    'http://WEB.default.svc.cluster.local.:8080',
    'delivered default/web-0, delivered default/web-1, refused',
  ],
  ['pod/prod/box', 'web:8080', 'nxdomain'],
  ['pod/box', 'alias:8080', 'delivered default/web-0, delivered default/web-1, refused'],
  ['pod/box', 'peers', 'delivered default/web-0, delivered default/web-1'],
  ['pod/box', 'ping://peers', 'delivered default/dead, delivered default/web-0, delivered default/web-1'],
  ['pod/box', 'nobody', 'nxdomain'],
  ['pod/box', 'shop', 'refused'],
  ['pod/box', 'lost', 'nxdomain'],
  ['pod/box', 'far', 'nxdomain'],
  ['pod/web-0', 'web-0', 'delivered default/web-0'],
  ['node1', 'web:8080', 'nxdomain'],
  ['client/laptop', 'web.default.svc.cluster.local:8080', 'nxdomain'],
  ['pod/host', 'web:8080', 'nxdomain'],
] as const) {
  test(`${from} → ${to}: ${expected}`, (t) => {
    t.is(outcomes(from, to).toSorted().join(', '), expected);
    const sum = explain(from, to).predicted.reduce((all, { probability }) => all + probability, 0);
    t.true(Math.abs(sum - 1) < 1e-9);
  });
}

test('the search list is told in its order, each name with its answer', (t) => {
  const texts = explain('pod/prod/box', 'web.default:8080').steps.map(({ text }) => text);
  const tried = texts.filter((text) => text.startsWith('web.default.'));
  t.deepEqual(tried, [
    'web.default.prod.svc.cluster.local does not exist (NXDOMAIN).',
    'web.default.svc.cluster.local is 10.96.1.1.',
  ]);
  t.true(
    texts.some((text) =>
      /10\.96\.0\.10, the ClusterIP of Service kube-system\/kube-dns.*coredns.* or .*coredns/.test(text),
    ),
  );
});

for (const [from, to, advice] of [
  ['pod/prod/box', 'web:8080', /Service default\/web: try web\.default\.$/],
  ['pod/box', 'wep:8080', /Did you mean web\?$/],
  ['pod/box', 'nobody', /headless: it has no name while it has no ready endpoint/],
  ['pod/box', 'lost', /spec\.dns\.hosts/],
  ['pod/box', 'far', /^That answer decides; without it nxdomain is predicted\. .*spec\.dns\.hosts\.$/],
  ['node1', 'web:8080', /A node does not use cluster DNS\. .*10\.96\.1\.1 is the ClusterIP of default\/web/],
  ['client/laptop', 'web:8080', /A host outside does not use cluster DNS/],
] as const) {
  test(`what to do about ${to} from ${from}`, (t) => {
    t.regex(explain(from, to).steps.at(-1)?.text ?? '', advice);
  });
}

test('a name that the first server does not know is asked of the next, and svclab does not wait for a silent one', (t) => {
  const { predicted, steps } = explain('pod/patient', 'web.default:8080');
  t.deepEqual(predicted, [{ outcome: 'nxdomain', probability: 1 }]);
  t.deepEqual(
    steps.slice(-2).map(({ text }) => text),
    [
      'web.default is not below cluster.local, and the server has nobody to ask (SERVFAIL). The next one, 192.0.2.53, keeps silent; svclab does not wait so long.',
      'The name leads to no address. There is a Service default/web: try web.default.svc.cluster.local.',
    ],
  );
  t.true(outcomes('pod/patient', 'http://web.default.svc.cluster.local:8080').includes('delivered default/web-0'));
});

test("a Pod's own Service comes before a node of the same name", (t) => {
  const to = (from: string, text: string) => formatTo(parseDestination(text, view, parseFrom(from, view)));
  t.is(to('pod/prod/box', 'http://node1:80'), 'http://node1:80');
  t.is(to('pod/box', 'http://node1:80'), 'http://192.168.56.12:80');
  t.is(to('pod/prod/box', 'http://node/node1:80'), 'http://192.168.56.12:80');
});

test('what an upstream knows is not known here', (t) => {
  t.true(
    explain('pod/box', 'far').steps.some(({ text }) =>
      /asked of 10\.9\.9\.9:53, of which svclab does not know/.test(text),
    ),
  );
});

test('without DNS Pods nobody answers, and the reason is the one that the query meets', (t) => {
  const own = service('kube-dns', 'kube-system', {
    clusterIP: '10.96.0.10',
    selector: { 'k8s-app': 'nobody' },
    ports: [{ name: 'dns', protocol: 'UDP', port: 53 }],
  });
  const { predicted, steps } = lab([own]).explain('pod/box', 'web:8080');
  t.deepEqual(predicted, [{ outcome: 'nxdomain', probability: 1 }]);
  t.true(steps.some(({ text }) => text.includes('Service kube-system/kube-dns has no ready endpoint')));
  t.regex(steps.at(-1)?.text ?? '', /^Nobody answers.*10\.96\.1\.1 is the ClusterIP/);
});

test('a lab without cluster DNS has no names', (t) => {
  const plain: Manifest = { ...objects[0], spec: { dns: false } } as Manifest;
  const { predicted, steps } = lab([plain], ({ kind }) => kind === 'Lab').explain('pod/box', 'web:8080');
  t.is(predicted[0]?.outcome, 'nxdomain');
  t.regex(steps.at(-1)?.text ?? '', /This lab has no cluster DNS/);
});

test('names as destinations: ports and schemes', (t) => {
  const from = parseFrom('pod/box', view);
  for (const [text, expected] of [
    ['web', 'http://web:80'],
    ['web.default:8080', 'http://web.default:8080'],
    ['http://web:8080/a?b', 'http://web:8080/a?b'],
    ['kube-dns.kube-system:53', 'udp://kube-dns.kube-system:53'],
    ['tcp://web:8080', 'tcp://web:8080'],
    ['ping://web', 'icmp://web'],
  ] as const) {
    t.is(formatTo(parseDestination(text, view, from)), expected);
  }
  t.throws(() => parseDestination('tcp://web', view, from), { code: 'usage' });
  t.throws(() => parseDestination('10.96.1:80', view, from), { code: 'not-found' });
});

test('the own address comes first, others are alike; nobody is left out', (t) => {
  const topology = topologyOf(view);
  const ips = ['10.244.1.9', '10.244.2.9', '10.244.3.9'].map(parseIP);
  const [own] = topology.pod('default', 'box')?.status.podIPs ?? [];
  const mine = parseIP(own?.ip ?? '');
  const from = parseFrom('pod/box', view);
  t.deepEqual(addressOrder(topology, from, ips), [ips]);
  t.deepEqual(addressOrder(topology, from, [...ips, mine]), [[mine], ips]);
  t.deepEqual(addressOrder(topology, from, [parseIP('fd00::1'), ...ips]), [ips, [parseIP('fd00::1')]]);
});
