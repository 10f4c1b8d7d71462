import test from 'ava';
import { parseCidr } from '../../net/address.ts';
import { addressSet, listedSourceFilter } from './address-set.ts';

const set = (...cidrs: readonly string[]): string => addressSet(cidrs.map(parseCidr));

test('one network stands without braces, a single host without mask', (t) => {
  t.is(set('203.0.113.0/24'), '203.0.113.0/24');
  t.is(set('203.0.113.7/32'), '203.0.113.7');
  t.is(set('2001:db8::1/128'), '2001:db8::1');
  t.is(set('0.0.0.0/0'), '0.0.0.0/0');
});

test('networks that overlap or touch are joined as the kernel joins them', (t) => {
  t.is(set('198.51.100.7/32', '10.0.0.0/25', '10.0.0.128/25'), '{ 10.0.0.0/24, 198.51.100.7 }');
  t.is(set('10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24', '10.9.0.0/16'), '{ 10.0.0.0-10.0.2.255, 10.9.0.0/16 }');
  t.is(set('172.6.6.2/32', '172.6.6.1/32', '10.0.0.0/8'), '{ 10.0.0.0/8, 172.6.6.1-172.6.6.2 }');
  t.is(set('fd00::/8', '2001:db8::/33', '2001:db8:8000::/33'), '{ 2001:db8::/32, fd00::/8 }');
});

test('several networks that become one stay as given, so that they are a set', (t) => {
  t.is(set('0.0.0.0/0', '172.6.6.1/32'), '{ 0.0.0.0/0, 172.6.6.1/32 }');
  t.is(set('203.0.113.0/24', '203.0.113.0/24'), '{ 203.0.113.0/24, 203.0.113.0/24 }');
  t.is(listedSourceFilter('ip saddr != { 0.0.0.0/0, 172.6.6.1/32 } drop'), 'ip saddr != { 0.0.0.0/0 } drop');
  t.is(listedSourceFilter('ip6 saddr != { ::/1, 8000::/1 } drop'), 'ip6 saddr != { ::/0 } drop');
  t.is(listedSourceFilter('ip saddr != { 10.0.0.1/32, 10.0.0.2/32 } drop'), 'ip saddr != { 10.0.0.1-10.0.0.2 } drop');
});

test('other rules are listed as they are written', (t) => {
  for (const rule of ['ip saddr != 10.0.0.0/8 drop', 'goto service-x', 'ip saddr != { } drop']) {
    t.is(listedSourceFilter(rule), rule);
  }
});
