import test from 'ava';
import fc from 'fast-check';
import { splitNftScript } from '../../src/plan/rulesets/nft-split.ts';
import { rulesetRepairs } from '../../src/plan/rulesets/operations.ts';
import { rulesetIncrement } from '../../src/proxy/iptables/increment.ts';
import { createIptablesProxier } from '../../src/proxy/iptables/proxier.ts';
import { restoreText } from '../../src/proxy/iptables/restore.ts';
import { createNftablesProxier } from '../../src/proxy/nftables/proxier.ts';
import { tableScript, tableScripts } from '../../src/proxy/nftables/script.ts';
import { deleteChainsScript, nftTransaction } from '../../src/proxy/nftables/transaction.ts';
import type { ProxyInput } from '../../src/proxy/types.ts';
import { canonicalIptables, withoutBuiltInChains } from './compare-iptables.ts';
import { canonicalNft } from './compare-nft.ts';
import { loadIntoEmptyNetns } from './empty-netns.ts';
import { randomInput } from './random-cluster.ts';

const families = [
  { family: 'ipv4', loader: 'iptables' },
  { family: 'ipv6', loader: 'ip6tables' },
] as const;

for (const release of ['1.8', '1.20', '1.36'] as const) {
  for (const { family, loader } of families) {
    const inputs = randomInput({ release, family }, 'iptables');
    test(`random rules of ${release} ${family} load and are printed as written, also after an increment`, async (t) => {
      await fc.assert(
        fc.asyncProperty(inputs, inputs, async (before, after) => {
          const proxier = createIptablesProxier();
          const old = proxier.tables(before);
          const next = proxier.tables(after);
          const texts = [restoreText(old, { jumps: 'append' }), rulesetIncrement(old, next) ?? ''];
          const kernel = await loadIntoEmptyNetns(loader, texts);
          const written = restoreText(createIptablesProxier().tables(after), { jumps: 'append' });
          t.deepEqual(withoutBuiltInChains(canonicalIptables(kernel)), canonicalIptables(written));
        }),
        { numRuns: 20 },
      );
    });
  }
}

for (const family of ['ipv4', 'ipv6'] as const) {
  const inputs = randomInput({ release: '1.36', family }, 'nftables');
  test(`random ${family} tables load, also in parts, and a transaction leads from one to the next`, async (t) => {
    await fc.assert(
      fc.asyncProperty(inputs, inputs, async (before, after) => {
        const proxier = createNftablesProxier();
        const old = proxier.table(before);
        const next = proxier.table(after);
        const { script = '', staleChains } = nftTransaction(old, next);
        const cleaned = deleteChainsScript(family, staleChains) ?? '';
        const listing = await loadIntoEmptyNetns('nftables', [tableScript(next)]);
        const whole = canonicalNft(listing);
        const parts = await loadIntoEmptyNetns('nftables', [tableScript(old), ...tableScripts(next)]);
        const changed = await loadIntoEmptyNetns('nftables', [tableScript(old), script, cleaned]);
        t.deepEqual(canonicalNft(parts), whole);
        t.deepEqual(canonicalNft(changed), whole);
        const ruleset = { owner: 'kube-proxy', loader: 'nft', table: next } as const;
        t.deepEqual(
          rulesetRepairs('node1', [ruleset], () => listing),
          [],
        );
      }),
      { numRuns: 20 },
    );
  });
}

/** So little that nearly every step of a split script is a transaction of its own. */
const narrow = 300;

for (const family of ['ipv4', 'ipv6'] as const) {
  const inputs = randomInput({ release: '1.36', family }, 'nftables');
  test(`random ${family} tables and their changes load in small steps as well`, async (t) => {
    await fc.assert(
      fc.asyncProperty(inputs, inputs, fc.boolean(), async (before, after, affinity) => {
        const proxier = createNftablesProxier();
        const old = proxier.table(affinity ? withAffinity(before, 300) : before);
        const next = proxier.table(affinity ? withAffinity(after, 600) : after);
        const { script = '', staleChains } = nftTransaction(old, next);
        const texts = [...tableScripts(old), script, deleteChainsScript(family, staleChains) ?? ''];
        const steps = texts.flatMap((text) => splitNftScript(text, narrow));
        const whole = await loadIntoEmptyNetns('nftables', [tableScript(next)]);
        t.deepEqual(canonicalNft(await loadIntoEmptyNetns('nftables', steps)), canonicalNft(whole));
      }),
      { numRuns: 6 },
    );
  });
}

function withAffinity(input: ProxyInput, timeoutSeconds: number): ProxyInput {
  const affinity = { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds } } } as const;
  return { ...input, services: input.services.map((each) => ({ ...each, spec: { ...each.spec, ...affinity } })) };
}

test('a new affinity time-out makes the sets of clients anew', async (t) => {
  const inputs = fc.sample(randomInput({ release: '1.36', family: 'ipv4' }, 'nftables'), { seed: 7, numRuns: 20 });
  const proxier = createNftablesProxier();
  for (const input of inputs) {
    const old = proxier.table(withAffinity(input, 300));
    const next = proxier.table(withAffinity(input, 600));
    const { script = '' } = nftTransaction(old, next);
    const kernel = await loadIntoEmptyNetns('nftables', [tableScript(old), script]);
    t.deepEqual(canonicalNft(kernel), canonicalNft(await loadIntoEmptyNetns('nftables', [tableScript(next)])));
  }
  t.true(inputs.some((input) => tableScript(proxier.table(withAffinity(input, 600))).includes('timeout 10m')));
});
