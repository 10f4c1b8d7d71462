import { type IP, parseIP } from '../../../net/address.ts';
import { certain } from '../../fraction.ts';
import type { BaseChain, Branch, Hook, Packet, RuleHit, World } from '../types.ts';
import { type Frontend, frontendText } from './frontend.ts';
import { frontendsOf } from './frontends.ts';
import { shadowedChains } from './shadowed-chains.ts';
import type { Check, Finding, LintInput } from './types.ts';
import { viewsOf } from './view.ts';

/** Whom the packets are from that are tried; addresses for documentation, so that no rule means them alone. */
const clients = { ipv4: parseIP('203.0.113.254'), ipv6: parseIP('2001:db8::fffe') };
/** No interface of this name is on the node; rules that name theirs do not match. */
const inInterface = 'svclab-lint';

function worldOf({ addresses, sysctls }: LintInput): World {
  return {
    addressType: (address) => (addresses.has(address) || /^127\.|^::1$/.test(address) ? 'local' : 'unicast'),
    route: () => [{ type: 'unicast', share: certain, text: '' }],
    set: () => undefined,
    sysctl: (name) => sysctls.get(name),
    wantsShadowed: false,
  };
}

function packetTo({ family, protocol, port }: Frontend, destination: IP, hook: Hook): Packet {
  const tuple = { source: clients[family], destination, destinationPort: port };
  return {
    ...tuple,
    family,
    protocol,
    mark: 0,
    ...(hook === 'prerouting' ? { inInterface } : { outInterface: inInterface }),
    remembered: new Map(),
    connection: { state: 'new', direction: 'original', original: tuple, dnat: false, snat: false, mark: 0 },
  };
}

function isKubeName(chain: string): boolean {
  return chain.startsWith('KUBE-');
}

function isKube({ table, chain, verdict }: RuleHit): boolean {
  return isKubeName(chain) || / kube-proxy$/.test(table) || / KUBE-/.test(verdict);
}

/** A chain as the views of a dump know it. */
function keyOf({ table, chain, family }: Pick<BaseChain, 'table' | 'chain' | 'family'>): string {
  return `${family} ${table} ${chain}`;
}

/** The built-in chains of NAT that jump to kube-proxy's: who does not come so far is kept from it. */
function kubeJumps({ ruleSets }: LintInput): ReadonlySet<string> {
  const found = viewsOf(ruleSets)
    .filter(({ kind, name }) => kind === 'iptables' && name === 'nat')
    .flatMap(({ name: table, family, chains }) =>
      [...chains.values()]
        .filter(({ hook, rules }) => hook !== undefined && rules.some(({ calls }) => calls.some(isKubeName)))
        .flatMap(({ name: chain }) => (family === 'inet' ? [] : [keyOf({ table, chain, family })])),
    );
  return new Set(found);
}

/** The rule of another tool that decided before any of kube-proxy's was met. */
function culprit({ hits, verdict, packet }: Branch, before: Packet, mustMeetKube: boolean): RuleHit | undefined {
  const last = hits.at(-1);
  if (last === undefined || hits.some(isKube)) return undefined;
  const decided =
    mustMeetKube ||
    verdict.kind === 'drop' ||
    verdict.kind === 'reject' ||
    ('translation' in verdict && verdict.translation !== undefined) ||
    packet.connection.state !== before.connection.state;
  return decided ? last : undefined;
}

/** Runs the chains of the hook until one is kube-proxy's own, or somebody else decides. */
function shadowAt(
  chains: readonly BaseChain[],
  packet: Packet,
  { world, jumps }: { readonly world: World; readonly jumps: ReadonlySet<string> },
): RuleHit | undefined {
  let current = packet;
  for (const chain of chains) {
    const [branch] = chain.run(current, world);
    if (branch === undefined || branch.verdict.kind === 'unknown') return undefined;
    const found = culprit(branch, current, jumps.has(keyOf(chain)));
    if (found !== undefined) return found;
    if (chain.type === 'nat' && branch.hits.some(isKube)) return undefined;
    current = branch.packet;
  }
  return undefined;
}

function destinationsOf(frontend: Frontend, { addresses }: LintInput): IP[] {
  if (frontend.address !== undefined) return [frontend.address];
  const own = [...addresses].filter((one) => one.includes(':') === (frontend.family === 'ipv6'));
  return own
    .filter((one) => !/^(127\.|::1$|fe80:)/.test(one))
    .slice(0, 1)
    .map(parseIP);
}

function finding(hit: RuleHit, frontends: readonly Frontend[]): Finding {
  const [first] = frontends;
  const more = frontends.length > 1 ? ` and ${frontends.length - 1} more` : '';
  return {
    rule: 'shadowed',
    line: hit.line,
    table: hit.table,
    chain: hit.chain,
    what: `The rule takes packets to ${first === undefined ? '' : frontendText(first)}${more} before kube-proxy's rules see them (${hit.verdict}).`,
    effect: 'Connections there end elsewhere or fail, although the Service and its rules are right.',
    cure: 'Give the Service another port or address, or take the rule away where it comes from (Docker: a published port; firewalld: a zone).',
  };
}

/** Rules of other tools that decide about packets to Services before kube-proxy's rules do; those for all packets apart. */
export const shadowedServices: Check = (input) => {
  const ground = { world: worldOf(input), jumps: kubeJumps(input) };
  const all = input.ruleSets.flatMap(({ baseChains }) => baseChains).sort((a, b) => a.priority - b.priority);
  const shadows = new Map<number, { hit: RuleHit; frontends: Frontend[] }>();
  for (const hook of ['prerouting', 'output'] as const) {
    const chains = { ipv4: [] as BaseChain[], ipv6: [] as BaseChain[] };
    for (const chain of all) if (chain.hook === hook) chains[chain.family].push(chain);
    for (const frontend of frontendsOf(input.ruleSets)) {
      for (const destination of destinationsOf(frontend, input)) {
        const hit = shadowAt(chains[frontend.family], packetTo(frontend, destination, hook), ground);
        if (hit === undefined) continue;
        const shadow = shadows.get(hit.line) ?? { hit, frontends: [] };
        if (!shadow.frontends.includes(frontend)) shadow.frontends.push(frontend);
        shadows.set(hit.line, shadow);
      }
    }
  }
  const told = new Set(shadowedChains(input).map(({ line }) => line));
  return [...shadows.values()].flatMap(({ hit, frontends }) => (told.has(hit.line) ? [] : [finding(hit, frontends)]));
};
