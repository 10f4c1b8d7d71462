import { type IP, tryParseIP } from '../../../net/address.ts';
import { isBetween, type Network, networkHas, parseNetwork } from '../network.ts';
import { portNumber, protocolName } from '../protocols.ts';
import type { AddressSet, Packet } from '../types.ts';

/** An entry as `ipset save` writes it. */
export interface SetEntry {
  readonly value: string;
  readonly nomatch: boolean;
}

interface Definition {
  readonly name: string;
  readonly type: string;
  readonly entries: readonly SetEntry[];
  /** Finds a member of a list:set. */
  readonly find: (name: string) => AddressSet | undefined;
}

type Direction = 'src' | 'dst';

/** Whether one field of an entry fits the packet. */
type FieldTest = (packet: Packet, direction: Direction) => boolean;

function addressOf(packet: Packet, direction: Direction): IP {
  return direction === 'src' ? packet.source : packet.destination;
}

function addressTest(text: string): FieldTest | undefined {
  const network: Network | undefined = parseNetwork(text);
  if (network !== undefined) return (packet, direction) => networkHas(network, addressOf(packet, direction));
  const [first, last] = text.split('-').map(tryParseIP);
  if (first === undefined || last === undefined) return undefined;
  return (packet, direction) => isBetween(addressOf(packet, direction), first, last);
}

function portTest(text: string): FieldTest | undefined {
  const [, protocol = '', ports = ''] = /^(?:([^:]+):)?(.+)$/.exec(text) ?? [];
  const [first, last = first] = ports.split('-').map(portNumber);
  if (first === undefined || last === undefined) return undefined;
  const wanted = protocol === '' ? undefined : protocolName(protocol);
  return (packet, direction) => {
    const port = direction === 'src' ? packet.sourcePort : packet.destinationPort;
    return port !== undefined && port >= first && port <= last && (wanted === undefined || packet.protocol === wanted);
  };
}

function interfaceTest(text: string): FieldTest {
  return (packet, direction) => (direction === 'src' ? packet.inInterface : packet.outInterface) === text;
}

function markTest(text: string): FieldTest {
  return (packet) => packet.mark === Number(text);
}

const fieldTests: Readonly<Record<string, (text: string) => FieldTest | undefined>> = {
  ip: addressTest,
  net: addressTest,
  port: portTest,
  iface: interfaceTest,
  mark: markTest,
};

function entryTest(kinds: readonly string[], value: string): readonly FieldTest[] | undefined {
  const texts = value.split(',');
  const tests = kinds.map((kind, at) => fieldTests[kind]?.(texts[at] ?? ''));
  const known = tests.filter((test) => test !== undefined);
  return texts.length === kinds.length && known.length === kinds.length ? known : undefined;
}

function listOfSets({ name, type, entries, find }: Definition): AddressSet {
  return {
    name,
    type,
    has: (packet, directions) => {
      let unknown: { readonly unknown: string } | undefined;
      for (const { value } of entries) {
        const has = find(value)?.has(packet, directions);
        if (has === true) return true;
        if (typeof has === 'object') unknown = has;
      }
      return unknown ?? false;
    },
  };
}

/** The set with these entries. Sets of Ethernet addresses cannot be told from a packet that is walked. */
export function buildSet(definition: Definition): AddressSet {
  const { name, type, entries } = definition;
  if (type === 'list:set') return listOfSets(definition);
  const kinds = (type.split(':')[1] ?? '').split(',');
  const built = entries.map((entry) => ({ ...entry, tests: entryTest(kinds, entry.value) }));
  const unknown = { unknown: `svclab cannot tell what is in the ipset ${name} of type ${type}` };
  return {
    name,
    type,
    has: (packet, directions) => {
      if (kinds.some((kind) => fieldTests[kind] === undefined)) return unknown;
      const meets = ({ tests }: (typeof built)[number]) =>
        tests?.every((test, at) => test(packet, directions[at] ?? directions.at(-1) ?? 'dst')) === true;
      return (
        built.some((entry) => !entry.nomatch && meets(entry)) && !built.some((entry) => entry.nomatch && meets(entry))
      );
    },
  };
}
