import {
  addressBits,
  type Cidr,
  cidrAddress,
  cidrContains,
  cidrPrefix,
  type Family,
  familyOf,
  type IP,
  ipToBigInt,
  makeCidr,
  nthAddress,
} from '../net/address.ts';
import type { Pool } from './families.ts';
import type { Fields } from './json-fields.ts';

interface Limits {
  /** What the names of the keys start with. */
  readonly keyPrefix: string;
  /** Longest prefix that a subnet may have. */
  readonly longestSubnet: number;
  /** Longest prefix that a network without SubnetLen may have. */
  readonly smallestNetwork: number;
  /** A network of at most this prefix length gets subnets of `usualLen`; a smaller network gets four subnets. */
  readonly wide: number;
  readonly usualLen: number;
}

const limits: Readonly<Record<Family, Limits>> = {
  ipv4: { keyPrefix: '', longestSubnet: 30, smallestNetwork: 28, wide: 22, usualLen: 24 },
  ipv6: { keyPrefix: 'IPv6', longestSubnet: 126, smallestNetwork: 124, wide: 62, usualLen: 64 },
};

/** Longest prefix that still leaves room for Pods: 30 bits, or 126 in IPv6. */
export function longestSubnet(family: Family): number {
  return limits[family].longestSubnet;
}

type PoolRange = Pick<Pool, 'network' | 'subnetLen'>;

function subnetSize(network: Cidr, subnetLen: number): bigint {
  return 1n << BigInt(addressBits(familyOf(network)) - subnetLen);
}

/** SubnetMin when it is not given: the second subnet, since flannel never leases the first by default. */
export function defaultSubnetMin({ network, subnetLen }: PoolRange): IP {
  return nthAddress(network, subnetSize(network, subnetLen));
}

/** SubnetMax when it is not given: the last subnet. */
export function defaultSubnetMax({ network, subnetLen }: PoolRange): IP {
  return nthAddress(network, -subnetSize(network, subnetLen));
}

function readSubnetLen(fields: Fields, network: Cidr, family: Family): number | undefined {
  const { keyPrefix, longestSubnet, smallestNetwork, wide, usualLen } = limits[family];
  const name = `${keyPrefix}SubnetLen`;
  const prefix = cidrPrefix(network);
  const given = fields.integer(name, { min: 0, max: addressBits(family) });
  if (given === undefined || given === 0) {
    if (prefix <= smallestNetwork) return prefix <= wide ? usualLen : prefix + 2;
    fields.fault(`${keyPrefix}Network`, `${network} is too small`, `Make it a /${smallestNetwork} or larger.`);
    return undefined;
  }
  if (given > longestSubnet) {
    fields.fault(name, `${given} leaves no room for Pods`, `Make it at most ${longestSubnet}.`);
    return undefined;
  }
  if (given < prefix + 2) {
    const hint = `Make it at least ${prefix + 2}, or make ${keyPrefix}Network larger.`;
    fields.fault(name, `${given} gives fewer than four subnets in ${network}`, hint);
    return undefined;
  }
  return given;
}

function readBound(fields: Fields, range: PoolRange, family: Family, bound: 'Min' | 'Max'): IP | undefined {
  const name = `${limits[family].keyPrefix}Subnet${bound}`;
  const given = fields.ip(name, family);
  if (given === undefined) return bound === 'Min' ? defaultSubnetMin(range) : defaultSubnetMax(range);
  if (!cidrContains(range.network, given)) {
    fields.fault(name, `${given} is outside of ${range.network}`, 'Give the address of a subnet of the network.');
    return undefined;
  }
  const subnet = makeCidr(given, range.subnetLen);
  if (cidrAddress(subnet) !== given) {
    fields.fault(name, `${given} is not the address of a /${range.subnetLen}`, `Write ${cidrAddress(subnet)}.`);
    return undefined;
  }
  return given;
}

/**
 * Reads Network, SubnetLen, SubnetMin and SubnetMax of one family (with the prefix IPv6 for IPv6), and fills in the
 * defaults. Records faults with the fields; undefined when there was one.
 */
export function readPool(fields: Fields, family: Family): Pool | undefined {
  const { keyPrefix } = limits[family];
  const network = fields.cidr(`${keyPrefix}Network`, family);
  if (network === undefined) {
    if (!fields.has(`${keyPrefix}Network`)) {
      const example = family === 'ipv4' ? '10.244.0.0/16' : 'fd00:10:244::/56';
      fields.fault(`${keyPrefix}Network`, 'is missing', `Give the range of all Pods, such as ${example}.`);
    }
    return undefined;
  }
  const subnetLen = readSubnetLen(fields, network, family);
  if (subnetLen === undefined) return undefined;
  const subnetMin = readBound(fields, { network, subnetLen }, family, 'Min');
  const subnetMax = readBound(fields, { network, subnetLen }, family, 'Max');
  if (subnetMin === undefined || subnetMax === undefined) return undefined;
  if (ipToBigInt(subnetMin) > ipToBigInt(subnetMax)) {
    const hint = `Make ${keyPrefix}SubnetMin the smaller of the two.`;
    fields.fault(`${keyPrefix}SubnetMin`, `${subnetMin} is after ${keyPrefix}SubnetMax ${subnetMax}`, hint);
    return undefined;
  }
  return { network, subnetLen, subnetMin, subnetMax };
}
