import test from 'ava';
import { versionIn } from './tools.ts';

for (const [said, version] of [
  ['ip utility, iproute2-6.1.0, libbpf 1.1.0', '6.1.0'],
  ['iptables v1.8.9 (nf_tables)', '1.8.9'],
  ['ipset v7.17, protocol version: 7', '7.17'],
  ['nftables v1.0.6 (Lester Gooch #5)', '1.0.6'],
  ['curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1', '7.88.1'],
  ['no version here', undefined],
] as const) {
  test(`the version in: ${said}`, (t) => {
    t.is(versionIn(said), version);
  });
}
