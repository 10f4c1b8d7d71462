import test from 'ava';
import fc from 'fast-check';
import { type IP, ipFromBigInt } from '../net/address.ts';
import { decodeSockaddr, encodeSockaddr } from './sockaddr.ts';

test('struct sockaddr_in is in network order', (t) => {
  t.deepEqual([...encodeSockaddr('10.96.0.1' as IP, 8080)].slice(0, 8), [2, 0, 0x1f, 0x90, 10, 96, 0, 1]);
});

test('what was encoded is decoded', (t) => {
  const family = fc.constantFrom('ipv4' as const, 'ipv6' as const);
  const value = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
  fc.assert(
    fc.property(family, value, fc.integer({ min: 0, max: 65535 }), (kind, number, port) => {
      const address = ipFromBigInt(kind === 'ipv4' ? number & 0xffff_ffffn : number, kind);
      t.deepEqual(decodeSockaddr(encodeSockaddr(address, port)), { address, port });
    }),
  );
});
