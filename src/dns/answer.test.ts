import test from 'ava';
import type { EndpointSlice } from '../kinds/types/endpointslice.ts';
import type { Service } from '../kinds/types/service.ts';
import { parseIP } from '../net/address.ts';
import { answer } from './answer.ts';
import { recordText } from './records.ts';
import { reverseName } from './reverse.ts';
import { goldenOptions, goldenZone } from './testing/golden.ts';
import { zoneChange } from './zone-item.ts';

function ask(name: string, type: string, options = goldenOptions, zone = goldenZone()) {
  const given = answer({ labels: name.split('.'), type }, zone, options);
  return given === 'next' ? 'next' : [given.rcode, ...given.answers.map(recordText).sort()];
}

const cases: readonly (readonly [string, string, readonly string[] | 'next'])[] = [
  ['dns-version.cluster.local', 'TXT', ['NOERROR', 'dns-version.cluster.local. 28800 TXT "1.1.0"']],
  ['dns-version.cluster.local', 'A', ['NXDOMAIN']],
  ['default.svc.cluster.local', 'TXT', ['NXDOMAIN']],
  ['nope.default.svc.cluster.local', 'TXT', ['NXDOMAIN']],
  ['nope.default.svc.cluster.local', 'SOA', ['NOERROR']],
  ['nope.default.svc.cluster.local', 'NS', ['NXDOMAIN']],
  ['web.default.svc.cluster.local', 'TYPE65', ['NOERROR']],
  ['web.default.svc.cluster.local', 'ANY', ['REFUSED']],
  ['cluster.local', 'AXFR', ['REFUSED']],
  ['WEB-0.Web.default.svc.cluster.local', 'A', ['NOERROR', 'WEB-0.Web.default.svc.cluster.local. 30 A 10.244.1.31']],
  [
    '_HTTP._TCP.both.default.svc.cluster.local',
    'AAAA',
    ['NOERROR', '_HTTP._TCP.both.default.svc.cluster.local. 30 AAAA fd00:10:96::1401'],
  ],
  [
    'both.default.svc.cluster.local',
    'SRV',
    ['NOERROR', 'both.default.svc.cluster.local. 30 SRV 0 50 80 both.default.svc.cluster.local.'],
  ],
  [
    '10-244-1-28.httpd-svc.default.svc.cluster.local',
    'A',
    ['NOERROR', '10-244-1-28.httpd-svc.default.svc.cluster.local. 30 A 10.244.1.28'],
  ],
  ['x.my-service.prod.svc.cluster.local', 'A', ['NXDOMAIN']],
  ['_x._tcp.my-service.prod.svc.cluster.local', 'A', ['NXDOMAIN']],
  ['my-service.prod.svc.cluster.local', 'SRV', ['NOERROR']],
  [
    'alias.default.svc.cluster.local',
    'A',
    [
      'NOERROR',
      'alias.default.svc.cluster.local. 30 CNAME httpd-svc.default.svc.cluster.local.',
      'httpd-svc.default.svc.cluster.local. 30 A 10.96.203.6',
    ],
  ],
  ['alias.default.svc.cluster.local', 'AAAA', ['NOERROR']],
  ['default.pod.cluster.local', 'A', ['NOERROR']],
  ['1-2-3.default.pod.cluster.local', 'A', ['NXDOMAIN']],
  ['not-an-ip.default.pod.cluster.local', 'A', ['NXDOMAIN']],
  ['fd00--5.default.pod.cluster.local', 'AAAA', ['NOERROR', 'fd00--5.default.pod.cluster.local. 30 AAAA fd00::5']],
  ['fd00--5.default.pod.cluster.local', 'A', ['NOERROR']],
  [
    reverseName(parseIP('fd00:10:96::1401')),
    'PTR',
    ['NOERROR', `${reverseName(parseIP('fd00:10:96::1401'))}. 30 PTR both.default.svc.cluster.local.`],
  ],
  [
    reverseName(parseIP('fd00:10:244::8')),
    'PTR',
    ['NOERROR', `${reverseName(parseIP('fd00:10:244::8'))}. 30 PTR fd00-10-244--8.six.default.svc.cluster.local.`],
  ],
  ['1.0.96.10.in-addr.arpa', 'A', 'next'],
  ['0.96.10.in-addr.arpa', 'PTR', 'next'],
  ['in-addr.arpa', 'PTR', ['NOERROR']],
  ['svc.in-addr.arpa', 'A', ['NOERROR']],
  ['default.svc.in-addr.arpa', 'A', 'next'],
  ['default.svc.in-addr.arpa', 'PTR', 'next'],
  ['web.default.svc.ip6.arpa', 'TXT', 'next'],
  ['ns.dns.cluster.local', 'A', ['NOERROR', 'ns.dns.cluster.local. 30 A 10.96.0.10']],
  ['ns.dns.cluster.local', 'AAAA', ['NOERROR']],
  ['ns.dns.cluster.local', 'SRV', ['NOERROR']],
  ['ns.dns.cluster.local', 'MX', ['NOERROR']],
  ['x.ns.dns.cluster.local', 'A', ['NXDOMAIN']],
  ['nope.default.svc.cluster.local', 'PTR', ['NXDOMAIN']],
  ['web.default.svc.cluster.local', 'PTR', ['NOERROR']],
  ['cluster.local.example.com', 'A', 'next'],
  ['xcluster.local', 'A', 'next'],
];

