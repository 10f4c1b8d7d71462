import test from 'ava';
import {
  cidrContains,
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
