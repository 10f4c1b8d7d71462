import test from 'ava';
import fc from 'fast-check';
import IPCIDR from 'ip-cidr';
import {
  cidrContains,
  cidrSize,
  cidrsOverlap,
  hostPort,
  ipFromBigInt,
  ipToBigInt,
  makeCidr,
  nthAddress,
  parseCidr,
  parseIP,
  tryParseCidr,
  tryParseIP,
} from './address.ts';

test('addresses get one canonical spelling', (t) => {
  t.is(tryParseIP('10.0.0.1') as string, '10.0.0.1');
  t.is(tryParseIP('FD00:0:0:0::0001') as string, 'fd00::1');
  t.is(tryParseIP('1:0:0:2:0:0:0:3') as string, '1:0:0:2::3');
  t.is(tryParseIP('::ffff:10.0.0.1') as string, '::ffff:a00:1');
  t.is(tryParseIP('::') as string, '::');
  for (const bad of ['10.0.0', '10.0.0.256', '010.0.0.1', 'fe80::1%eth0', '', 'a'])
    t.is(tryParseIP(bad), undefined, bad);
});

test('integers and back', (t) => {
  for (const text of ['0.0.0.0', '255.255.255.255', '10.244.1.2', '::', 'fd00:56::11', '2001:db8::ffff:1']) {
    const ip = parseIP(text);
    t.is(ipFromBigInt(ipToBigInt(ip), text.includes(':') ? 'ipv6' : 'ipv4'), ip);
  }
});

test('networks', (t) => {
  t.is(parseCidr('10.244.1.7/16') as string, '10.244.0.0/16');
  for (const bad of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', 'x/8', '::/129']) {
    t.is(tryParseCidr(bad), undefined, bad);
  }
  t.true(cidrContains(parseCidr('10.96.0.0/12'), parseIP('10.111.255.255')));
  t.false(cidrContains(parseCidr('10.96.0.0/12'), parseIP('10.112.0.0')));
  t.false(cidrContains(parseCidr('0.0.0.0/0'), parseIP('::1')));
  t.true(cidrsOverlap(parseCidr('10.0.0.0/8'), parseCidr('10.244.0.0/16')));
  t.false(cidrsOverlap(parseCidr('10.0.0.0/16'), parseCidr('10.1.0.0/16')));
  t.is(nthAddress(parseCidr('10.96.0.0/12'), 10) as string, '10.96.0.10');
  t.is(nthAddress(parseCidr('10.244.1.0/24'), -1) as string, '10.244.1.255');
  t.is(makeCidr(parseIP('10.0.0.0'), 0) as string, '0.0.0.0/0');
  t.is(hostPort(parseIP('fd00::1'), 80), '[fd00::1]:80');
});

/** The library does not know the mixed form `::ffff:10.0.0.1`. */
const anyIPv6 = fc.ipV6().filter((text) => !text.includes('.'));
const anyNetwork = fc
  .oneof(fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })), fc.tuple(anyIPv6, fc.integer({ min: 0, max: 128 })))
  .map(([address, prefix]) => `${address}/${prefix}`);

test('networks are what the library ip-cidr says, too', (t) => {
  fc.assert(
    fc.property(anyNetwork, fc.oneof(fc.ipV4(), anyIPv6), (text, other) => {
      const [ours, theirs] = [parseCidr(text), new IPCIDR(text)];
      t.is(nthAddress(ours, 0), parseIP(theirs.start<string>()));
      t.is(nthAddress(ours, -1), parseIP(theirs.end<string>()));
      t.is(cidrSize(ours), BigInt(String(theirs.size)));
      if (text.includes(':') === other.includes(':')) t.is(cidrContains(ours, parseIP(other)), theirs.contains(other));
    }),
    { numRuns: 300 },
  );
});
