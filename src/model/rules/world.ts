import { familyOf, type IP } from '../../net/address.ts';
import { certain } from '../fraction.ts';
import { networkHas, parseNetwork } from './network.ts';
import type { NodeDump } from './node.ts';
import type { Chosen, LookupAnswer } from './routing/lookup.ts';
import { assumedDefault, type NodeRouting, routingOf } from './routing/tables.ts';
import type { AddressType, RouteAnswer, RouteQuestion, WalkQuestion, World } from './types.ts';

const multicast = { ipv4: parseNetwork('224.0.0.0/4'), ipv6: parseNetwork('ff00::/8') };

function isMulticast(address: IP): boolean {
  const network = multicast[familyOf(address)];
  return network !== undefined && networkHas(network, address);
}

function isNodePort(port: number | undefined): boolean {
  return port !== undefined && port >= 30_000 && port <= 32_767;
}

/** Addresses that must be the node's own for the question to make sense, when the dump does not tell which they are. */
function ownAddressesOf({ source, destination, inInterface, port }: WalkQuestion): IP[] {
  return [...(inInterface === undefined ? [source] : []), ...(isNodePort(port) ? [destination] : [])];
}

const knownRouting = new WeakMap<NodeDump, Map<string, NodeRouting>>();

/** The routing of a node for a question; the same object for further questions when nothing had to be guessed. */
export function routingFor(node: NodeDump, question: WalkQuestion): NodeRouting {
  const family = familyOf(question.destination);
  const ofNode = knownRouting.get(node) ?? new Map<string, NodeRouting>();
  knownRouting.set(node, ofNode);
  const known = ofNode.get(family) ?? routingOf(node, family, []);
  ofNode.set(family, known);
  return known.knowsAddresses ? known : routingOf(node, family, ownAddressesOf(question));
}

function answerOf({ route, hop, share }: Chosen): RouteAnswer {
  const assumed =
    route.text === assumedDefault && route.line === 0
      ? 'The dump has no routes (### ip route show table all): the packet finds a way out of the node.'
      : undefined;
  return {
    type: route.type === 'throw' ? 'unreachable' : route.type,
    ...(hop.device === undefined ? {} : { device: hop.device }),
    ...(hop.gateway === undefined ? {} : { gateway: hop.gateway }),
    ...(route.source === undefined ? {} : { source: route.source }),
    share,
    ...(route.line === 0 ? {} : { line: route.line }),
    text: route.text,
    ...(assumed === undefined ? {} : { assumed }),
  };
}

function answersOf(answer: LookupAnswer): readonly RouteAnswer[] {
  if (answer.kind === 'routes') return answer.chosen.map(answerOf);
  if (answer.kind === 'none') return [{ type: 'unreachable', share: certain, text: 'no route' }];
  const { rule } = answer;
  const line = rule.line === undefined ? {} : { line: rule.line };
  return [{ type: answer.kind, share: certain, text: rule.text, ...line }];
}

/** What the table `local` says of an address (inet_addr_type); for IPv6 all tables are asked, as by xt_addrtype. */
function addressTypeOf({ routing }: NodeRouting, address: IP, device: string | undefined): AddressType {
  if (address === '0.0.0.0' || address === '255.255.255.255') return 'broadcast';
  const [local] = routing.localRoutes(address, device);
  if (local !== undefined && (device === undefined || local.type !== 'unicast')) {
    return local.type === 'throw' ? 'unicast' : local.type;
  }
  if (isMulticast(address)) return 'multicast';
  if (familyOf(address) === 'ipv4') return 'unicast';
  const answer = routing.lookup({ destination: address });
  if (answer.kind !== 'routes') return 'unicast';
  const type = answer.chosen[0]?.route.type ?? 'unicast';
  return type === 'local' || type === 'broadcast' || type === 'throw' ? 'unicast' : type;
}

/** What rules and the walk may ask about the node. */
export function worldOf(node: NodeDump, nodeRouting: NodeRouting, wantsShadowed: boolean): World {
  return {
    addressType: (address, device) => addressTypeOf(nodeRouting, address, device),
    route: (question: RouteQuestion) => answersOf(nodeRouting.routing.lookup(question)),
    set: (name) => node.sets?.get(name),
    sysctl: (name) => node.sysctls.get(name),
    wantsShadowed,
  };
}
