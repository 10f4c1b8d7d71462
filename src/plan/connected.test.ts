import test from 'ava';
import { parseCidr, parseIP } from '../net/address.ts';
import { withConnectedRoutes } from './connected.ts';
import { emptyNetns } from './diff.ts';
import { toText } from './text.ts';

const route = { to: parseCidr('0.0.0.0/0'), via: parseIP('10.0.0.1'), device: 'eth0' };

function routes(...addresses: readonly (readonly [address: string, prefix: number])[]): string[] {
  const given = addresses.map(([address, prefix]) => ({ device: 'eth0', address: parseIP(address), prefix }));
  const netns = withConnectedRoutes({ ...emptyNetns('node1'), routes: [route] }, given);
  return netns.routes.map((one) => toText({ netns: 'node1', op: 'route-replace', route: one }));
}

const own = 'ip -n node1 route replace default via 10.0.0.1 dev eth0';

test('the network of an address has a route, as the kernel makes it', (t) => {
  t.deepEqual(routes(['10.0.0.7', 24]), [
    'ip -n node1 route replace 10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.7',
    own,
  ]);
  t.deepEqual(routes(['fd00::7', 64]), [
    'ip -n node1 -6 route replace fd00::/64 dev eth0 proto kernel metric 256',
    own,
  ]);
});

test('a single address is no network', (t) => {
  t.deepEqual(routes(['10.0.0.7', 32], ['fd00::7', 128]), [own]);
});
