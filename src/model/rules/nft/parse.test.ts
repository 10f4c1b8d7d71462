import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { type NftablesRuleSet, nftables } from './rule-set.ts';

const parse = (text: string, line = 1) => nftables.parse({ command: 'nft list ruleset', text, file: 'f', line });
const testdata = join(import.meta.dirname, 'testdata');
const read = (name: string) => readFileSync(join(testdata, name), 'utf8');

test('statements of many kinds', (t) => {
  const { baseChains, unknown } = parse(read('statements.nft'));
  t.deepEqual(
    baseChains
      .filter(({ family }) => family === 'ipv6')
      .map(({ chain, hook, priority, type }) => [chain, hook, priority, type]),
    [
      ['prerouting', 'prerouting', -300, 'filter'],
      ['inp', 'input', 0, 'filter'],
      ['n', 'prerouting', -100, 'nat'],
      ['po', 'postrouting', 100, 'nat'],
    ],
  );
  t.deepEqual(
    unknown.map((one) => one.replace(/^line \d+: /, '')),
    [
      'svclab does not know "ip dscp cs1 meta priority set 1:2"',
      'svclab does not know "-"17:00" meta day "Monday" drop"',
    ],
  );
});

test('rules of iptables-nft', (t) => {
  t.deepEqual(
    parse(read('iptables-nft.nft')).unknown.map((one) => one.replace(/^line \d+: /, '')),
    ['svclab does not know "xt match set counter packets 0 bytes 0 drop"'],
  );
});

const golden = join(import.meta.dirname, '..', '..', '..', 'proxy', 'testdata', 'v1.36.2', 'nftables');

test('listings of the real kube-proxy, whole', (t) => {
  const files = readdirSync(golden).filter((name) => name.endsWith('.nft'));
  t.true(files.length > 25);
  for (const name of files) {
    const text = readFileSync(join(golden, name), 'utf8');
    const set = parse(text) as NftablesRuleSet;
    t.deepEqual(set.unknown, [], name);
    const chains = set.tables.flatMap((table) => [...table.chains.values()]);
    t.is(chains.length, text.split(/^\tchain /m).length - 1, name);
    const lines = text.split('\n');
    for (const { rules } of chains) for (const rule of rules) t.is(rule.text, lines[rule.line - 1]?.trim() ?? '', name);
  }
});

/** Damaged texts, with the line of the error. */
const damaged: readonly (readonly [text: string, line: number, message: RegExp])[] = [
  ['table ip t {\nchain a {\ndrop\n', 4, /does not end/],
  ['table ip t {\n', 2, /does not end/],
  ['table xx t {\n}\n', 1, /no family/],
  ['tabel ip t {\n}\n', 1, /expected "table"/],
  ['table ip t {\nchain a {\nip daddr\n}\n}\n', 3, /missing/],
  ['table ip t {\nchain a {\nip\n}\n}\n', 3, /cut/],
  ['table ip t {\nchain a {\nip daddr 10.0.0.300 drop\n}\n}\n', 3, /10\.0\.0\.300/],
  ['table ip t {\nchain a {\ntcp dport 80 jump b\n}\n}\n', 3, /chain b is not in table t/],
  ['table ip t {\nchain a {\ntcp dport { 80, 81 drop\n}\n}\n', 3, /expected ","/],
  ['table ip t {\nchain a {\nip saddr @s drop\n}\n}\n', 3, /set s is not in table t/],
  ['table ip t {\nmap m {\ntype inet_service : verdict\nelements = { 80 : goto b }\n}\n}\n', 4, /chain b/],
  ['table ip t {\nset s {\ntype ipv4_addr\nelements = { 1.2.3.4 : drop }\n}\n}\n', 4, /expected ","/],
  ['table ip t {\nset s {\nelements = { 1.2.3.4 }\n}\n}\n', 3, /before its type/],
  ['table ip t {\nchain a {\n}\nchain a {\n}\n}\n', 4, /twice/],
  ['table ip t {\nchain a {\nlog prefix "x\n}\n}\n', 3, /quotes/],
  ['table ip t {\nchain a {\nnumgen random mod 0 vmap { 0 : drop }\n}\n}\n', 3, /mod 0/],
  ['table ip t {\nchain a {\ntype filter hook input priority often; policy accept;\n}\n}\n', 3, /priority/],
];
for (const [text, line, message] of damaged) {
  test(`damaged: ${JSON.stringify(text)}`, (t) => {
    const error = t.throws(() => parse(text, 11), { code: 'usage', message }) as Error & { place: { line: number } };
    t.is(error.place.line, 10 + line);
  });
}

test('any cut of a listing is an error, or ends between two tables', (t) => {
  const text = readFileSync(join(golden, 'dual-stack.nft'), 'utf8');
  const between = text.indexOf('\n}\n') + 2;
  for (let end = 37; end < text.length - 1; end += 97) {
    if (end !== between) t.throws(() => parse(text.slice(0, end)), { code: 'usage' }, `cut at ${end}`);
  }
});

test('what is not of IP is left out and told', (t) => {
  const { baseChains, unknown } = parse(
    'table bridge b {\nchain c {\ntype filter hook forward priority 0; policy accept;\ndrop\n}\n}\n',
  );
  t.deepEqual(baseChains, []);
  t.regex(unknown[0] ?? '', /line 2: chain c of table bridge b/);
});

test('a dormant table does nothing; old and new spellings are read', (t) => {
  t.deepEqual(
    parse(
      'table ip t {\n\tflags dormant\n\tchain c {\n\t\ttype filter hook input priority filter + 5; policy drop;\n\t}\n}\n',
    ).baseChains,
    [],
  );
  const [chain] = parse(
    'table ip t {\r\n\tcomment "a \t b"\r\n\tchain c { # handle 3\r\n\t\ttype filter hook input priority -5; policy drop;\r\n\t}\r\n}\r\n',
  ).baseChains;
  t.like(chain, { priority: -5, hook: 'input' });
});

test('texts that it knows without a heading', (t) => {
  t.is(
    nftables.recognise(['', '# Warning: table ip nat is managed by iptables-nft, do not touch!', 'table ip nat {']),
    'nft list ruleset',
  );
  t.is(nftables.recognise(['*nat']), undefined);
  t.true(nftables.isCommand('nft list ruleset'));
  t.true(nftables.isCommand('nft -a list table ip kube-proxy'));
  t.false(nftables.isCommand('nft --version'));
});
