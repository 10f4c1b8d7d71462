import { readListing } from '../../src/plan/rulesets/nft-listing.ts';
import { otherAddress } from './address.ts';
import { randomOnly } from './neutral.ts';
import type { Change, Mutant, Place, Typed } from './types.ts';

const table = 'ip kube-proxy';

function nft(script: string): Typed {
  return { argv: ['nft', '-f', '-'], input: `${script}\n` };
}

interface Rewrite {
  readonly kind: string;
  readonly of: (text: string) => string;
  readonly neutral?: string;
}

const rewrites: readonly Rewrite[] = [
  {
    kind: 'DNAT to another address',
    of: (text) =>
      text.replace(/(0 : |dnat to )([\d.]+)(?=[ :]+[.\d])/, (_, to: string, ip: string) => to + otherAddress(ip)),
  },
  {
    kind: 'DNAT to another port',
    of: (text) =>
      text.replace(/(0 : [\d.]+ \. |dnat to [\d.]+:)(\d+)/, (_, to: string, port: string) => to + (Number(port) + 1)),
  },
  {
    kind: 'an endpoint less',
    of: (text) =>
      text.replace(
        /mod (\d+) (v?map) \{ (.*), \d+ : [^,]+ \}/,
        (_, n: string, map: string, list: string) => `mod ${Number(n) - 1} ${map} { ${list} }`,
      ),
  },
  {
    kind: 'an endpoint gets nine of ten',
    of: (text) =>
      text.replace(/mod 2 (v?map) \{ 0 : ([^,]+), 1 : ([^}]+) \}/, (_, map: string, a: string, b: string) => {
        const nine = Array.from({ length: 9 }, (_, at) => `${at} : ${a}`).join(', ');
        return `mod 10 ${map} { ${nine}, 9 : ${b} }`;
      }),
  },
  { kind: 'a jump that returns at once', of: (text) => text.replace(/(goto|jump) [\w./-]+(?=$| comment)/, 'return') },
  { kind: 'another mark is set', of: (text) => text.replace('meta mark | 0x00004000', 'meta mark | 0x00001000') },
  {
    kind: 'another mark is looked for',
    of: (text) => text.replace('meta mark & 0x00004000 != 0x00000000', 'meta mark & 0x00001000 != 0x00000000'),
  },
  {
    kind: 'a comparison turned round',
    of: (text) =>
      / != (?!0x)/.test(text) ? text.replace(' != ', ' ') : text.replace(/^ip (saddr|daddr) (?=[\d@])/, 'ip $1 != '),
  },
  { kind: 'another protocol', of: (text) => text.replace(/meta l4proto tcp/, 'meta l4proto udp') },
  { kind: 'accepted in place of dropped', of: (text) => text.replace(/\b(drop|reject)(?=$| comment)/, 'accept') },
  { kind: 'dropped in place of refused', of: (text) => text.replace(/\breject(?=$| comment)/, 'drop') },
  {
    kind: 'another type of address',
    of: (text) => text.replace(/fib (saddr|daddr) type local/, 'fib $1 type unicast'),
  },
  { kind: 'source ports in order', of: (text) => text.replace(/ fully-random/, ''), neutral: randomOnly },
  {
    kind: 'another comment',
    of: (text) => text.replace(/comment "[^"]*"/, 'comment "mutant"'),
    neutral: 'A comment is for readers.',
  },
];

interface Rule {
  readonly chain: string;
  readonly handle: string;
  readonly text: string;
}

