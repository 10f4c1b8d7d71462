import { priorities } from '../model/rules/nft/constants.ts';

/** Where a base chain hangs. */
export interface BaseChain {
  readonly hook: string;
  readonly priority: number;
}

/** The rules of one network namespace, to name those that the kernel speaks of by number or handle. */
export interface RuleBook {
  /** iptables: the rules of a chain in their order; undefined for a chain that there is not. */
  readonly chain: (family: 'ipv4' | 'ipv6', table: string, chain: string) => readonly string[] | undefined;
  /** nftables: number in its chain and text of the rule with the handle; the table as `FAMILY NAME`. */
  readonly byHandle: (
    table: string,
    chain: string,
    handle: bigint,
  ) => { readonly number: number; readonly rule: string } | undefined;
  /** nftables: where a base chain hangs; undefined for other chains. */
  readonly base: (table: string, chain: string) => BaseChain | undefined;
}

/** The chains of an `iptables-save` text by `TABLE CHAIN`. */
function readIptables(text: string): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, string[]>();
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    else if (line.startsWith(':')) chains.set(`${table} ${line.slice(1, line.indexOf(' '))}`, []);
    else if (line.startsWith('-A ')) {
      const [, chain = '', rule = ''] = /^-A (\S+) ?(.*)$/.exec(line) ?? [];
      chains.get(`${table} ${chain}`)?.push(rule);
    }
  }
  return chains;
}

/** Netfilter's number for a priority as nft writes it: `filter`, `dstnat - 10`, `-5`. */
function priorityOf(text: string): number {
  const [, name, sign, distance = '0'] = /^([a-z]+)?\s*(?:([+-])\s*)?(\d+)?$/.exec(text.trim()) ?? [];
  const base = name === undefined ? 0 : (priorities[name] ?? 0);
  return base + (sign === '-' ? -Number(distance) : Number(distance));
}

interface NftChain {
  readonly base?: BaseChain;
  readonly rules: ReadonlyMap<bigint, { readonly number: number; readonly rule: string }>;
}

/** The chains of `nft -a list ruleset` by `FAMILY TABLE CHAIN`. */
function readNft(text: string): ReadonlyMap<string, NftChain> {
  const chains = new Map<string, NftChain>();
  let table = '';
  let chain: { base?: BaseChain; rules: Map<bigint, { number: number; rule: string }> } | undefined;
  for (const line of text.split('\n')) {
    const [, family, name] = /^table (\S+) (\S+) \{/.exec(line) ?? [];
    if (family !== undefined) table = `${family} ${name}`;
    const [, opened] = /^\tchain (\S+) \{/.exec(line) ?? [];
    if (opened !== undefined) {
      chain = { rules: new Map() };
      chains.set(`${table} ${opened}`, chain);
    } else if (line === '\t}') chain = undefined;
    if (chain === undefined) continue;
    const [, hook, priority] = /^\t\ttype \S+ hook (\S+)(?: device \S+)? priority ([^;]+);/.exec(line) ?? [];
    if (hook !== undefined) chain.base = { hook: hook.toUpperCase(), priority: priorityOf(priority ?? '0') };
    const [, rule = '', handle] = /^\t\t(.*) # handle (\d+)$/.exec(line) ?? [];
    if (handle !== undefined) chain.rules.set(BigInt(handle), { number: chain.rules.size + 1, rule });
  }
  return chains;
}

/** The book of a namespace's dumps: `iptables-save`, `ip6tables-save` and `nft -a list ruleset`. */
export function ruleBook(dumps: { readonly ipv4: string; readonly ipv6: string; readonly nft: string }): RuleBook {
  const iptables = { ipv4: readIptables(dumps.ipv4), ipv6: readIptables(dumps.ipv6) };
  const nft = readNft(dumps.nft);
  return {
    chain: (family, table, chain) => iptables[family].get(`${table} ${chain}`),
    byHandle: (table, chain, handle) => nft.get(`${table} ${chain}`)?.rules.get(handle),
    base: (table, chain) => nft.get(`${table} ${chain}`)?.base,
  };
}
