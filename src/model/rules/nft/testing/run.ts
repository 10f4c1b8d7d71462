import { parseIP } from '../../../../net/address.ts';
import { certain, formatFraction } from '../../../fraction.ts';
import type { Branch, Packet, World } from '../../types.ts';
import { nftables } from '../rule-set.ts';

/** A packet of TCP from 10.0.0.1 on eth0 to 10.96.0.1:80, except for what is given. */
export function packet(given: Partial<Packet> = {}): Packet {
  const source = given.source ?? parseIP('10.0.0.1');
  const destination = given.destination ?? parseIP('10.96.0.1');
  return {
    family: source.includes(':') ? 'ipv6' : 'ipv4',
    protocol: 'tcp',
    source,
    destination,
    destinationPort: 80,
    mark: 0,
    inInterface: 'eth0',
    remembered: new Map(),
    connection: {
      state: 'new',
      direction: 'original',
      original: { source, destination, destinationPort: 80 },
      dnat: false,
      snat: false,
      mark: 0,
    },
    ...given,
  };
}

/** A world in which 10.0.0.11 is the node, and eth0 leads everywhere. */
export const world: World = {
  addressType: (address) => (address === '10.0.0.11' ? 'local' : 'unicast'),
  route: () => [{ type: 'unicast', device: 'eth0', share: certain, text: '' }],
  set: () => undefined,
  sysctl: () => undefined,
  wantsShadowed: false,
};

/** Runs the packet through the one base chain in which the rules stand; `more` is what else the table holds. */
export function run(
  rules: readonly string[],
  given: Packet = packet(),
  more = '',
  family = 'ip',
  inWorld = world,
): readonly Branch[] {
  const text = `table ${family} t {\n${more}\nchain base {\ntype filter hook prerouting priority filter; policy accept;\n${rules.join('\n')}\n}\n}\n`;
  const { baseChains } = nftables.parse({ command: 'nft list ruleset', text, file: 'test', line: 1 });
  return baseChains.filter((chain) => chain.family === given.family).flatMap((chain) => chain.run(given, inWorld));
}

/** The branches in words: what the last rule did, or the policy, with its share unless it is certain. */
export function outcomes(branches: readonly Branch[]): string[] {
  return branches.map(({ verdict, hits, share }) => {
    const words =
      verdict.kind === 'unknown' ? `unknown: ${verdict.reason}` : (hits.at(-1)?.verdict ?? `policy ${verdict.kind}`);
    return share === certain ? words : `${formatFraction(share)} ${words}`;
  });
}
