import test from 'ava';
import type { FlannelConfig } from '../cluster/view.ts';
import { LabError } from '../errors.ts';
import { type Cidr, type IPv4, type IPv6, type Mac, nthAddress, parseCidr } from '../net/address.ts';
import type { LeaseState } from './lease-record.ts';
import {
  acquireLease,
  chooseFirst,
  expireLeases,
  type LeaseRequest,
  nextRenewal,
  noLeases,
  releaseLease,
  renewLease,
} from './leases.ts';
import { defaultFlannelConfig, parseNetConf } from './netconf.ts';
import { reserveSubnet } from './reservations.ts';

const start = new Date('2026-11-21T08:00:00Z');
const hour = 3_600_000;

function at(hours: number): Date {
  return new Date(start.getTime() + hours * hour);
}

function publicIP(index: number): IPv4 {
  return nthAddress(parseCidr('192.168.0.0/16'), index) as IPv4;
}

function request(index: number, more: Partial<LeaseRequest> = {}): LeaseRequest {
  return { node: `node${index}`, publicIP: publicIP(index), ...more };
}

function acquire(state: LeaseState, index: number, more: Partial<LeaseRequest> = {}, now: Date = start) {
  return acquireLease(state, request(index, more), { now, choose: chooseFirst });
}

function fill(config: FlannelConfig, count: number): LeaseState {
  let state = noLeases(config);
  for (let index = 1; index <= count; index++) state = acquire(state, index).state;
  return state;
}

function cidr(text: string): Cidr {
  return parseCidr(text);
}

test('the first node gets the second subnet, for 24 hours', (t) => {
  const { lease } = acquire(noLeases(defaultFlannelConfig()), 1, { vtepMac: '02:00:00:00:00:01' as Mac });
  t.is<string | undefined, string>(lease.subnet, '10.244.1.0/24');
  t.is(lease.node, 'node1');
  t.deepEqual(lease.expires, at(24));
  t.deepEqual({ ...lease.backendData }, { vni: 1, vtepMac: '02:00:00:00:00:01' });
});

test('the candidates are the first 100 that are free', (t) => {
  const state = fill(defaultFlannelConfig(), 3);
  let seen: readonly Cidr[] = [];
  acquireLease(state, request(4), {
    now: start,
    choose: (candidates) => {
      seen = candidates;
      return chooseFirst(candidates);
    },
  });
  t.is(seen.length, 100);
  t.is<string | undefined, string>(seen[0], '10.244.4.0/24');
  t.is<string | undefined, string>(seen[99], '10.244.103.0/24');
});

test('255 nodes fill a /16 of /24, and the next one is refused', (t) => {
  const state = fill(defaultFlannelConfig(), 255);
  t.is(new Set(state.leases.map((lease) => lease.subnet)).size, 255);
  const error = t.throws(() => acquire(state, 256), { instanceOf: LabError });
  t.is(error?.code, 'invalid-object');
  t.regex(error?.message ?? '', /out of subnets/);
  t.is(error?.field, 'Network');
  t.is<string | undefined, string>(
    acquire(releaseLease(state, cidr('10.244.77.0/24')), 256).lease.subnet,
    '10.244.77.0/24',
  );
});

test('the same public IP gets the same subnet again, with the new data and a new term', (t) => {
  const state = fill(defaultFlannelConfig(), 3);
  const again = acquire(state, 2, { vtepMac: '02:00:00:00:00:09' as Mac }, at(5));
  t.is<string | undefined, string>(again.lease.subnet, '10.244.2.0/24');
  t.is<string | undefined, string>(again.lease.backendData?.vtepMac, '02:00:00:00:00:09');
  t.deepEqual(again.lease.expires, at(29));
  t.is(again.state.leases.length, 3);
});

