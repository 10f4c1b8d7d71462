import test from 'ava';
import { splitDump } from './dump.ts';

const knowsRules = (lines: readonly string[]) => (lines.includes('*nat') ? 'iptables-save' : undefined);

test('sections carry their command, text and first line', (t) => {
  const text = '# by collect\n### iptables-save\n*nat\nCOMMIT\n### $ sudo /sbin/ip  -o addr show\n### sysctl -a\na = 1';
  t.deepEqual(splitDump(text, 'f', []), [
    { command: 'iptables-save', text: '*nat\nCOMMIT\n', file: 'f', line: 3 },
    { command: 'ip -o addr show', text: '', file: 'f', line: 6 },
    { command: 'sysctl -a', text: 'a = 1', file: 'f', line: 7 },
  ]);
});

test('text without a heading is recognised, also before the first heading', (t) => {
  t.deepEqual(splitDump('\n*nat\r\nCOMMIT\r\n', 'f', [knowsRules]), [
    { command: 'iptables-save', text: '\n*nat\nCOMMIT\n', file: 'f', line: 1 },
  ]);
  t.deepEqual(
    splitDump('*nat\nCOMMIT\n### ip rule\n', 'f', [knowsRules]).map(({ command }) => command),
    ['iptables-save', 'ip rule'],
  );
});

test('what nobody knows is an error with its place', (t) => {
  for (const text of ['', '\n\n', 'hello\n']) {
    const error = t.throws(() => splitDump(text, 'f', [knowsRules]), { code: 'usage' });
    t.regex(error?.message ?? '', /^f: /);
  }
});

test('what collect.sh could not get is as if it were not there', (t) => {
  const text =
    '### nft list ruleset\n# not available: nft is not installed\n### ipset save\n### iptables-save\n*nat\n# not available: x\n';
  t.deepEqual(
    splitDump(text, 'f', []).map(({ command }) => command),
    ['ipset save', 'iptables-save'],
  );
});

for (const [heading, command] of [
  ['sudo -n -u root /usr/sbin/iptables-save -c', 'iptables-save -c'],
  ['LC_ALL=C ip6tables-legacy-save', 'ip6tables-legacy-save'],
  ['$ ssh node1 sudo nft list ruleset', 'nft list ruleset'],
  ['kubectl exec -n kube-system kube-proxy-x -- iptables-save', 'iptables-save'],
  ['ip netns exec node1 iptables-save', 'iptables-save'],
  ['/usr/sbin/xtables-nft-multi iptables-save', 'iptables-save'],
  ['ip -o addr show', 'ip -o addr show'],
  ['kubectl get nodes', 'kubectl get nodes'],
] as const) {
  test(`the heading ### ${heading}`, (t) => {
    t.deepEqual(splitDump(`### ${heading}\n`, 'f', []), [{ command, text: '', file: 'f', line: 2 }]);
  });
}

test('a byte order mark is no part of the text', (t) => {
  t.is(splitDump('\uFEFF*nat\nCOMMIT\n', 'f', [knowsRules])[0]?.text, '*nat\nCOMMIT\n');
});
