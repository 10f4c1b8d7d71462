import type { LabDns } from '../kinds/types/lab.ts';
import { type IP, tryParseIP } from '../net/address.ts';
import { parseSocketAddress, type SocketAddress } from '../net/socket-address.ts';
import type { Outside } from './outside.ts';

function parseServers(texts: readonly string[]): readonly SocketAddress[] {
  return texts.map((text) => parseSocketAddress(text, 53)).filter((server) => server !== undefined);
}

const plainName = (name: string) => name.toLowerCase().replace(/\.$/, '');

/** What a Lab says about names outside its cluster. */
export function outsideOf({ upstreams, stubDomains, hosts }: LabDns): Outside {
  const addresses = new Map<string, IP[]>();
  for (const { ip, hostnames } of hosts) {
    const address = tryParseIP(ip);
    if (address === undefined) continue;
    for (const name of hostnames.map(plainName)) addresses.set(name, [...(addresses.get(name) ?? []), address]);
  }
  const domains = stubDomains.map(({ domain, servers }) => [plainName(domain), parseServers(servers)] as const);
  return { hosts: addresses, stubDomains: new Map(domains), upstreams: parseServers(upstreams) };
}
