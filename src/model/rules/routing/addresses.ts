import { type Family, familyOf, type IP, tryParseIP } from '../../../net/address.ts';
import { type Network, parseNetwork } from '../network.ts';
import type { Section } from '../types.ts';

/** An address of an interface. */
export interface InterfaceAddress {
  readonly device: string;
  readonly address: IP;
  readonly network: Network;
  readonly family: Family;
  readonly broadcast?: IP;
  /** `global`, `link`, `host`… */
  readonly scope: string;
  /** Not the first address of its network on the interface: MASQUERADE does not take it. */
  readonly secondary: boolean;
}

/** Whether a command prints addresses of interfaces. */
export function isAddressCommand(command: string): boolean {
  return /^ip\b.*\s(a|ad|add|addr|addre|addres|address)\b/.test(command) && !/\s-j(son)?\b/.test(command);
}

/** `ip addr show` if the text looks like its output, in one of its three forms. */
export function recogniseAddresses(lines: readonly string[]): string | undefined {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  if (/^\d+: \S+: </.test(first) || /^\d+: \S+\s+inet6? /.test(first)) return 'ip addr show';
  return /^\S+\s+(UNKNOWN|UP|DOWN)\s/.test(first) ? 'ip -br addr show' : undefined;
}

function deviceName(text: string): string {
  const at = text.indexOf('@');
  return at < 0 ? text : text.slice(0, at);
}

function addressOf(device: string, local: string, rest: string): InterfaceAddress | undefined {
  const [, peer] = /^peer (\S+)/.exec(rest) ?? [];
  const address = tryParseIP(local.split('/')[0] ?? '');
  const network = parseNetwork(peer ?? local);
  if (address === undefined || network === undefined) return undefined;
  const broadcast = tryParseIP(/\bbrd (\S+)/.exec(rest)?.[1] ?? '');
  return {
    device: deviceName(device),
    address,
    network,
    family: familyOf(address),
    ...(broadcast === undefined ? {} : { broadcast }),
    scope: /\bscope (\S+)/.exec(rest)?.[1] ?? 'global',
    secondary: /\bsecondary\b/.test(rest),
  };
}

function briefAddresses(line: string): InterfaceAddress[] {
  const [device = '', , ...addresses] = line.trim().split(/\s+/);
  return addresses.flatMap((text) => {
    if (!/^[0-9a-f]*[.:][0-9a-f.:]+(\/\d+)?$/i.test(text)) return [];
    const scope = text.startsWith('fe80:') ? 'link' : device === 'lo' ? 'host' : 'global';
    return addressOf(device, text, `scope ${scope}`) ?? [];
  });
}

/** What a section tells of interfaces. */
export interface Interfaces {
  readonly addresses: readonly InterfaceAddress[];
  /** Every interface that is named, in order. */
  readonly devices: readonly string[];
}

/** The addresses that `ip addr show` prints, with or without -o, or with -br. Other lines are passed over. */
export function parseAddresses({ text }: Section): Interfaces {
  const addresses: InterfaceAddress[] = [];
  const devices = new Set<string>();
  let device = '';
  for (const line of text.split('\n')) {
    const [, header] = /^\d+: ([^\s:]+):? /.exec(line) ?? [];
    if (header !== undefined) device = header;
    const [, local, rest = ''] = /^(?:\d+: \S+)?\s+inet6? (\S+) ?(.*)$/.exec(line) ?? [];
    const found = local === undefined ? undefined : addressOf(device, local, rest);
    const all = found !== undefined ? [found] : /^\S+\s+(UNKNOWN|UP|DOWN)\s/.test(line) ? briefAddresses(line) : [];
    addresses.push(...all);
    const name = header ?? all[0]?.device;
    if (name !== undefined) devices.add(deviceName(name));
  }
  return { addresses, devices: [...devices] };
}
