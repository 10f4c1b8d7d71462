import type { RulesetTable } from '../../plan/desired.ts';
import type { NodePortAddresses } from '../node-ports.ts';
import { isLoopback } from '../node-ports.ts';
import type { ProxyInput } from '../types.ts';
import { comment, destination } from './rule.ts';

type Jump = RulesetTable['jumps'][number];

/** The rules that do not depend on Services: one table's chains with their rules, and the jumps to them. */
export interface FrameTable {
  readonly table: 'filter' | 'nat' | 'mangle';
  /** Rules that stand behind those of the Services in each chain. */
  readonly chains: Readonly<Record<string, readonly string[]>>;
  readonly jumps: readonly Jump[];
}

/** What frames are made of. */
export interface FrameInput {
  readonly input: ProxyInput;
  readonly nodePorts: NodePortAddresses;
  readonly localhostNodePorts: boolean;
}

/** A jump at the top of a built-in chain, as kube-proxy inserts them. */
export function jump(chain: string, target: string, text?: string, match = ''): Jump {
  return { chain, rule: `${match}${text === undefined ? '' : comment(text)}-j ${target}`, position: 'first' };
}

/** Match for the first packet of a connection. */
export const newConnection = '-m conntrack --ctstate NEW ';

/** Comments of the jumps. */
export const portals = {
  services: 'kubernetes service portals',
  external: 'kubernetes externally-visible service portals',
  forward: 'kubernetes forwarding rules',
  postrouting: 'kubernetes postrouting rules',
  health: 'kubernetes health check service ports',
  firewall: 'kubernetes load balancer firewall',
} as const;

/** The mark that asks for masquerading, as iptables-save prints it: `0x4000`. */
function masqueradeMark(input: ProxyInput): string {
  return `0x${(2 ** input.config.masqueradeBit).toString(16)}`;
}

const markRule = (mark: string): string => `-j MARK --set-xmark ${mark}/${mark}`;
const snatComment = comment('kubernetes service traffic requiring SNAT');

/** KUBE-MARK-MASQ. */
export function markMasquerade(input: ProxyInput): readonly string[] {
  return [markRule(masqueradeMark(input))];
}

/** KUBE-POSTROUTING from 1.19 on: the mark goes away, so that a second pass does not masquerade again. */
export function clearingPostrouting(input: ProxyInput): readonly string[] {
  const mark = masqueradeMark(input);
  return [
    `-m mark ! --mark ${mark}/${mark} -j RETURN`,
    `-j MARK --set-xmark ${mark}/0x0`,
    `${snatComment}-j MASQUERADE --random-fully`,
  ];
}

/** KUBE-POSTROUTING of the first releases: one rule, ports kept where they can be. */
export function plainPostrouting(input: ProxyInput): readonly string[] {
  const mark = masqueradeMark(input);
  return [`${snatComment}-m mark --mark ${mark}/${mark} -j MASQUERADE`];
}

/** Rules of KUBE-FORWARD that drop INVALID packets and accept masqueraded ones. */
export function forwardStart(input: ProxyInput, dropsInvalid: boolean): readonly string[] {
  const mark = masqueradeMark(input);
  const accept = `${comment('kubernetes forwarding rules')}-m mark --mark ${mark}/${mark} -j ACCEPT`;
  return dropsInvalid ? ['-m conntrack --ctstate INVALID -j DROP', accept] : [accept];
}

/** Accepts later packets of a connection, with the address match before the comment where given. */
export function acceptEstablished(text: string, address = ''): string {
  return `${address}${comment(text)}-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`;
}

/** Keeps neighbours from reaching 127.0.0.1 of the node, which route_localnet would let them (CVE-2020-8558). */
export const martianRule = `! -s 127.0.0.0/8 -d 127.0.0.0/8 ${comment('block incoming localnet connections')}-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP`;

const nodePortComment = comment('kubernetes service nodeports; NOTE: this must be the last rule in this chain');

/** The end of nat KUBE-SERVICES: which addresses of the node lead to KUBE-NODEPORTS. */
export function nodePortDispatch(
  { nodePorts, localhostNodePorts, input }: FrameInput,
  skipsLoopback: boolean,
): readonly string[] {
  const excludes = skipsLoopback && !localhostNodePorts;
  if (nodePorts.matchAll) {
    const loopback = input.family === 'ipv4' ? '! -d 127.0.0.0/8 ' : '! -d ::1/128 ';
    return [`${excludes ? loopback : ''}${nodePortComment}-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS`];
  }
  return nodePorts.ips
    .filter((ip) => !(excludes && isLoopback(ip)))
    .map((ip) => `${destination(ip)}${nodePortComment}-j KUBE-NODEPORTS`);
}
