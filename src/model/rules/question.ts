import { LabError } from '../../errors.ts';
import { familyOf, tryParseIP } from '../../net/address.ts';
import { hasPorts, portNumber, protocolName } from './protocols.ts';
import type { WalkQuestion } from './types.ts';

function usage(message: string): LabError {
  return new LabError('usage', message, {
    hint: 'Write it like 10.244.1.5 10.96.0.10:53/udp; protocols are tcp, udp, sctp and icmp.',
  });
}

interface To {
  readonly address: string;
  readonly port: string | undefined;
  readonly protocol: string;
}

/** `DST:PORT/PROTO`, `[DST]:PORT`, `DST/icmp`. */
function splitTo(text: string): To {
  const [, whole = text, protocol = 'tcp'] = /^(.*)\/([A-Za-z][\w-]*)$/.exec(text) ?? [];
  const [, bracketed, port] = /^\[([^\]]+)\](?::(\w+))?$/.exec(whole) ?? [];
  if (bracketed !== undefined) return { address: bracketed, port, protocol };
  if (tryParseIP(whole) !== undefined) return { address: whole, port: undefined, protocol };
  const [, address = whole, plain] = /^(.*):(\w+)$/.exec(whole) ?? [];
  return { address, port: plain, protocol };
}

/**
 * The question in the words SRC and DST:PORT[/PROTO]; tcp unless said otherwise. Throws `usage` when they are no
 * addresses of one family, or a port lacks or is too much.
 */
export function parseQuestion(from: string, to: string, inInterface: string | undefined): WalkQuestion {
  const source = tryParseIP(from.replace(/^\[(.*)\]$/, '$1'));
  if (source === undefined) throw usage(`the sender "${from}" is no IP address`);
  const { address, port: portText, protocol: word } = splitTo(to);
  const destination = tryParseIP(address);
  if (destination === undefined) throw usage(`the destination "${to}" is no IP address with a port`);
  if (familyOf(source) !== familyOf(destination)) throw usage(`${from} and ${address} are of different families`);
  const named = protocolName(word);
  const protocol = named === 'icmp' && familyOf(destination) === 'ipv6' ? 'icmpv6' : named;
  const port = portText === undefined ? undefined : portNumber(portText);
  if (hasPorts(protocol) && (port === undefined || port === 0)) throw usage(`the destination "${to}" has no port`);
  if (!hasPorts(protocol) && portText !== undefined) throw usage(`${protocol} has no ports, but "${to}" has one`);
  if (!hasPorts(protocol) && !/^(icmp|icmpv6)$/.test(protocol)) throw usage(`"${word}" is no protocol that is walked`);
  return {
    source,
    destination,
    protocol,
    ...(port === undefined ? {} : { port }),
    ...(inInterface === undefined ? {} : { inInterface }),
  };
}

/**
 * The questions of a text, one a line: `SRC DST:PORT/PROTO [IFACE]`. Empty lines and those that begin with # are passed
 * over. Throws `usage` with the line.
 */
export function parseQuestions(text: string, file: string): WalkQuestion[] {
  return text.split('\n').flatMap((line, at) => {
    const words = line.trim().split(/\s+/);
    const [from = '', to, inInterface] = words;
    if (from === '' || from.startsWith('#')) return [];
    try {
      if (to === undefined || words.length > 3) throw usage(`"${line.trim()}" is no question`);
      return [parseQuestion(from, to, inInterface)];
    } catch (thrown) {
      if (!(thrown instanceof LabError)) throw thrown;
      const { hint } = thrown;
      const place = { file, line: at + 1 };
      throw new LabError('usage', thrown.message, { place, ...(hint === undefined ? {} : { hint }) });
    }
  });
}
