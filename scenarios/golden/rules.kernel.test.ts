import test from 'ava';
import { type RulesRequest, rulesText } from '../../src/proxy/rules.ts';
import { goldenCases } from './cases.ts';
import { canonicalIptables } from './compare-iptables.ts';
import { canonicalNft } from './compare-nft.ts';
import { type Loader, loadIntoEmptyNetns } from './empty-netns.ts';

interface Suite {
  readonly folder: string;
  readonly extension: '.rules' | '.rules6' | '.nft';
  readonly loader: Loader;
  readonly request: Omit<RulesRequest, 'objects' | 'node'>;
}

const suites: readonly Suite[] = [
  {
    folder: 'v1.36.2/iptables',
    extension: '.rules',
    loader: 'iptables',
    request: { mode: 'iptables', release: '1.36' },
  },
  {
    folder: 'v1.36.2/iptables',
    extension: '.rules6',
    loader: 'ip6tables',
    request: { mode: 'iptables', release: '1.36', family: 'ipv6' },
  },
  {
    folder: 'v1.20.2/iptables',
    extension: '.rules',
    loader: 'iptables',
    request: { mode: 'iptables', release: '1.20' },
  },
  { folder: 'v1.36.2/nftables', extension: '.nft', loader: 'nftables', request: { mode: 'nftables', release: '1.36' } },
];

for (const { folder, extension, loader, request } of suites) {
  const canonical = loader === 'nftables' ? canonicalNft : canonicalIptables;
  for (const { name, dump, objects } of goldenCases(folder, extension)) {
    test(`kernel holds what kube-proxy made: ${folder} ${name}${extension}`, async (t) => {
      const text = rulesText({ ...request, objects, node: 'node1' });
      const expected = canonical(dump);
      t.true(expected.length > 10);
      t.deepEqual(canonical(await loadIntoEmptyNetns(loader, [text])), expected);
    });
  }
}