for (const [name, type, expected] of cases) {
  test(`${name} ${type}`, (t) => {
    t.deepEqual(ask(name, type), expected);
  });
}

test('pods disabled: their names do not exist', (t) => {
  const options = { ...goldenOptions, pods: 'disabled' } as const;
  t.deepEqual(ask('10-244-1-28.default.pod.cluster.local', 'A', options), ['NXDOMAIN']);
});

function externalName(name: string, target: string): Service {
  const spec = { type: 'ExternalName', externalName: target } as const;
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'default', name }, spec };
}

test('aliases that lead in a circle, to themselves or to nothing have no addresses', (t) => {
  const zone = goldenZone();
  const at = (name: string) => `${name}.default.svc.cluster.local`;
  const services = [
    externalName('one', at('two')),
    externalName('two', at('one')),
    externalName('self', at('self')),
    externalName('lost', at('nope')),
    externalName('address', '10.0.0.1'),
  ];
  zone.apply(
    services.map((service) => zoneChange(service)),
    1,
  );
  for (const name of ['one', 'self', 'lost']) t.deepEqual(ask(at(name), 'A', goldenOptions, zone), ['NOERROR'], name);
  t.deepEqual(ask(at('address'), 'A', goldenOptions, zone), ['NXDOMAIN']);
});

test('a chain of aliases is followed eight times', (t) => {
  const zone = goldenZone();
  const at = (step: number) => `c${step}.default.svc.cluster.local`;
  const target = 'httpd-svc.default.svc.cluster.local';
  const chain = Array.from({ length: 9 }, (_, step) => externalName(`c${step}`, step === 8 ? target : at(step + 1)));
  zone.apply(
    chain.map((service) => zoneChange(service)),
    1,
  );
  t.deepEqual(ask(at(0), 'A', goldenOptions, zone), ['NOERROR']);
  t.is(ask(at(1), 'A', goldenOptions, zone).length, 1 + 8 + 1);
  t.deepEqual(ask(at(0), 'CNAME', goldenOptions, zone), ['NOERROR', `${at(0)}. 30 CNAME ${at(1)}.`]);
});

test('the zone follows its objects', (t) => {
  const zone = goldenZone();
  const slice: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'empty-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'empty' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.0.77'] }, { addresses: ['10.244.0.78'], conditions: { ready: false } }],
  };
  const name = 'empty.default.svc.cluster.local';
  const version = zone.version;
  zone.apply([zoneChange(slice)], 99);
  t.true(zone.version > version);
  t.is(zone.serial, 99);
  t.deepEqual(ask(name, 'A', goldenOptions, zone), ['NOERROR', `${name}. 30 A 10.244.0.77`]);
  t.deepEqual(ask(name, 'SRV', goldenOptions, zone), ['NOERROR'], 'no port is declared');
  zone.apply([zoneChange(slice, true)], 100);
  t.deepEqual(ask(name, 'A', goldenOptions, zone), ['NXDOMAIN']);
  t.deepEqual(zone.withEndpoint('10.244.0.77'), []);
  t.deepEqual(zone.contents(), goldenZone().contents());
});

test('a server that is an endpoint of its Service is named after it', (t) => {
  const zone = goldenZone();
  const slice: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'dns', namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.0.2'] }],
  };
  zone.apply([zoneChange(slice)], 1);
  const options = { ...goldenOptions, localIPs: [parseIP('10.244.0.2')] };
  t.deepEqual(ask('cluster.local', 'NS', options, zone), [
    'NOERROR',
    'cluster.local. 30 NS kube-dns.kube-system.svc.cluster.local.',
  ]);
  t.deepEqual(ask('ns.dns.cluster.local', 'A', options, zone), ['NOERROR', 'ns.dns.cluster.local. 30 A 10.96.0.10']);
});
