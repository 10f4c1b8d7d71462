import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { lint } from './lint.ts';
import { readForLint } from './read.ts';
import type { Finding } from './types.ts';

function dump(mode: 'iptables' | 'nftables'): string {
  return readFileSync(join(import.meta.dirname, 'testdata', `${mode}.dump`), 'utf8');
}

function findings(text: string, cluster?: string): Finding[] {
  const expected = cluster === undefined ? undefined : readForLint(cluster, 'cluster').ruleSets;
  return lint(readForLint(text, 'node.dump'), expected);
}

/** The lines of the text without those that match; the dump has to have some. */
function without(text: string, pattern: RegExp): string {
  const lines = text.split('\n');
  const kept = lines.filter((line) => !pattern.test(line));
  if (kept.length === lines.length) throw new Error(`no line matches ${pattern}`);
  return kept.join('\n');
}

function replaced(text: string, pattern: RegExp | string, by: string): string {
  const changed = text.replace(pattern, by);
  if (changed === text) throw new Error(`nothing matches ${pattern}`);
  return changed;
}

/** The line that matches, moved to the end of those that begin with the same two words. */
function movedDown(text: string, pattern: RegExp): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => pattern.test(line));
  const [line = ''] = lines.splice(at, 1);
  const last = lines.findLastIndex((one) => one.startsWith(line.split(' ', 2).join(' ')));
  return lines.toSpliced(last + 1, 0, line).join('\n');
}

/** Number of the first line that matches, from 1. */
function lineOf(text: string, pattern: RegExp): number {
  return text.split('\n').findIndex((line) => pattern.test(line)) + 1;
}

/** The section of this command, with its heading. */
function section(text: string, command: string): string {
  const [, found = ''] = new RegExp(`^(### ${command}\\n[^]*?)^###`, 'm').exec(text) ?? [];
  return found;
}

const iptables = dump('iptables');
const nftables = dump('nftables');
const oldSet = '### ipset save\ncreate KUBE-CLUSTER-IP hash:ip,port family inet\n';
const otherTable = `table ip docker {
	chain pre {
		type nat hook prerouting priority dstnat - 5; policy accept;
		ip daddr 10.110.15.31 tcp dport 8080 dnat to 172.17.0.2:80
	}
}
`;