test('a lease that does not fit a changed configuration is given up, and its range not picked at once', (t) => {
  const state = fill(defaultFlannelConfig(), 2);
  const changed = { ...state, config: parseNetConf('{"Network": "10.244.0.0/16", "SubnetLen": 25}') };
  const { lease, state: after } = acquire(changed, 1);
  t.is<string | undefined, string>(lease.subnet, '10.244.0.128/25');
  t.deepEqual(
    after.leases.map((each) => each.subnet),
    [cidr('10.244.2.0/24'), cidr('10.244.0.128/25')],
  );
  const narrow = { ...state, config: parseNetConf('{"Network": "10.244.0.0/16", "SubnetMin": "10.244.2.0"}') };
  t.is<string | undefined, string>(acquire(narrow, 1).lease.subnet, '10.244.3.0/24');
  const one = {
    ...fill(defaultFlannelConfig(), 1),
    config: parseNetConf('{"Network": "10.244.0.0/22", "SubnetLen": 25}'),
  };
  t.is<string | undefined, string>(
    acquire(one, 1, { previousSubnet: cidr('10.244.1.128/25') }).lease.subnet,
    '10.244.0.128/25',
  );
});

test('the previous subnet is taken when it is free and fits', (t) => {
  const state = fill(defaultFlannelConfig(), 2);
  t.is<string | undefined, string>(
    acquire(state, 3, { previousSubnet: cidr('10.244.50.0/24') }).lease.subnet,
    '10.244.50.0/24',
  );
  t.is<string | undefined, string>(
    acquire(state, 3, { previousSubnet: cidr('10.244.2.0/24') }).lease.subnet,
    '10.244.3.0/24',
  );
  t.is<string | undefined, string>(
    acquire(state, 3, { previousSubnet: cidr('10.244.0.0/24') }).lease.subnet,
    '10.244.3.0/24',
  );
  t.is<string | undefined, string>(
    acquire(state, 3, { previousSubnet: cidr('10.244.50.0/25') }).lease.subnet,
    '10.244.3.0/24',
  );
  t.is<string | undefined, string>(
    acquire(state, 3, { previousSubnet: cidr('10.9.50.0/24') }).lease.subnet,
    '10.244.3.0/24',
  );
});

test('a lease expires after 24 hours, and its subnet is free again', (t) => {
  const state = fill(defaultFlannelConfig(), 2);
  const renewed = renewLease(state, cidr('10.244.1.0/24'), at(23)).state;
  t.deepEqual(expireLeases(renewed, new Date(at(24).getTime() - 1)).expired, []);
  const { state: after, expired } = expireLeases(renewed, at(24));
  t.deepEqual(
    expired.map((lease) => lease.node),
    ['node2'],
  );
  t.deepEqual(
    after.leases.map((lease) => lease.node),
    ['node1'],
  );
  t.is<string | undefined, string>(acquire(renewed, 3, {}, at(24)).lease.subnet, '10.244.2.0/24');
});

test('a lease that is gone cannot be renewed', (t) => {
  const state = fill(defaultFlannelConfig(), 1);
  for (const gone of [
    () => renewLease(state, cidr('10.244.1.0/24'), at(24)),
    () => renewLease(noLeases(state.config), cidr('10.244.1.0/24'), start),
  ]) {
    t.is(t.throws(gone, { instanceOf: LabError })?.code, 'not-found');
  }
});

test('renewal is due 60 minutes before the end, or as the margin says', (t) => {
  const { lease } = acquire(noLeases(defaultFlannelConfig()), 1);
  t.deepEqual(nextRenewal(lease), at(23));
  t.deepEqual(nextRenewal(lease, 1439), new Date(start.getTime() + 60_000));
  t.is(nextRenewal({ ...lease, expires: null }), null);
  for (const margin of [0, 1440, 1.5, Number.NaN]) {
    t.is(t.throws(() => nextRenewal(lease, margin), { instanceOf: LabError })?.code, 'usage');
  }
});

test('a reserved subnet waits for its public IP and never expires', (t) => {
  const reserved = reserveSubnet(noLeases(defaultFlannelConfig()), {
    subnet: cidr('10.244.1.0/24'),
    publicIP: publicIP(7),
  });
  t.is<string | undefined, string>(acquire(reserved, 1).lease.subnet, '10.244.2.0/24');
  const { state, lease } = acquire(reserved, 7);
  t.is<string | undefined, string>(lease.subnet, '10.244.1.0/24');
  t.is(lease.node, 'node7');
  t.is(lease.expires, null);
  t.is(renewLease(state, lease.subnet, at(5)).lease.expires, null);
  t.is(expireLeases(state, at(1000)).state.leases.length, 1);
  t.is(acquire(state, 7, {}, at(9)).lease.expires, null);
});

