import { type Cidr, type Family, familyOf, type IP } from '../../net/address.ts';
import type { LocalDetector } from '../local-detector.ts';
import type { RuleProtocol } from '../service-ports.ts';

/*
 * Pieces of rules in the form in which `iptables-save` prints them back, so that a dump can be compared as text:
 * `[! -s] [! -d] [! -i] -p`, then the matches, then the target; addresses with their mask.
 */

/** Where a packet comes from, as pieces of a rule; each ends with a space or is empty. */
export interface Origin {
  /** Stands before `-d`. */
  readonly source: string;
  /** Stands behind `-d`. */
  readonly input: string;
}

const anywhere: Origin = { source: '', input: '' };

function withMask(address: IP | Cidr): string {
  if (address.includes('/')) return address;
  return familyOf(address) === 'ipv4' ? `${address}/32` : `${address}/128`;
}

function option(name: string, address: IP | Cidr): string {
  return address === '0.0.0.0/0' || address === '::/0' ? '' : `${name} ${withMask(address)} `;
}

/** `-s ADDRESS/MASK `; empty for the network of all addresses, as iptables-save leaves it out. */
export function source(address: IP | Cidr): string {
  return option('-s', address);
}

/** `-d ADDRESS/MASK `; empty for the network of all addresses. */
export function destination(address: IP | Cidr): string {
  return option('-d', address);
}

/** `! -s ADDRESS/MASK `. */
function notSource(address: IP | Cidr): string {
  return `! -s ${withMask(address)} `;
}

/** `-m comment --comment "…" `, with the quotes that iptables-save puts. */
export function comment(text: string): string {
  return /^[A-Za-z0-9_-]+$/.test(text) ? `-m comment --comment ${text} ` : `-m comment --comment "${text}" `;
}

/** `-m tcp --dport N `. */
export function destinationPort(protocol: RuleProtocol, port: number): string {
  return `-m ${protocol} --dport ${port} `;
}

/** An address and port of a Service. */
export interface ServiceAddress {
  readonly ip: IP;
  readonly port: number;
  readonly protocol: RuleProtocol;
}

/** A whole rule for packets to an address and port, with more matches and an origin where given. */
export function toAddress(
  to: ServiceAddress,
  text: string,
  target: string,
  more: { readonly origin?: Origin; readonly matches?: string } = {},
): string {
  const { source: from, input } = more.origin ?? anywhere;
  const port = destinationPort(to.protocol, to.port);
  return [
    from,
    destination(to.ip),
    input,
    '-p ',
    to.protocol,
    ' ',
    comment(text),
    port,
    more.matches ?? '',
    '-j ',
    target,
  ].join('');
}

/** Target that refuses: an ICMP port unreachable goes back. */
export function rejectTarget(family: Family): string {
  return `REJECT --reject-with ${family === 'ipv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable'}`;
}

/** Traffic of this cluster's Pods, or with `negated` all other traffic. */
export function podOrigin(detector: LocalDetector, negated: boolean): Origin {
  if (detector.kind === 'cidr') {
    return { source: negated ? notSource(detector.cidr) : source(detector.cidr), input: '' };
  }
  const name = detector.kind === 'interface' ? detector.name : `${detector.prefix}+`;
  return { source: '', input: `${negated ? '! ' : ''}-i ${name} ` };
}
