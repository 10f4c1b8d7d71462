import test from 'ava';
import fc from 'fast-check';
import { cidrContains, type IP, parseCidr, parseIP } from '../../net/address.ts';
import { clusterIPRefusal, kubernetesServiceIP, nextClusterIP, staticBandSize } from './cluster-ip.ts';
import { nextNodeAddress } from './node-ip.ts';
import { nextNodePort, nodePortRefusal, parsePortRange, staticPortBandSize } from './node-port.ts';
import { PodAddressPool } from './pod-ip.ts';
import { nextPoolAddress } from './pool.ts';

for (const [range, size] of [
  ['10.0.0.0/12', 256n],
  ['10.0.0.0/20', 256n],
  ['10.0.0.0/24', 16n],
  ['10.0.0.0/23', 32n],
  ['10.0.0.0/28', 0n],
  ['10.0.0.0/27', 16n],
  ['fd00::/108', 256n],
] as const) {
  test(`${range} keeps ${size} addresses for explicit use`, (t) => t.is(staticBandSize(parseCidr(range)), size));
}

test('dynamic ClusterIPs come from the upper band until it is full, and all usable ones are given', (t) => {
  const range = parseCidr('10.0.0.0/27');
  const taken = new Set<IP>([kubernetesServiceIP(range)]);
  const given: string[] = [];
  for (let i = 0; i < 29; i++) {
    const ip = nextClusterIP([range], `default/s${i}`, (other) => taken.has(other));
    taken.add(ip);
    given.push(ip);
  }
  const last = (ip: string) => Number(ip.split('.')[3]);
  t.true(
    given.slice(0, 14).every((ip) => last(ip) >= 17 && last(ip) <= 30),
    given.join(),
  );
  t.deepEqual(
    given.map(last).sort((a, b) => a - b),
    Array.from({ length: 29 }, (_, i) => i + 2),
  );
  t.throws(() => nextClusterIP([range], 'x', (other) => taken.has(other)), { message: /range is full/ });
});

for (const [ip, refusal] of [
  ['10.96.0.10', undefined],
  ['10.96.0.0', /not in the valid range. The range of valid IPs is 10\.96\.0\.0\/24$/],
  ['10.96.0.255', /not in the valid range/],
  ['10.97.0.1', /the provided IP \(10\.97\.0\.1\) is not in the valid range/],
  ['10.96.0.20', /provided IP is already allocated \(by Service default\/web\)/],
] as const) {
  test(`asking for ClusterIP ${ip}`, (t) => {
    const holder = (wanted: IP) => (wanted === parseIP('10.96.0.20') ? 'Service default/web' : undefined);
    const answer = clusterIPRefusal([parseCidr('10.96.0.0/24')], parseIP(ip), holder);
    if (refusal === undefined) t.is(answer, undefined);
    else t.regex(answer ?? '', refusal);
  });
}

for (const [range, size] of [
  ['30000-32767', 86],
  ['30000-30127', 16],
  ['30000-30015', 0],
  ['20000-60000', 128],
] as const) {
  test(`${range} keeps ${size} ports for explicit use`, (t) => t.is(staticPortBandSize(parsePortRange(range)), size));
}

test('dynamic node ports come from the upper band first, and end with an error', (t) => {
  const range = parsePortRange('30000-30031');
  const taken = new Set<number>();
  for (let i = 0; i < 32; i++) {
    const port = nextNodePort(range, `s${i}`, (other) => taken.has(other));
    t.is(port >= 30016, i < 16);
    taken.add(port);
  }
  t.is(taken.size, 32);
  t.throws(() => nextNodePort(range, 'x', (other) => taken.has(other)), { message: /range is full/ });
});

test('node ports are refused in the words of the API server', (t) => {
  const range = parsePortRange('30000-32767');
  t.is(
    nodePortRefusal(range, 80, () => undefined),
    'provided port is not in the valid range. The range of valid ports is 30000-32767',
  );
  t.is(
    nodePortRefusal(range, 30080, () => 'Service a/b'),
    'provided port is already allocated (by Service a/b)',
  );
  t.is(
    nodePortRefusal(range, 30080, () => undefined),
    undefined,
  );
  t.throws(() => parsePortRange('32767-30000'), { code: 'usage' });
});

test('the choice depends on the seed alone and spreads', (t) => {
  const range = parseCidr('10.96.0.0/12');
  const of = (seed: string) => nextClusterIP([range], seed, () => false);
  t.is(of('default/web'), of('default/web'));
  t.is(new Set(Array.from({ length: 100 }, (_, i) => of(`default/web-${i}`))).size, 100);
});

test('Pod addresses go round: .2 first, freed ones only after a whole turn', (t) => {
  const pool = new PodAddressPool(parseCidr('10.244.1.0/29'));
  t.deepEqual([pool.allocate(), pool.allocate()] as string[], ['10.244.1.2', '10.244.1.3']);
  pool.release(parseIP('10.244.1.2'));
  t.deepEqual([pool.allocate(), pool.allocate(), pool.allocate()] as string[], [
    '10.244.1.4',
    '10.244.1.5',
    '10.244.1.6',
  ]);
  t.is(pool.allocate() as string, '10.244.1.2');
  t.throws(() => pool.allocate(), {
    code: 'environment',
    message: 'no IP addresses available in range set: 10.244.1.0/29',
  });
});

test('reserved Pod addresses are not given', (t) => {
  const pool = new PodAddressPool(parseCidr('10.244.1.0/29'));
  pool.reserve(parseIP('10.244.1.2'));
  pool.reserve(parseIP('10.244.2.3'));
  t.is(pool.allocate() as string, '10.244.1.3');
});

test('no two Pods of a node ever share an address', (t) => {
  const pool = (steps: readonly boolean[]) => {
    const addresses = new PodAddressPool(parseCidr('10.244.1.0/28'));
    const held: IP[] = [];
    for (const add of steps) {
      const oldest = held[0];
      if (add && held.length < 13) {
        const ip = addresses.allocate();
        if (held.includes(ip)) return false;
        held.push(ip);
      } else if (oldest !== undefined) {
        addresses.release(oldest);
        held.shift();
      }
    }
    return true;
  };
  fc.assert(fc.property(fc.array(fc.boolean(), { maxLength: 60 }), pool));
  t.pass();
});

test('nodes get .11 and upwards, without those taken', (t) => {
  const underlay = parseCidr('192.168.56.0/28');
  const taken = new Set<string>(['192.168.56.12']);
  const next = () => nextNodeAddress(underlay, (ip) => taken.has(ip));
  t.is(next() as string, '192.168.56.11');
  taken.add('192.168.56.11');
  t.is(next() as string, '192.168.56.13');
  taken.add('192.168.56.13').add('192.168.56.14');
  t.throws(next, { code: 'invalid-object' });
});

for (const [pool, all] of [
  ['172.6.6.0/30', ['172.6.6.1', '172.6.6.2']],
  ['172.6.6.4/31', ['172.6.6.4', '172.6.6.5']],
  ['172.6.6.9/32', ['172.6.6.9']],
] as const) {
  test(`LoadBalancer pool ${pool} gives ${all}`, (t) => {
    const given: string[] = [];
    for (;;) {
      const ip = nextPoolAddress(parseCidr(pool), (other) => given.includes(other));
      if (ip === undefined) break;
      t.true(cidrContains(parseCidr(pool), ip));
      given.push(ip);
    }
    t.deepEqual(given, [...all]);
  });
}
