import test from 'ava';
import { clientIPs, labFamilies, networkOf, networksOf, routerAddressOf } from './lab-networks.ts';
import { checkFaults, good, manifest } from './testing.ts';

const lab = (spec: object) => manifest('svclab.dev/v1', 'Lab', spec);
const dual = { underlay: { cidr: '192.168.56.0/24,fd00:56::/64' } };

test('comma lists: their order and spaces', (t) => {
  t.deepEqual([...networksOf('fd00:10:96::/112, 10.96.0.0/12')].map(String), ['fd00:10:96::/112', '10.96.0.0/12']);
  t.deepEqual(networksOf(undefined), []);
  t.is(networkOf('10.96.0.0/12,fd00:10:96:0::/112', 'ipv6') as string, 'fd00:10:96::/112');
  t.is(networkOf('10.96.0.0/12', 'ipv6'), undefined);
});

test('the underlay says which families a lab has', (t) => {
  const two = good('Lab', lab(dual)).spec;
  t.deepEqual(labFamilies(two), ['ipv4', 'ipv6']);
  t.is(routerAddressOf(two, 'ipv6') as string, 'fd00:56::1');
  t.deepEqual(labFamilies({ underlay: { cidr: 'fd00:56::/64,192.168.56.0/24', mtu: 1500 } }), ['ipv4', 'ipv6']);
  const one = good('Lab', lab({})).spec;
  t.deepEqual(labFamilies(one), ['ipv4']);
  t.is(routerAddressOf(one, 'ipv6'), undefined);
});

test('clients: ip is the first of ips', (t) => {
  const clients = (list: readonly object[]) => good('Lab', lab({ ...dual, clients: list })).spec.clients;
  const both = { name: 'a', ip: '203.0.113.10', ips: ['203.0.113.10', '2001:db8::10'] };
  t.deepEqual(clients([{ name: 'a', ips: both.ips }]), [both]);
  t.deepEqual(clients([both]), [both]);
  t.deepEqual(clients([{ name: 'a', ips: ['203.0.113.10'] }]), [{ name: 'a', ip: '203.0.113.10' }]);
  t.deepEqual(clients([{ name: 'a', ip: '2001:db8::10' }]), [{ name: 'a', ip: '2001:db8::10' }]);
  t.deepEqual([...clientIPs(both)].map(String), both.ips);
  t.deepEqual([...clientIPs({ name: 'a', ip: '2001:0db8::0010' })].map(String), ['2001:db8::10']);
});

test('a Lab of both families is whole', (t) => {
  t.notThrows(() =>
    good(
      'Lab',
      lab({
        ...dual,
        serviceClusterIPRange: '10.96.0.0/12,fd00:10:96::/112',
        clients: [{ name: 'laptop', ips: ['203.0.113.10', '2001:db8::10'] }],
        externalIPs: [
          { cidr: '80.11.12.0/24', via: 'node1' },
          { cidr: '2001:db8:80::/64', via: 'node1' },
        ],
        loadBalancerPool: '172.6.6.0/24,2001:db8:6::/112',
      }),
    ),
  );
});

checkFaults([
  [
    'two networks of one family',
    lab({ serviceClusterIPRange: '10.96.0.0/12,10.112.0.0/12' }),
    ['spec.serviceClusterIPRange: Invalid value: "10.96.0.0/12,10.112.0.0/12": may hold at most one of each IP family'],
  ],
  [
    'a network of a list is none',
    lab({ underlay: { cidr: '192.168.56.0/24,fd00::1/64' } }),
    ['spec.underlay.cidr: Invalid value: "fd00::1/64": must not have bits set'],
  ],
  ['an empty member', lab({ underlay: { cidr: '192.168.56.0/24,' } }), ['spec.underlay.cidr: Invalid value: ""']],
  [
    'an underlay of IPv6 alone',
    lab({ underlay: { cidr: 'fd00:56::/64' } }),
    ['spec.underlay.cidr: Invalid value: "fd00:56::/64": has no IPv4 network'],
  ],
  [
    'an IPv6 underlay too narrow for the numbers of nodes',
    lab({ underlay: { cidr: '192.168.56.0/24,fd00:56::/120' } }),
    ['spec.underlay.cidr: Invalid value: "fd00:56::/120": must be a /112 or larger'],
  ],
  [
    'IPv6 without an IPv6 underlay',
    lab({
      serviceClusterIPRange: '10.96.0.0/12,fd00:10:96::/112',
      loadBalancerPool: '2001:db8:6::/112',
      externalIPs: [{ cidr: '2001:db8:80::/64', via: 'node1' }],
      clients: [{ name: 'a', ips: ['203.0.113.10', '2001:db8::10'] }],
    }),
    [
      'spec.serviceClusterIPRange: Invalid value: "10.96.0.0/12,fd00:10:96::/112": is IPv6, but the underlay',
      'spec.loadBalancerPool: Invalid value',
      'spec.externalIPs[0].cidr: Invalid value',
      'spec.clients[0].ip: Invalid value',
    ],
  ],
  [
    'external ranges are one network each',
    lab({ ...dual, externalIPs: [{ cidr: '80.11.12.0/24,2001:db8:80::/64', via: 'node1' }] }),
    ['spec.externalIPs[0].cidr: Invalid value'],
  ],
  [
    'ranges overlap in the second family',
    lab({ ...dual, loadBalancerPool: '172.6.6.0/24,fd00:56::/80' }),
    ['spec.loadBalancerPool: Invalid value: "fd00:56::/80": overlaps with the underlay fd00:56::/64'],
  ],
  [
    'addresses of clients',
    lab({
      ...dual,
      clients: [
        { name: 'a', ip: '1.1.1.1', ips: ['1.1.1.2', '2001:db8::1'] },
        { name: 'b', ips: ['1.1.1.3', '1.1.1.4'] },
        { name: 'c', ips: ['1.1.1.5', '2001:db8::1'] },
        { name: 'd', ips: ['1.1.1.6', 'fd00:56::20'] },
      ],
    }),
    [
      'spec.clients[0].ips[0]: Invalid value: "1.1.1.2": must match `ip`',
      'spec.clients[1].ips: Invalid value: "1.1.1.3,1.1.1.4": may hold at most one',
      'spec.clients[2].ips[1]: Duplicate value: "2001:db8::1"',
      'spec.clients[3].ips[1]: Invalid value: "fd00:56::20": is in the underlay fd00:56::/64',
    ],
  ],
]);
