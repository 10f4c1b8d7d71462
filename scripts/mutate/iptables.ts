import { iptablesVariant } from '../../src/kernel/netfilter.ts';
import { otherAddress } from './address.ts';
import { randomOnly } from './neutral.ts';
import { whyEitherOrder } from './swaps.ts';
import type { Change, Mutant, Place, Typed } from './types.ts';

/** A rule of a dump, with its place. */
interface Rule {
  readonly table: string;
  readonly chain: string;
  /** Counted from 1 within the chain. */
  readonly number: number;
  /** Without `-A CHAIN`. */
  readonly text: string;
}

interface Chain {
  readonly table: string;
  readonly name: string;
  /** Undefined for a chain that is not built in. */
  readonly policy: string | undefined;
  readonly rules: readonly Rule[];
}

/** The chains of an `iptables-save` text. */
export function chainsOf(save: string): readonly Chain[] {
  const chains = new Map<string, { table: string; name: string; policy: string | undefined; rules: Rule[] }>();
  let table = '';
  for (const line of save.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    const declared = /^:(\S+) (\S+)/.exec(line);
    if (declared !== null) {
      const [, name = '', policy = '-'] = declared;
      chains.set(`${table} ${name}`, { table, name, policy: policy === '-' ? undefined : policy, rules: [] });
    }
    const rule = /^-A (\S+) ?(.*)$/.exec(line);
    if (rule === null) continue;
    const chain = chains.get(`${table} ${rule[1]}`);
    chain?.rules.push({ table, chain: chain.name, number: chain.rules.length + 1, text: rule[2] ?? '' });
  }
  return [...chains.values()];
}

const saveProgram = () => `iptables-${iptablesVariant()}-save`;

function restore(table: string, ...lines: readonly string[]): Typed {
  const program = `iptables-${iptablesVariant()}-restore`;
  return { argv: [program, '--noflush'], input: [`*${table}`, ...lines, 'COMMIT', ''].join('\n') };
}

/** A way to write a rule differently; undefined where the rule has nothing of the kind. */
interface Rewrite {
  readonly kind: string;
  readonly of: (text: string) => string | undefined;
  readonly neutral?: string;
}

function replacing(kind: string, pattern: RegExp, by: (...groups: string[]) => string, neutral?: string): Rewrite {
  return {
    kind,
    of: (text) => (pattern.test(text) ? text.replace(pattern, (_, ...groups: string[]) => by(...groups)) : undefined),
    ...(neutral === undefined ? {} : { neutral }),
  };
}

