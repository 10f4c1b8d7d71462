import { type IP, parseIP } from '../../../net/address.ts';
import type { BaseChain, Branch, Hook, Packet, RuleHit, World } from '../types.ts';
import { type Frontend, frontendText } from './frontend.ts';
import { frontendsOf } from './frontends.ts';
import { shadowedChains } from './shadowed-chains.ts';
import { clients, isKube, keyOf, kubeJumps, noInterface, worldOf } from './trial.ts';
import type { Check, Finding, LintInput } from './types.ts';

function packetTo({ family, protocol, port }: Frontend, destination: IP, hook: Hook): Packet {
  const tuple = { source: clients[family], destination, destinationPort: port };
  return {
    ...tuple,
    family,
    protocol,
    mark: 0,
    ...(hook === 'prerouting' ? { inInterface: noInterface } : { outInterface: noInterface }),
    remembered: new Map(),
    connection: { state: 'new', direction: 'original', original: tuple, dnat: false, snat: false, mark: 0 },
  };
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
