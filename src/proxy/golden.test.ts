import test from 'ava';
import { goldenCases } from '../../scenarios/golden/cases.ts';
import { canonicalIptables, withoutBuiltInChains } from '../../scenarios/golden/compare-iptables.ts';
import { canonicalNft } from '../../scenarios/golden/compare-nft.ts';
import { rulesText } from './rules.ts';

const dumps = [
  { folder: 'v1.36.2/iptables', extension: '.rules', release: '1.36', family: 'ipv4' },
  { folder: 'v1.36.2/iptables', extension: '.rules6', release: '1.36', family: 'ipv6' },
  { folder: 'v1.20.2/iptables', extension: '.rules', release: '1.20', family: 'ipv4' },
] as const;

for (const { folder, extension, release, family } of dumps) {
  for (const { name, dump, objects } of goldenCases(folder, extension)) {
    test(`text of iptables rules equals the dump: ${folder} ${name}${extension}`, (t) => {
      const text = rulesText({ objects, node: 'node1', mode: 'iptables', release, family });
      const expected = withoutBuiltInChains(canonicalIptables(dump));
      t.true(expected.length > 10);
      t.deepEqual(canonicalIptables(text), expected);
    });
  }
}

for (const { name, dump, objects } of goldenCases('v1.36.2/nftables', '.nft')) {
  test(`text of nftables tables equals the listing: ${name}`, (t) => {
    const text = rulesText({ objects, node: 'node1', mode: 'nftables', release: '1.36' });
    t.deepEqual(canonicalNft(text), canonicalNft(dump));
  });
}

const isJump = (line: string): boolean => /^-A (INPUT|FORWARD|OUTPUT|PREROUTING|POSTROUTING) /.test(line);

for (const { name, dump, objects } of goldenCases('v1.8', '.rules')) {
  test(`text of the rules of release 1.8 equals the classic transcript: ${name}`, (t) => {
    const text = rulesText({ objects, node: 'node1', mode: 'iptables', release: '1.8' });
    const lines = canonicalIptables(text).filter((line) => !isJump(line));
    t.deepEqual(lines, withoutBuiltInChains(canonicalIptables(dump)));
  });
}
