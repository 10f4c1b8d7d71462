import test from 'ava';
import { goldenCases } from '../../scenarios/golden/cases.ts';
import { bridgeIP, vtepIP } from '../../src/model/topology.ts';
import { compareOn, type Question } from './compare.ts';
import { askerOf } from './golden/pods.ts';
import { type GoldenRules, goldenTerrain, withKubelet } from './golden/terrain.ts';
import { type GoldenSetting, goldenView } from './golden/view.ts';
import { questionsOf } from './questions.ts';
import { describeDifference } from './types.ts';

const minutes = 60_000;
const oddQuestions = 100;

interface Suite extends GoldenSetting {
  readonly folder: string;
  readonly extension: '.rules' | '.nft';
  readonly command: string;
}

const suites: readonly Suite[] = [
  { folder: 'v1.36.2/iptables', extension: '.rules', command: 'iptables-save', release: '1.36', mode: 'iptables' },
  { folder: 'v1.20.2/iptables', extension: '.rules', command: 'iptables-save', release: '1.20', mode: 'iptables' },
  { folder: 'v1.36.2/nftables', extension: '.nft', command: 'nft list ruleset', release: '1.36', mode: 'nftables' },
];

const ipv6 = new Map(goldenCases('v1.36.2/iptables', '.rules6').map(({ name, dump }) => [name, dump]));

/** Everything that verify tries, and any address and port; of the Pods that serve only what they ask of themselves. */
function ask(view: ReturnType<typeof goldenView>): readonly Question[] {
  const askers = new Set(view.nodes.map(askerOf));
  // The real proxies ran on nodes that had an eth0 only, and name its addresses where a configuration chooses some.
  const unknown = new Set(
    view.nodes.flatMap((node) => [
      bridgeIP(node, 'ipv4'),
      bridgeIP(node, 'ipv6'),
      vtepIP(view, node, 'ipv4'),
      vtepIP(view, node, 'ipv6'),
    ]),
  );
  return questionsOf(view, oddQuestions, 1).filter(
    ({ from, to, about }) =>
      !unknown.has(to.address) && (from.kind !== 'pod' || askers.has(from.name) || about.includes('(hairpin)')),
  );
}

for (const { folder, extension, command, ...setting } of suites) {
  for (const { name, dump, objects } of goldenCases(folder, extension)) {
    test(`the model says what the rules of the real kube-proxy say: ${folder} ${name}`, (t) => {
      t.timeout(5 * minutes);
      const view = goldenView(objects, setting);
      const six = setting.mode === 'iptables' && setting.release === '1.36' ? ipv6.get(name) : undefined;
      const text = setting.release === '1.20' ? withKubelet(dump) : dump;
      const rules: GoldenRules[] = [{ command, text }];
      if (six !== undefined) rules.push({ command: 'ip6tables-save', text: six });
      const questions = ask(view);
      t.true(questions.length > 100);
      const differences = compareOn(view, goldenTerrain(view, rules), questions);
      t.deepEqual(
        differences.slice(0, 10).map((one) => describeDifference({ at: 0, ...one })),
        [],
      );
    });
  }
}