test('a lease becomes a reservation, and what is taken or does not fit cannot be reserved', (t) => {
  const state = fill(defaultFlannelConfig(), 2);
  const kept = reserveSubnet(state, { subnet: cidr('10.244.1.0/24'), publicIP: publicIP(1) });
  const own = kept.leases.find((lease) => lease.subnet === '10.244.1.0/24');
  t.is(own?.node, 'node1');
  t.is(own?.expires, null);
  const reserve = (subnet: string) => () => reserveSubnet(state, { subnet: cidr(subnet), publicIP: publicIP(1) });
  t.is(t.throws(reserve('10.244.2.0/24'), { instanceOf: LabError })?.code, 'conflict');
  t.is(t.throws(reserve('10.9.2.0/24'), { instanceOf: LabError })?.code, 'invalid-object');
});

test('a node with a podCIDR gets exactly that, for ever', (t) => {
  const state = fill(defaultFlannelConfig(), 1);
  const fixed = acquire(state, 2, { podCIDRs: [cidr('10.244.0.0/24')] });
  t.is<string | undefined, string>(fixed.lease.subnet, '10.244.0.0/24');
  t.is(fixed.lease.expires, null);
  t.is<string | undefined, string>(
    acquire(fixed.state, 2, { podCIDRs: [cidr('10.244.9.0/26')] }).lease.subnet,
    '10.244.9.0/26',
  );
  t.is<string | undefined, string>(
    acquire(fixed.state, 1, { podCIDRs: [cidr('10.244.1.0/24')] }).lease.subnet,
    '10.244.1.0/24',
  );
  t.is<string | undefined, string>(acquire(fixed.state, 3, { podCIDRs: [] }).lease.subnet, '10.244.2.0/24');
});

const badPodCIDRs = [
  { podCIDR: '10.9.0.0/24', code: 'invalid-object' },
  { podCIDR: '10.0.0.0/8', code: 'invalid-object' },
  { podCIDR: '10.244.7.0/31', code: 'invalid-object' },
  { podCIDR: 'fd00::/64', code: 'invalid-object' },
  { podCIDR: '10.244.1.0/24', code: 'conflict' },
  { podCIDR: '10.244.1.128/25', code: 'conflict' },
];

for (const { podCIDR, code } of badPodCIDRs) {
  test(`podCIDR ${podCIDR} is refused`, (t) => {
    const state = fill(defaultFlannelConfig(), 1);
    const error = t.throws(() => acquire(state, 2, { podCIDRs: [cidr(podCIDR)] }), { instanceOf: LabError });
    t.is<string | undefined, string>(error?.code, code);
    t.truthy(error?.hint);
  });
}

test('a dual-stack network needs an IPv6 address and gives a subnet of each family', (t) => {
  const config = parseNetConf('{"Network":"10.244.0.0/16","EnableIPv6":true,"IPv6Network":"fd00:10:244::/56"}');
  t.is(t.throws(() => acquire(noLeases(config), 1), { instanceOf: LabError })?.field, 'EnableIPv6');
  const first = acquire(noLeases(config), 1, { publicIPv6: 'fd00:56::11' as IPv6 });
  t.is<string | undefined, string>(first.lease.subnetV6, 'fd00:10:244:1::/64');
  const second = acquire(first.state, 2, { publicIPv6: 'fd00:56::12' as IPv6 });
  t.is<string | undefined, string>(second.lease.subnetV6, 'fd00:10:244:2::/64');
  t.is<string | undefined, string>(
    acquire(second.state, 1, { publicIPv6: 'fd00:56::11' as IPv6 }).lease.subnetV6,
    'fd00:10:244:1::/64',
  );
});
