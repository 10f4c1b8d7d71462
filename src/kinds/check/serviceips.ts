import { familyOf, tryParseIP } from '../../net/address.ts';
import { at } from '../path.ts';
import type { ServiceSpec } from '../types/service.ts';
import { checkIP } from './addresses.ts';
import { duplicate, forbidden, type Invalid, invalid } from './invalid.ts';

function ipFamily(text: string): 'IPv4' | 'IPv6' | undefined {
  const ip = tryParseIP(text);
  if (ip === undefined) return undefined;
  return familyOf(ip) === 'ipv4' ? 'IPv4' : 'IPv6';
}

function* checkNone({ type, clusterIP }: ServiceSpec): Generator<Invalid> {
  if (clusterIP === 'None' && (type === 'NodePort' || type === 'LoadBalancer')) {
    yield invalid('spec.clusterIP', 'None', `may not be set to 'None' for ${type} services`);
  }
}

function* checkAddresses(clusterIPs: readonly string[], families: readonly string[]): Generator<Invalid> {
  for (const [index, ip] of clusterIPs.entries()) {
    const here = at('spec.clusterIPs', index);
    if (ip === 'None' && index > 0) yield invalid(here, ip, "'None' must be the first and only value");
    if (ip === 'None') continue;
    yield* checkIP(here, ip);
    const [family, expected] = [ipFamily(ip), families[index]];
    if (family !== undefined && expected !== undefined && family !== expected) {
      yield invalid(here, ip, `expected an ${expected} value as indicated by \`ipFamilies[${index}]\``);
    }
  }
  if (clusterIPs.length === 2 && ipFamily(clusterIPs[0] ?? '') === ipFamily(clusterIPs[1] ?? '')) {
    yield invalid('spec.clusterIPs', clusterIPs, 'may specify no more than one IP for each IP family');
  }
}

function* checkFamilies(families: readonly string[]): Generator<Invalid> {
  if (families.length > 2) yield invalid('spec.ipFamilies', families, 'may only hold up to 2 values');
  if (new Set(families).size < families.length) yield duplicate('spec.ipFamilies', families.at(-1));
}

/** clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy against each other. */
export function* checkClusterIPs(spec: ServiceSpec): Generator<Invalid> {
  const { clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  if (spec.type === 'ExternalName') return;
  yield* checkNone(spec);
  if (clusterIP === '' && clusterIPs.length > 0) {
    yield forbidden('spec.clusterIPs', 'must be empty when `clusterIP` is not specified', 'Set clusterIP, too.');
  }
  if (clusterIP !== '' && clusterIPs[0] !== clusterIP) {
    yield invalid('spec.clusterIPs[0]', clusterIPs[0] ?? '', 'first value must match `clusterIP`');
  }
  if (clusterIPs.length > 2) yield invalid('spec.clusterIPs', clusterIPs, 'may only hold up to 2 values');
  yield* checkFamilies(ipFamilies);
  yield* checkAddresses(clusterIPs, ipFamilies);
  if (ipFamilyPolicy === 'SingleStack' && (clusterIPs.length > 1 || ipFamilies.length > 1)) {
    const why = 'may hold only one family: `clusterIPs` and `ipFamilies` have two';
    yield invalid('spec.ipFamilyPolicy', ipFamilyPolicy, why, 'Say PreferDualStack or RequireDualStack.');
  }
}
