import { familyOf, parseIP } from '../../../src/net/address.ts';
import { withConnectedRoutes } from '../../../src/plan/connected.ts';
import type {
  DesiredAddress,
  DesiredNetns,
  DesiredRoute,
  IptablesRuleset,
  NftRuleset,
  RulesetTable,
} from '../../../src/plan/desired.ts';
import { routeText } from '../../../src/plan/text.ts';
import { listedSourceFilter } from '../../../src/proxy/nftables/address-set.ts';
import { tableScript } from '../../../src/proxy/nftables/script.ts';

/** The addresses of lo, which the kernel gives it. */
function loopback({ sysctls }: DesiredNetns): readonly DesiredAddress[] {
  const noIPv6 = sysctls.some(({ key, value }) => key === 'net.ipv6.conf.all.disable_ipv6' && value === '1');
  const ipv4 = { device: 'lo', address: parseIP('127.0.0.1'), prefix: 8 };
  return noIPv6 ? [ipv4] : [ipv4, { device: 'lo', address: parseIP('::1'), prefix: 128 }];
}

const builtIn: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
};

/** The jumps as they stand once the programs have loaded theirs one after another: each puts its first ones on top. */
function jumpsOf(tables: readonly RulesetTable[]): readonly string[] {
  const lines = (jumps: RulesetTable['jumps']) => jumps.map(({ chain, rule }) => `-A ${chain} ${rule}`);
  const at = (position: 'first' | 'last') =>
    tables.map(({ jumps }) => lines(jumps.filter((jump) => jump.position === position)));
  return [...at('first').reverse().flat(), ...at('last').flat()];
}

/** Half a unit of the kernel's probabilities, which are 2^31sts. */
const halfUnit = 2 ** -32;

/** Release 1.8 writes 1/n with five digits, which is not quite the same share. It is taken for what it is meant to be. */
function asMeant(rule: string): string {
  return rule.replace(/(?<=--probability )0\.\d+(?= )/, (text) => {
    const exact = 1 / Math.round(1 / Number(text));
    const wasRounded = Math.abs(Number(exact.toFixed(5)) - Number(text)) <= halfUnit;
    return wasRounded ? exact.toFixed(11) : text;
  });
}

function tableText(name: string, tables: readonly RulesetTable[]): string {
  const chains = tables.flatMap((table) => [...table.chains]);
  return [
    `*${name}`,
    ...(builtIn[name] ?? []).map((chain) => `:${chain} ACCEPT [0:0]`),
    ...[...new Set(chains.map(([chain]) => chain))].map((chain) => `:${chain} - [0:0]`),
    ...jumpsOf(tables),
    ...chains.flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${asMeant(rule)}`)),
    'COMMIT',
    '',
  ].join('\n');
}

function iptablesSection(command: string, rulesets: readonly IptablesRuleset[]): string {
  const byName = Map.groupBy(
    rulesets.flatMap(({ tables }) => tables),
    ({ table }) => table,
  );
  return `### ${command}\n${[...byName].map(([name, tables]) => tableText(name, tables)).join('')}`;
}

/** The table as the kernel lists it: of sets of networks, it joins those that overlap. */
function listed({ table }: NftRuleset): string {
  return tableScript(table).replaceAll(/\S.*/g, listedSourceFilter);
}

function rulesSections({ rulesets }: DesiredNetns): readonly string[] {
  const of = (loader: IptablesRuleset['loader']) =>
    rulesets.filter((one): one is IptablesRuleset => one.loader === loader);
  const nft = rulesets.filter((one): one is NftRuleset => one.loader === 'nft');
  return [
    iptablesSection('iptables-save', of('iptables')),
    iptablesSection('ip6tables-save', of('ip6tables')),
    ...(nft.length === 0 ? [] : [`### nft list ruleset\n${nft.map(listed).join('')}`]),
  ];
}

function addressLine({ device, address, prefix }: DesiredAddress, at: number): string {
  const six = familyOf(address) === 'ipv6';
  const scope = device === 'lo' ? 'host' : address.startsWith('fe80:') ? 'link' : 'global';
  return `${at + 1}: ${device}    inet${six ? '6' : ''} ${address}/${prefix} scope ${scope} ${device}`;
}

function routeSection(command: string, routes: readonly DesiredRoute[]): string {
  return `### ${command}\n${routes.map((route) => `${routeText(route)}\n`).join('')}`;
}

function routeSections(netns: DesiredNetns): readonly string[] {
  const { routes } = withConnectedRoutes(netns, netns.addresses);
  return [
    routeSection(
      'ip -4 route show',
      routes.filter(({ to }) => familyOf(to) === 'ipv4'),
    ),
    routeSection(
      'ip -6 route show',
      routes.filter(({ to }) => familyOf(to) === 'ipv6'),
    ),
  ];
}

/**
 * The namespace as `svclab collect` would print it if it was what it should be: rules, addresses, routes, sysctls. The
 * names of loaded programs' chains and the order of their jumps are those that loading gives.
 */
export function dumpOf(netns: DesiredNetns): string {
  return [
    ...rulesSections(netns),
    `### ip -o addr show\n${[...loopback(netns), ...netns.addresses].map(addressLine).join('\n')}\n`,
    ...routeSections(netns),
    `### sysctl -a\n${netns.sysctls.map(({ key, value }) => `${key} = ${value}\n`).join('')}`,
  ].join('');
}
