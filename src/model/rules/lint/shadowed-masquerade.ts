import { type IP, tryParseIP } from '../../../net/address.ts';
import type { BaseChain, Packet, RuleHit, World } from '../types.ts';
import { frontendsOf } from './frontends.ts';
import { shadowedChains } from './shadowed-chains.ts';
import { clients, isKube, keyOf, kubeJumps, noInterface, worldOf } from './trial.ts';
import type { Check, Finding, LintInput } from './types.ts';

/** The bit of KUBE-MARK-MASQ. */
const masqueradeMark = 0x4000;
/** So many endpoints of each family are tried. */
const mostEndpoints = 20;

function endpointsOf({ ruleSets }: LintInput): IP[] {
  const addresses = frontendsOf(ruleSets).flatMap(({ endpoints }) =>
    [...endpoints.keys()].flatMap((text) => tryParseIP(text.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')) ?? []),
  );
  return [...new Set(addresses)];
}

/** A packet to an endpoint, from outside, that kube-proxy has marked for masquerading. */
function markedPacket(family: BaseChain['family'], destination: IP): Packet {
  const tuple = { source: clients[family], destination, destinationPort: 80 };
  return {
    ...tuple,
    family,
    protocol: 'tcp',
    mark: masqueradeMark,
    outInterface: noInterface,
    remembered: new Map(),
    connection: { state: 'new', direction: 'original', original: tuple, dnat: true, snat: false, mark: 0 },
  };
}

/** The rule that lets the packet go without masquerading before it comes to kube-proxy's. */
function culprit(chain: BaseChain, packet: Packet, world: World): RuleHit | undefined {
  const [branch] = chain.run(packet, world);
  const last = branch?.hits.at(-1);
  if (branch?.verdict.kind !== 'accept' || branch.verdict.translation !== undefined) return undefined;
  return last === undefined || branch.hits.some(isKube) ? undefined : last;
}

function finding({ line, table, chain }: RuleHit, endpoint: IP): Finding {
  return {
    rule: 'shadowed',
    line,
    table,
    chain,
    what: `The rule takes packets to ${endpoint} before KUBE-POSTROUTING masquerades those that need it.`,
    effect: 'They keep their source address: answers go another way, and connections to node ports hang.',
    cure: 'Move the rule behind the jump to KUBE-POSTROUTING; find out which program put it there.',
  };
}

/** Rules of other tools that keep marked packets from being masqueraded. */
export const shadowedMasquerade: Check = (input) => {
  const world = worldOf(input);
  const jumps = kubeJumps(input);
  const told = new Set(shadowedChains(input).map(({ line }) => line));
  const chains = input.ruleSets
    .flatMap(({ baseChains }) => baseChains)
    .filter((chain) => chain.hook === 'postrouting' && jumps.has(keyOf(chain)));
  const found = new Map<number, Finding>();
  for (const chain of chains) {
    const own = endpointsOf(input).filter((ip) => ip.includes(':') === (chain.family === 'ipv6'));
    for (const endpoint of own.slice(0, mostEndpoints)) {
      const hit = culprit(chain, markedPacket(chain.family, endpoint), world);
      if (hit !== undefined && !told.has(hit.line) && !found.has(hit.line)) found.set(hit.line, finding(hit, endpoint));
    }
  }
  return [...found.values()];
};