/** The rules of an `nft -a list table` text. */
function rulesOf(listing: string): readonly Rule[] {
  let chain = '';
  return listing.split('\n').flatMap((line): Rule[] => {
    chain = /^\tchain (\S+) \{/.exec(line)?.[1] ?? (/^\t(set|map) /.test(line) ? '' : chain);
    const rule = /^\t\t(.*) # handle (\d+)$/.exec(line);
    return rule === null || chain === '' ? [] : [{ chain, text: rule[1] ?? '', handle: rule[2] ?? '' }];
  });
}

/** A change of a rule by its handle, which is another one after every repair. */
function atRule({ chain, text }: Rule, command: (at: string) => string): Change {
  return async ({ read }) => {
    const rules = rulesOf(await read('nft', '-a', 'list', 'chain', 'ip', 'kube-proxy', chain));
    const rule = rules.find((other) => other.text === text);
    if (rule === undefined) throw new Error(`chain ${chain} has no rule ${text}`);
    return nft(command(`rule ${table} ${chain} handle ${rule.handle}`));
  };
}

function ruleMutants(target: string, rule: Rule): Mutant[] {
  const { chain, text } = rule;
  const what = `${chain}: ${text}`;
  const gone = { kind: 'nftables: a rule is gone', target, what, change: atRule(rule, (at) => `delete ${at}`) };
  const others = rewrites.flatMap(({ kind, of, neutral }): Mutant[] => {
    const changed = of(text);
    if (changed === text) return [];
    const change = atRule(rule, (at) => `replace ${at} ${changed}`);
    return [{ kind: `nftables: ${kind}`, target, what, change, ...(neutral === undefined ? {} : { neutral }) }];
  });
  return [gone, ...others];
}

function elementMutants(target: string, listing: string): Mutant[] {
  const sets = [...(readListing(listing, 'ipv4')?.sets ?? [])];
  return sets
    .filter(([, { header }]) => !header.some((line) => line.includes('dynamic')))
    .flatMap(([set, { elements }]) =>
      [...elements].flatMap(([key, value]): Mutant[] => {
        const what = `${set}: ${key}${value}`;
        const gone = `delete element ${table} ${set} { ${key} }`;
        const changed = value.replace(/ : (goto \S+|drop)$/, (_, verdict: string) =>
          verdict === 'drop' ? ' : goto reject-chain' : ' : drop',
        );
        const other = { kind: 'nftables: an element with another verdict', target, what };
        return [
          { kind: 'nftables: an element is gone', target, what, change: nft(gone) },
          ...(changed === value
            ? []
            : [{ ...other, change: nft(`${gone}\nadd element ${table} ${set} { ${key}${changed} }`) }]),
        ];
      }),
    );
}

function chainMutants(target: string, listing: string): Mutant[] {
  const chains = [...(readListing(listing, 'ipv4')?.chains ?? [])];
  return chains.flatMap(([name, { header, rules }]): Mutant[] => {
    const hook = header.find((line) => line.startsWith('type '));
    const policy = (verdict: string) =>
      nft(`chain ${table} ${name} { ${hook?.replace(/policy \w+/, `policy ${verdict}`)} }`);
    return [
      ...(rules.length < 2
        ? []
        : [{ kind: 'nftables: a chain is empty', target, what: name, change: nft(`flush chain ${table} ${name}`) }]),
      ...(hook?.includes('filter hook') !== true
        ? []
        : [{ kind: 'nftables: a policy of drop', target, what: name, change: policy('drop'), undo: policy('accept') }]),
    ];
  });
}

/** Tables of somebody else that take packets before kube-proxy's does. */
function foreignMutants(target: string): Mutant[] {
  const chains = [
    ['nat hook prerouting priority -101', 'meta l4proto tcp dnat to 10.96.0.99'],
    ['filter hook forward priority 0', 'tcp dport 80 reject'],
    ['filter hook prerouting priority -300', 'meta l4proto tcp notrack'],
    ['filter hook input priority 10', 'udp dport 8472 drop'],
  ] as const;
  return chains.map(([hook, rule]) => ({
    kind: 'nftables: a table of somebody else comes first',
    target,
    what: `${hook}: ${rule}`,
    change: nft(`table ip stranger {\nchain first {\ntype ${hook};\n${rule}\n}\n}`),
    undo: nft('delete table ip stranger'),
  }));
}

/** Mutants of kube-proxy's table at a place: each rule, each element, each chain. */
export async function nftablesMutants({ target, read }: Place): Promise<readonly Mutant[]> {
  const handles = await read('nft', '-a', 'list', 'table', 'ip', 'kube-proxy');
  const listing = await read('nft', 'list', 'table', 'ip', 'kube-proxy');
  return [
    ...rulesOf(handles).flatMap((rule) => ruleMutants(target, rule)),
    ...elementMutants(target, listing),
    ...chainMutants(target, listing),
    ...foreignMutants(target),
  ];
}
