import { networkHas } from '../network.ts';
import type { Packet, World } from '../types.ts';
import type { Match, MatchAnswer, Negatable, Rule } from './types.ts';

/** Whether an interface has the name, or begins with it when the rule's ends in `+`. */
function interfaceMeets({ is, negated }: Negatable<string>, name: string | undefined): boolean {
  const has = is.endsWith('+') ? (name ?? '').startsWith(is.slice(0, -1)) : name === is;
  return has !== negated;
}

function protocolMeets({ is, negated }: Negatable<string>, protocol: string): boolean {
  return (is === 'all' || is === protocol) !== negated;
}

/** Whether the packet meets what stands before the first `-m`. */
function fieldsMeet(rule: Rule, packet: Packet): boolean {
  const { source, destination, protocol, inInterface, outInterface } = rule;
  return (
    (destination === undefined || networkHas(destination.is, packet.destination) !== destination.negated) &&
    (source === undefined || networkHas(source.is, packet.source) !== source.negated) &&
    (protocol === undefined || protocolMeets(protocol, packet.protocol)) &&
    (inInterface === undefined || interfaceMeets(inInterface, packet.inInterface)) &&
    (outInterface === undefined || interfaceMeets(outInterface, packet.outInterface))
  );
}

function matchText({ module, options }: Match): string {
  return [
    '-m',
    module,
    ...options.flatMap(({ name, negated, values }) => [...(negated ? ['!'] : []), name, ...values]),
  ].join(' ');
}

function ask(match: Match, packet: Packet, world: World): boolean | MatchAnswer {
  if (match.test !== undefined) return match.test(packet, world);
  return { matches: true, unknown: `svclab does not know what "${matchText(match)}" means` };
}

/** The two answers of matches that must both be met. */
function both(a: MatchAnswer, b: MatchAnswer): MatchAnswer {
  const unknown = a.unknown ?? b.unknown;
  const chance = a.chance ?? b.chance;
  const assumed = [a.assumed, b.assumed].filter((text) => text !== undefined).join(' ');
  return {
    ...a,
    ...b,
    ...(unknown === undefined ? {} : { unknown }),
    ...(chance === undefined ? {} : { chance }),
    ...(assumed === '' ? {} : { assumed }),
  };
}

/**
 * Whether the packet meets the rule. A match that nobody understands counts only when all that is understood is met. Of
 * two matches by chance in one rule the second one's chance is unknown.
 */
export function ruleMeets(rule: Rule, packet: Packet, world: World): boolean | MatchAnswer {
  if (!fieldsMeet(rule, packet)) return false;
  let sum: MatchAnswer | undefined;
  let seen = packet;
  for (const match of rule.matches) {
    const answer = ask(match, seen, world);
    if (answer === true) continue;
    if (answer === false) return sum?.packet === undefined ? false : { matches: false, packet: sum.packet };
    if (!answer.matches) return sum?.packet === undefined ? answer : { ...answer, packet: sum.packet };
    seen = answer.packet ?? seen;
    const twice = sum?.chance !== undefined && answer.chance !== undefined;
    const unknown = twice ? { unknown: 'the rule has two matches by chance' } : {};
    sum = sum === undefined ? answer : { ...both(sum, answer), ...unknown };
  }
  return sum ?? true;
}
