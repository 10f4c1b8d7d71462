import test from 'ava';
import fc from 'fast-check';
import { cidrsOverlap, makeCidr, parseCidr, parseIP } from '../net/address.ts';
import { freeSubnets, maxCandidates } from './free-subnets.ts';

const pool = {
  network: parseCidr('10.5.0.0/16'),
  subnetLen: 24,
  subnetMin: parseIP('10.5.1.0'),
  subnetMax: parseIP('10.5.255.0'),
};

test('the free subnets are those that a plain search finds', (t) => {
  const taken = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 17, max: 32 }))
    .map(([third, fourth, prefix]) => makeCidr(parseIP(`10.5.${third}.${fourth}`), prefix));
  const all = Array.from({ length: 255 }, (_, index) => parseCidr(`10.5.${index + 1}.0/24`));
  fc.assert(
    fc.property(fc.array(taken, { maxLength: 40 }), (cidrs) => {
      const expected = all.filter((subnet) => !cidrs.some((cidr) => cidrsOverlap(cidr, subnet)));
      t.deepEqual(freeSubnets(pool, cidrs), expected.slice(0, maxCandidates));
    }),
  );
});

test('a large block is stepped over at once', (t) => {
  const wide = {
    network: parseCidr('fd00::/16'),
    subnetLen: 64,
    subnetMin: parseIP('fd00:0:0:1::'),
    subnetMax: parseIP('fd00:ffff:ffff:ffff::'),
  };
  t.is<string | undefined, string>(freeSubnets(wide, [parseCidr('fd00::/17')])[0], 'fd00:8000::/64');
});