/** What is broken, the rules of the findings, and a line that one of them has to name. */
const broken: Readonly<Record<string, readonly [text: string, rules: readonly string[], line?: RegExp]>> = {
  'no jump from PREROUTING': [without(iptables, /^-A PREROUTING .*KUBE-SERVICES/), ['missing-jump']],
  'no jump from OUTPUT in nat': [replaced(iptables, /-A OUTPUT .*KUBE-SERVICES\n/, ''), ['missing-jump']],
  'no jump from POSTROUTING': [without(iptables, /^-A POSTROUTING .*KUBE-POSTROUTING/), ['missing-jump']],
  'a Service without a rule in KUBE-SERVICES': [
    without(iptables, /^-A KUBE-SERVICES .*IYRDZZKXS5EOQ6Q6/),
    ['unreachable-chain'],
    /^:KUBE-SVC-IYRDZZKXS5EOQ6Q6/,
  ],
  'a flushed Service': [
    without(iptables, /^-A KUBE-SVC-IYRDZZKXS5EOQ6Q6/),
    ['unreachable-chain', 'unreachable-chain', 'unreachable-chain', 'service-without-rules'],
  ],
  'a wrong probability': [
    replaced(iptables, '0.50000000000', '0.25000000000'),
    ['wrong-probability'],
    /0\.25000000000/,
  ],
  'a last endpoint by chance': [
    replaced(
      iptables,
      /-j KUBE-SEP-5LQMHQPAVPIFDT2U/,
      '-m statistic --mode random --probability 0.5 -j KUBE-SEP-5LQMHQPAVPIFDT2U',
    ),
    ['wrong-probability'],
  ],
  'a mark that comes late': [movedDown(iptables, /^-A KUBE-SVC-IYRDZZKXS5EOQ6Q6 ! -s/), ['masquerade-order'], /./],
  'a hairpin mark that comes late': [
    movedDown(iptables, /^-A KUBE-SEP-\S+ -s \S+ .*KUBE-MARK-MASQ/),
    ['masquerade-order'],
  ],
  'everything masqueraded': [
    without(iptables, /^-A KUBE-POSTROUTING .*-j RETURN/),
    ['masquerade-order'],
    /^-A KUBE-POSTROUTING .*MASQUERADE/,
  ],
  'no masquerading': [without(iptables, /^-A KUBE-POSTROUTING .*-j MASQUERADE/), ['masquerade-order']],
  'the mark taken off behind MASQUERADE': [movedDown(iptables, /^-A KUBE-POSTROUTING -j MARK/), ['masquerade-order']],
  'another mark': [
    replaced(
      iptables,
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x8000/0x8000',
    ),
    ['masquerade-order'],
  ],
  'an empty KUBE-MARK-MASQ': [without(iptables, /^-A KUBE-MARK-MASQ/), ['masquerade-order']],
  'a rule for everything before the jump': [
    replaced(iptables, /^-A PREROUTING /m, '-A PREROUTING -j ACCEPT\n-A PREROUTING '),
    ['shadowed'],
    /^-A PREROUTING -j ACCEPT/,
  ],
  'a rule that keeps the network of Services from kube-proxy': [
    replaced(iptables, /^-A PREROUTING /m, '-A PREROUTING -d 10.96.0.0/12 -j RETURN\n-A PREROUTING '),
    ['shadowed'],
    /-d 10\.96\.0\.0\/12 -j RETURN/,
  ],
  'a rule that lets packets to Pods go before they are masqueraded': [
    replaced(
      iptables,
      /^-A POSTROUTING /m,
      '-A POSTROUTING ! -s 10.244.0.0/16 -d 10.244.0.0/16 -j RETURN\n-A POSTROUTING ',
    ),
    ['shadowed'],
    /-d 10\.244\.0\.0\/16 -j RETURN/,
  ],
  'a rule that takes packets from conntrack': [
    replaced(
      iptables,
      /^\*nat$/m,
      '*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j CT --notrack\nCOMMIT\n*nat',
    ),
    ['shadowed'],
    /--notrack/,
  ],
  'a published port of Docker on a node port': [
    replaced(
      replaced(iptables, /^-A PREROUTING /m, '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n-A PREROUTING '),
      /^(:KUBE-MARK-MASQ .*)$/m,
      '$1\n:DOCKER - [0:0]\n-A DOCKER ! -i docker0 -p tcp -m tcp --dport 30080 -j DNAT --to-destination 172.17.0.2:80',
    ),
    ['shadowed'],
    /--dport 30080 -j DNAT/,
  ],
  'a published port of Docker elsewhere': [
    replaced(
      replaced(iptables, /^-A PREROUTING /m, '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n-A PREROUTING '),
      /^(:KUBE-MARK-MASQ .*)$/m,
      '$1\n:DOCKER - [0:0]\n-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
    ),
    [],
  ],
  'ip_forward off': [
    replaced(iptables, 'net.ipv4.ip_forward = 1', 'net.ipv4.ip_forward = 0'),
    ['sysctl-off'],
    /ip_forward/,
  ],
  'bridge-nf off': [
    replaced(nftables, 'bridge-nf-call-iptables = 1', 'bridge-nf-call-iptables = 0'),
    ['sysctl-off'],
    /bridge-nf-call-iptables/,
  ],
  'both modes': [iptables + nftables, ['leftovers']],
  'ipvs beside iptables': [iptables + oldSet, ['leftovers'], /^create KUBE-CLUSTER-IP/],
  'ipvs beside nftables': [nftables + oldSet, ['leftovers']],
  'legacy and nft': [
    `${iptables}${section(iptables, 'iptables-save').replace('### iptables-save', '### iptables-legacy-save').replace('10.244.3.3:80', '10.244.3.9:80')}`,
    ['leftovers'],
  ],
  'nft: no jump from nat-prerouting': [
    replaced(nftables, /(chain nat-prerouting \{\n.*\n)\t\tjump services\n/, '$1'),
    ['missing-jump'],
    /chain nat-prerouting/,
  ],
  'nft: no jump to masquerading': [without(nftables, /^\t\tjump masquerading/), ['missing-jump']],
  'nft: a Service that no element leads to': [
    replaced(nftables, /10\.110\.15\.31 \. tcp \. 8080 : goto [^\s,]+,?/, ''),
    ['unreachable-chain'],
  ],
  'nft: a flushed Service': [
    replaced(nftables, /\t\tmeta l4proto tcp dnat ip to numgen random mod 3 .*\n/, ''),
    ['service-without-rules'],
  ],
  'nft: numbers that lead nowhere': [
    replaced(nftables, 'numgen random mod 3', 'numgen random mod 4'),
    ['wrong-probability'],
    /mod 4/,
  ],
  'nft: an endpoint that is never chosen': [
    replaced(nftables, 'numgen random mod 3', 'numgen random mod 2'),
    ['wrong-probability'],
  ],
  'nft: the mark set late': [
    replaced(nftables, /(\t\tip daddr @cluster-ips ip saddr .*\n)(\t\tip daddr \. meta .*vmap @service-ips\n)/, '$2$1'),
    ['masquerade-order'],
  ],
  'nft: everything masqueraded': [
    replaced(nftables, /meta mark & 0x00004000 != 0x00000000 (meta mark set meta mark)/, '$1'),
    ['masquerade-order'],
  ],
  'nft: another table before': [
    replaced(nftables, 'table ip kube-proxy', `${otherTable}table ip kube-proxy`),
    ['shadowed'],
    /dnat to 172/,
  ],
};

for (const [name, [text, rules, line]] of Object.entries(broken)) {
  test(`lint finds: ${name}`, (t) => {
    const found = findings(text);
    t.deepEqual(
      found.map(({ rule }) => rule),
      rules,
    );
    if (line !== undefined)
      t.true(
        found.some((one) => line.test(text.split('\n')[(one.line ?? 0) - 1] ?? '')),
        JSON.stringify(found),
      );
    for (const { what, effect, cure } of found) t.regex(`${what}\n${effect}\n${cure}`, /^.+\.\n.+\.\n.+\.$/);
  });
}

test('nothing is found where nothing is wrong', (t) => {
  t.deepEqual(findings(iptables, iptables), []);
  t.deepEqual(findings(nftables, nftables), []);
});

test('one program under two names is no leftover', (t) => {
  const again = section(iptables, 'iptables-save').replace('### iptables-save', '### iptables-legacy-save');
  t.deepEqual(findings(iptables + again), []);
});

test('rules of iptables-nft that both programs print are no leftovers', (t) => {
  const copy =
    '### nft list ruleset\ntable ip nat {\n\tchain KUBE-SERVICES {\n\t\tcounter packets 0 bytes 0 jump KUBE-MARK-MASQ\n\t}\n\tchain KUBE-MARK-MASQ {\n\t}\n}\n';
  t.deepEqual(findings(iptables + copy), []);
});

test('what is not as the cluster asks for', (t) => {
  const gone = replaced(iptables, /--to-destination 10\.244\.3\.3:80/, '--to-destination 10.244.3.99:80');
  t.deepEqual(
    findings(gone, iptables).map(({ rule, line }) => [rule, line]),
    [
      ['missing-endpoint', lineOf(iptables, /^-A KUBE-SERVICES .*IYRDZZKXS5EOQ6Q6/)],
      ['stale-endpoint', lineOf(gone, /10\.244\.3\.99/)],
    ].sort((a, b) => Number(a[1]) - Number(b[1])),
  );
  const [missing] = findings(without(iptables, /^-A KUBE-NODEPORTS .*30080/), iptables);
  t.like(missing, { rule: 'service-without-rules', table: 'nat' });
  t.regex(missing?.what ?? '', /node port 30080\/tcp/);
  const [stale] = findings(nftables, replaced(nftables, /10\.110\.15\.31 \. tcp \. 8080 : goto [^\s,]+,?/, ''));
  t.like(stale, { rule: 'stale-service', table: 'ip kube-proxy' });
  t.deepEqual(
    findings(nftables, replaced(nftables, /0 : 10\.244\.2\.4 \. 80/, '0 : 10.244.2.77 . 80'))
      .map(({ rule }) => rule)
      .sort(),
    ['missing-endpoint', 'stale-endpoint'],
  );
});

test('a damaged dump is an error with its line', (t) => {
  const cut = iptables.split('\n').slice(0, 30).join('\n');
  t.like(
    t.throws(() => findings(cut)),
    { code: 'usage' },
  );
});

test('a dump of rules of other programs only', (t) => {
  t.deepEqual(
    findings(
      '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n',
    ),
    [],
  );
});

const golden = join(import.meta.dirname, '..', '..', '..', 'proxy', 'testdata');

/** The dump of 1.8 holds kube-proxy's own chains only, without the jumps to them. */
test('nothing is found in what the real kube-proxy made', (t) => {
  const files = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.(rules6?|nft)$/.test(path) && !/ipvs|v1\.8/.test(path),
  );
  t.true(files.length > 50, `only ${files.length} files`);
  for (const file of files) t.deepEqual(findings(readFileSync(join(golden, file), 'utf8')), [], file);
});