const rewrites: readonly Rewrite[] = [
  replacing('DNAT to another address', /--to-destination ([\d.]+)/, (ip) => `--to-destination ${otherAddress(ip)}`),
  replacing('DNAT to another port', /(--to-destination [\d.]+:)(\d+)/, (to, port) => `${to}${Number(port) + 1}`),
  replacing('another probability', /--probability ([\d.]+)/, (p) => `--probability ${Number(p) < 0.4 ? '0.9' : '0.1'}`),
  replacing('another port', /--dport (\d+)/, (port) => `--dport ${Number(port) + 1}`),
  replacing('another destination', /(?<!! )-d ([\d.]+)\/32/, (ip) => `-d ${otherAddress(ip)}/32`),
  replacing('another source', /(?<!! )-s ([\d.]+)\/(\d+)/, () => '-s 192.0.2.0/24'),
  replacing('a source turned round', /! -s /, () => '-s '),
  replacing('a jump that returns at once', /-j KUBE-\S+/, () => '-j RETURN'),
  replacing('another mark is set', /--(set-xmark|or-mark) 0x4000/, (how) => `--${how} 0x1000`),
  replacing(
    'a mark turned round',
    /(! )?--mark (\S+)/,
    (not, mark) => `${not === undefined ? '! ' : ''}--mark ${mark}`,
  ),
  replacing(
    'a state turned round',
    /(! )?--ctstate (\S+)/,
    (not, state) => `${not === undefined ? '! ' : ''}--ctstate ${state}`,
  ),
  replacing('another protocol', /-p tcp (.*)-m tcp /, (between) => `-p udp ${between}-m udp `),
  replacing('accepted in place of dropped', /-j (DROP|REJECT)( --reject-with \S+)?$/, () => '-j ACCEPT'),
  replacing('dropped in place of accepted', /-j (ACCEPT|RETURN)$/, () => '-j DROP'),
  replacing('dropped in place of refused', /-j REJECT --reject-with \S+$/, () => '-j DROP'),
  replacing('a shorter time of affinity', /--seconds \d+/, () => '--seconds 1'),
  replacing('another comment', /--comment ("[^"]*"|\S+)/, () => '--comment mutant', 'A comment is for readers.'),
  replacing('source ports in order', / --random-fully/, () => '', randomOnly),
];

/** A change of a rule by its number, which a repair may have altered in a built-in chain. */
function atRule({ table, chain, text }: Rule, lines: (number: number) => string): Change {
  return async ({ read }) => {
    const chains = chainsOf(await read(saveProgram(), '-t', table));
    const rule = chains.find(({ name }) => name === chain)?.rules.find((other) => other.text === text);
    if (rule === undefined) throw new Error(`${table} has no rule ${chain} ${text}`);
    return restore(table, lines(rule.number));
  };
}

function rulesMutants(target: string, { name, policy, rules }: Chain): Mutant[] {
  return rules.flatMap((rule) => {
    const { table, chain, text } = rule;
    const what = `${table}: -A ${chain} ${text}`;
    const change = atRule(rule, (number) => `-D ${chain} ${number}`);
    const gone = { kind: 'iptables: a rule is gone', target, what, change };
    const others = rewrites.flatMap(({ kind, of, neutral }): Mutant[] => {
      const changed = of(text);
      if (changed === undefined || changed === text) return [];
      if (table === 'nat' && changed.endsWith('-j DROP')) return [];
      const change = atRule(rule, (number) => `-R ${chain} ${number} ${changed}`);
      const undo = policy === undefined ? {} : { undo: restore(table, `-D ${name} ${changed}`) };
      return [
        { kind: `iptables: ${kind}`, target, what, change, ...undo, ...(neutral === undefined ? {} : { neutral }) },
      ];
    });
    return [gone, ...others];
  });
}

function chainMutants(target: string, { table, name, policy, rules }: Chain): Mutant[] {
  const flushed: Mutant[] =
    rules.length === 0
      ? []
      : [
          {
            kind: 'iptables: a chain is empty',
            target,
            what: `${table}: ${name}`,
            change: restore(table, `-F ${name}`),
          },
        ];
  const swapped = (policy === undefined ? rules : []).slice(1).map((rule, at): Mutant => {
    const before = rules[at]?.text ?? '';
    const lines = [`-R ${name} ${at + 1} ${rule.text}`, `-R ${name} ${at + 2} ${before}`];
    const what = `${table}: ${name}: ${before} ⇄ ${rule.text}`;
    const neutral = whyEitherOrder(before, rule.text);
    const change = restore(table, ...lines);
    const known = neutral === undefined ? {} : { neutral };
    return { kind: 'iptables: two rules change places', target, what, change, ...known };
  });
  if (policy === undefined || table !== 'filter') return [...flushed, ...swapped];
  const what = `${table}: ${name}`;
  const undo = restore(table, `:${name} ${policy} [0:0]`);
  const change = restore(table, `:${name} DROP [0:0]`);
  return [...flushed, ...swapped, { kind: 'iptables: a policy of DROP', target, what, change, undo }];
}

/** Foreign rules that shadow those of a place's tables; nobody but their maker takes them away. */
function foreignMutants(target: string, tables: ReadonlySet<string>): Mutant[] {
  const rules = [
    ['nat', 'PREROUTING', '-p tcp -j ACCEPT'],
    ['nat', 'OUTPUT', '-p tcp -j ACCEPT'],
    ['nat', 'POSTROUTING', '-j ACCEPT'],
    ['filter', 'FORWARD', '-p tcp --dport 80 -j REJECT'],
    ['mangle', 'PREROUTING', '-p udp -j DROP'],
    ['raw', 'PREROUTING', '-p tcp -j NOTRACK'],
  ] as const;
  const known = rules.filter(([table]) => tables.has(table));
  return known.map(([table, chain, rule]) => ({
    kind: 'iptables: a rule of somebody else comes first',
    target,
    what: `${table}: -I ${chain} ${rule}`,
    change: restore(table, `-I ${chain} ${rule}`),
    undo: restore(table, `-D ${chain} ${rule}`),
  }));
}

/** Mutants of all of a place's iptables rules: each rule, each chain, each policy. */
export async function iptablesMutants({ target, read }: Place): Promise<readonly Mutant[]> {
  const save = await read(saveProgram());
  const chains = chainsOf(save);
  return [
    ...chains.flatMap((chain) => rulesMutants(target, chain)),
    ...chains.flatMap((chain) => chainMutants(target, chain)),
    ...foreignMutants(target, new Set(chains.map(({ table }) => table))),
  ];
}
