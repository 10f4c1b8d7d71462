import test from 'ava';
import { neededTools } from '../src/kernel/tools.ts';
import { lineToType, packagesOf } from './system.ts';

test('programs of one package name it once', (t) => {
  t.deepEqual(packagesOf(['ip', 'bridge', 'curl', 'ss']), ['curl', 'iproute2']);
  t.true(packagesOf(neededTools).includes('iputils-ping'));
});

test('the line to type has the steps that are needed and no others', (t) => {
  t.is(
    lineToType({ packages: ['curl', 'wget'], modules: [] }),
    'sudo apt-get update && sudo apt-get install -y --no-install-recommends curl wget',
  );
  t.is(lineToType({ packages: [], modules: ['br_netfilter', 'vxlan'] }), 'sudo modprobe br_netfilter');
  t.regex(lineToType({ packages: ['curl'], modules: ['br_netfilter'] }), /curl && sudo modprobe br_netfilter$/);
});
