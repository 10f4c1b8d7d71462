import test from 'ava';
import { parseSocketAddress } from './socket-address.ts';

test('addresses with and without port', (t) => {
  const text = (given: string) => {
    const found = parseSocketAddress(given, 53);
    return found === undefined ? undefined : `${found.address} ${found.port}`;
  };
  t.is(text('10.0.0.1'), '10.0.0.1 53');
  t.is(text('127.0.0.1:0'), '127.0.0.1 0');
  t.is(text('FD00::0:1'), 'fd00::1 53');
  t.is(text('[fd00::1]:5353'), 'fd00::1 5353');
  for (const bad of ['', 'example.com', '10.0.0.1:', '10.0.0.1:65536', ':53', '1.2.3:53', '10.0.0.1:5x']) {
    t.is(text(bad), undefined, bad);
  }
});
