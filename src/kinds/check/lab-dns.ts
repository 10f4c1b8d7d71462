import { tryParseIP } from '../../net/address.ts';
import { parseSocketAddress } from '../../net/socket-address.ts';
import { at } from '../path.ts';
import type { LabDns } from '../types/lab.ts';
import { type Invalid, invalid, required } from './invalid.ts';
import { checkName, dns1123Subdomain } from './names.ts';

function* checkDomain(field: string, name: string): Generator<Invalid> {
  if (name === '') yield required(field);
  else yield* checkName(field, name.toLowerCase().replace(/\.$/, ''), dns1123Subdomain);
}

function* checkServers(field: string, servers: readonly string[]): Generator<Invalid> {
  for (const [index, text] of servers.entries()) {
    if (parseSocketAddress(text, 53) !== undefined) continue;
    yield invalid(at(field, index), text, 'must be an address, with or without a port (e.g. 203.0.113.10:53)');
  }
}

/** Faults of a Lab's cluster DNS. */
export function* checkLabDns({ clusterDomain, upstreams, stubDomains, hosts }: LabDns): Generator<Invalid> {
  yield* checkName('spec.dns.clusterDomain', clusterDomain, dns1123Subdomain);
  yield* checkServers('spec.dns.upstreams', upstreams);
  for (const [index, { domain = '', servers = [] }] of stubDomains.entries()) {
    const here = at('spec.dns.stubDomains', index);
    yield* checkDomain(`${here}.domain`, domain);
    if (servers.length === 0) yield required(`${here}.servers`);
    yield* checkServers(`${here}.servers`, servers);
  }
  for (const [index, { ip = '', hostnames = [] }] of hosts.entries()) {
    const here = at('spec.dns.hosts', index);
    if (tryParseIP(ip) === undefined) yield invalid(`${here}.ip`, ip, 'must be a valid IP address');
    if (hostnames.length === 0) yield required(`${here}.hostnames`);
    for (const [i, name] of hostnames.entries()) yield* checkDomain(at(`${here}.hostnames`, i), name);
  }
}
