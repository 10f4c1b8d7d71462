import { hostPort, type IP, tryParseIP } from '../../../net/address.ts';
import { damagedLine } from '../damaged.ts';
import type { Section } from '../types.ts';

/** Where a virtual server sends connections. */
export interface RealServer {
  readonly address: IP;
  readonly port: number;
  /** 0: no new connections. */
  readonly weight: number;
  /** Whether its destination is rewritten (masquerading, what kube-proxy uses), not tunnelled or only routed. */
  readonly translates: boolean;
}

/** A virtual server of the kernel's IPVS. */
export interface VirtualServer {
  readonly line: number;
  /** The line as the dump writes it. */
  readonly text: string;
  readonly scheduler: string;
  /** Seconds for which a client stays with its real server; undefined without persistence. */
  readonly persistence?: number;
  readonly servers: readonly RealServer[];
}

/** The key under which a packet remembers that IPVS has given it a real server. */
export const ipvsPassed = 'ipvs';

/** Virtual servers by `tcp 10.96.0.1:443`. */
export type VirtualServers = ReadonlyMap<string, VirtualServer>;

/** Whether a command prints virtual servers. */
export function isIpvsCommand(command: string): boolean {
  return /^ipvsadm(-save)?\b/.test(command) && !/-Z|--zero|--timeout|--daemon|-lc|-Lc/.test(command);
}

/** `ipvsadm -Sn` or `ipvsadm -Ln` if the text looks like its output. */
export function recogniseIpvs(lines: readonly string[]): string | undefined {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  if (/^-A -[tuf] \S+ -s /.test(first)) return 'ipvsadm -Sn';
  return first.startsWith('IP Virtual Server version') ? 'ipvsadm -Ln' : undefined;
}

/** The name of a virtual server among others. */
export function virtualServerKey(protocol: string, address: IP, port: number): string {
  return `${protocol} ${hostPort(address, port)}`;
}

function socketOf(text: string): { readonly address: IP; readonly port: number } | undefined {
  const [, host = '', port = ''] = /^\[?([^\]]+)\]?:(\d+)$/.exec(text) ?? [];
  const address = tryParseIP(host);
  return address === undefined ? undefined : { address, port: Number(port) };
}

const protocols: Readonly<Record<string, string>> = { '-t': 'tcp', '-u': 'udp', '--sctp-service': 'sctp' };

interface Growing extends VirtualServer {
  readonly servers: RealServer[];
}

interface Reader {
  readonly found: Map<string, Growing>;
  /** The virtual server that the lines below belong to, in the form of -Ln. */
  open: Growing | undefined;
}

function keyOf(protocol: string | undefined, text: string): string | undefined {
  const socket = socketOf(text);
  return protocol === undefined || socket === undefined
    ? undefined
    : virtualServerKey(protocol, socket.address, socket.port);
}

function after(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
}

function persistenceOf(text: string | undefined): Pick<VirtualServer, 'persistence'> {
  return text === undefined ? {} : { persistence: Number(text) };
}

/** A line of `ipvsadm -Sn`; false when it is none. Servers by firewall mark (-f) are passed over. */
function readSaved(reader: Reader, words: readonly string[], line: number, text: string): boolean {
  const [verb, kind = '', server = ''] = words;
  if (kind === '-f') return true;
  const key = keyOf(protocols[kind], server);
  if (key === undefined) return false;
  if (verb === '-A') {
    const scheduler = after(words, '-s') ?? 'wlc';
    reader.found.set(key, { line, text, scheduler, ...persistenceOf(after(words, '-p')), servers: [] });
    return true;
  }
  const socket = socketOf(after(words, '-r') ?? '');
  const virtual = reader.found.get(key);
  if (verb !== '-a' || socket === undefined || virtual === undefined) return false;
  virtual.servers.push({
    ...socket,
    weight: Number(after(words, '-w') ?? 1),
    translates: words.includes('-m'),
  });
  return true;
}

/** A line of `ipvsadm -Ln`; false when it is none. */
function readListed(reader: Reader, words: readonly string[], line: number, text: string): boolean {
  const [first = '', server = '', third = '', weight = ''] = words;
  if (first === 'IP' || first === 'Prot' || server === 'RemoteAddress:Port') return true;
  if (first === 'FWM') {
    reader.open = undefined;
    return true;
  }
  const socket = socketOf(server);
  if (socket === undefined) return false;
  if (first === '->') {
    reader.open?.servers.push({ ...socket, weight: Number(weight), translates: third === 'Masq' });
    return true;
  }
  const virtual: Growing = { line, text, scheduler: third, ...persistenceOf(after(words, 'persistent')), servers: [] };
  reader.open = virtual;
  reader.found.set(virtualServerKey(first.toLowerCase(), socket.address, socket.port), virtual);
  return true;
}

/** The virtual servers that `ipvsadm -Sn` or `ipvsadm -Ln` prints. Throws `usage` with the line that is damaged. */
export function parseVirtualServers(section: Section): VirtualServers {
  const reader: Reader = { found: new Map(), open: undefined };
  for (const [at, line] of section.text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const words = line.trim().split(/\s+/);
    const read = words[0]?.startsWith('-') === true && words[0] !== '->' ? readSaved : readListed;
    if (!read(reader, words, section.line + at, line.trim()))
      throw damagedLine(section, at, `"${line.slice(0, 60)}" is no line of ipvsadm`);
  }
  return reader.found;
}
