import type { FlannelConfig } from '../cluster/view.ts';
import { LabError } from '../errors.ts';
import type { Cidr, Family, IPv4, IPv6, Mac } from '../net/address.ts';
import { backends } from './backends/registry.ts';
import { familiesOf, poolOf } from './families.ts';
import { freeSubnets } from './free-subnets.ts';
import type { LeaseState, SubnetLease } from './lease-record.ts';
import { isCompatible, overlapping, subnetsOf } from './lease-subnets.ts';
import { fixedSubnets } from './pod-cidrs.ts';

/** What flanneld of one node asks for. */
export interface LeaseRequest {
  readonly node: string;
  readonly publicIP: IPv4;
  /** Needed when the network has IPv6. */
  readonly publicIPv6?: IPv6;
  readonly vtepMac?: Mac;
  readonly vtepMacV6?: Mac;
  /** What the node's subnet.env says, if it had a lease before. */
  readonly previousSubnet?: Cidr;
  readonly previousSubnetV6?: Cidr;
  /** The Node's spec.podCIDRs: then it gets exactly these, as under flannel's Kubernetes manager. */
  readonly podCIDRs?: readonly Cidr[];
}

export interface LeaseContext {
  readonly now: Date;
  /** Picks one of the free subnets, of which there is at least one. The real flanneld picks at random. */
  readonly choose: (candidates: readonly Cidr[]) => Cidr;
}

/** Milliseconds that a lease lasts: 24 h. */
export const leaseDuration = 24 * 60 * 60 * 1000;

const minute = 60 * 1000;

/** A network in which nobody has a lease yet. */
export function noLeases(config: FlannelConfig): LeaseState {
  return { config, leases: [] };
}

/** The lowest free subnet, so that a lab is the same every time. */
export function chooseFirst(candidates: readonly Cidr[]): Cidr {
  const [first] = candidates;
  if (first === undefined) throw new LabError('internal', 'there is no candidate to choose from');
  return first;
}

function expiry(now: Date): Date {
  return new Date(now.getTime() + leaseDuration);
}

function makeLease(
  config: FlannelConfig,
  request: LeaseRequest,
  subnets: readonly Cidr[],
  expires: Date | null,
): SubnetLease {
  const { node, publicIP, publicIPv6, vtepMac, vtepMacV6 } = request;
  const [subnet, subnetV6] = subnets;
  if (subnet === undefined) throw new LabError('internal', 'a lease needs an IPv4 subnet');
  const backend = backends[config.backend.type];
  const backendData = vtepMac === undefined ? undefined : backend.data(config.backend, vtepMac);
  const backendV6Data = vtepMacV6 === undefined ? undefined : backend.data(config.backend, vtepMacV6);
  return {
    node,
    subnet,
    publicIP,
    backendType: config.backend.type,
    expires,
    ...(subnetV6 === undefined ? {} : { subnetV6 }),
    ...(publicIPv6 === undefined || subnetV6 === undefined ? {} : { publicIPv6 }),
    ...(backendData === undefined ? {} : { backendData }),
    ...(backendV6Data === undefined || subnetV6 === undefined ? {} : { backendV6Data }),
  };
}

function previousSubnets(state: LeaseState, request: LeaseRequest): readonly Cidr[] | undefined {
  const previous = [request.previousSubnet, request.previousSubnetV6].filter((subnet) => subnet !== undefined);
  const usable = isCompatible(state.config, previous) && overlapping(state.leases, previous) === undefined;
  return usable ? previous : undefined;
}

function allocate(state: LeaseState, family: Family, context: LeaseContext): Cidr {
  const pool = poolOf(state.config, family);
  const candidates = pool === undefined ? [] : freeSubnets(pool, state.leases.flatMap(subnetsOf));
  if (pool !== undefined && candidates.length > 0) return context.choose(candidates);
  const prefix = family === 'ipv4' ? '' : 'IPv6';
  const { network, subnetLen, subnetMin, subnetMax } = pool ?? state.config;
  throw new LabError(
    'invalid-object',
    `out of subnets: no /${subnetLen} of ${network} from ${subnetMin} to ${subnetMax} is free`,
    {
      field: `${prefix}Network`,
      hint: `Make ${prefix}Network larger, or ${prefix}SubnetLen longer, or use fewer nodes.`,
    },
  );
}

function requireIPv6(config: FlannelConfig, request: LeaseRequest): void {
  if (config.ipv6 === undefined || request.publicIPv6 !== undefined) return;
  throw new LabError('invalid-object', `node "${request.node}" has no IPv6 address, but EnableIPv6 is true`, {
    field: 'EnableIPv6',
    hint: 'Give the underlay an IPv6 range, or set EnableIPv6 to false.',
  });
}

/**
 * Leases a subnet per family to a node, with the semantics of flannel's etcd manager (pkg/subnet/etcd, v0.28):
 * 1. A lease of the same public IP is kept and renewed when it fits the configuration, else given up; its range is not
 *    picked anew in this call. A reservation stays one.
 * 2. The previous subnet, when it fits and is free.
 * 3. One of the first 100 free subnets from SubnetMin to SubnetMax, as `context.choose` says.
 *
 * A node with podCIDRs gets exactly these instead, and for ever (flannel's Kubernetes manager).
 *
 * Throws `invalid-object` when no subnet is free, a podCIDR is outside of Network or an address is missing, `conflict`
 * when a podCIDR overlaps another node's subnet.
 */
export function acquireLease(
  state: LeaseState,
  request: LeaseRequest,
  context: LeaseContext,
): { readonly state: LeaseState; readonly lease: SubnetLease } {
  requireIPv6(state.config, request);
  const current = expireLeases(state, context.now).state;
  const own = current.leases.find((lease) => lease.publicIP === request.publicIP);
  const others = current.leases.filter((lease) => lease !== own);
  const grant = (subnets: readonly Cidr[], expires: Date | null) => {
    const lease = makeLease(state.config, request, subnets, expires);
    return { state: { ...state, leases: [...others, lease] }, lease };
  };
  if (request.podCIDRs !== undefined && request.podCIDRs.length > 0) {
    return grant(fixedSubnets(state.config, request.node, request.podCIDRs, others), null);
  }
  if (own !== undefined && isCompatible(state.config, subnetsOf(own))) {
    return grant(subnetsOf(own), own.expires === null ? null : expiry(context.now));
  }
  const subnets =
    previousSubnets(current, request) ?? familiesOf(state.config).map((family) => allocate(current, family, context));
  return grant(subnets, expiry(context.now));
}

/**
 * The lease of the subnet for 24 h more; one that never expires stays as it is. Throws `not-found` when it has expired
 * or was deleted, on which flanneld ends.
 */
export function renewLease(
  state: LeaseState,
  subnet: Cidr,
  now: Date,
): { readonly state: LeaseState; readonly lease: SubnetLease } {
  const current = expireLeases(state, now).state;
  const old = current.leases.find((lease) => lease.subnet === subnet);
  if (old === undefined) {
    throw new LabError('not-found', `the lease of ${subnet} is revoked`, { hint: 'Acquire a lease again.' });
  }
  const lease = old.expires === null ? old : { ...old, expires: expiry(now) };
  return { state: { ...state, leases: current.leases.map((each) => (each === old ? lease : each)) }, lease };
}

/** Drops the leases whose time is over, and tells which. */
export function expireLeases(
  state: LeaseState,
  now: Date,
): { readonly state: LeaseState; readonly expired: readonly SubnetLease[] } {
  const isOver = (lease: SubnetLease): boolean => lease.expires !== null && lease.expires <= now;
  const expired = state.leases.filter(isOver);
  if (expired.length === 0) return { state, expired };
  return { state: { ...state, leases: state.leases.filter((lease) => !isOver(lease)) }, expired };
}

/** Deletes the lease of the subnet, as `etcdctl del KEY` does; flanneld itself never gives one back. */
export function releaseLease(state: LeaseState, subnet: Cidr): LeaseState {
  return { ...state, leases: state.leases.filter((lease) => lease.subnet !== subnet) };
}

/**
 * When flanneld renews the lease: `margin` minutes before it expires (flag -subnet-lease-renew-margin, 1 to 1439).
 * Null for a lease that never expires. Throws `usage` for another margin.
 */
export function nextRenewal(lease: SubnetLease, margin = 60): Date | null {
  if (!Number.isInteger(margin) || margin < 1 || margin > 1439) {
    throw new LabError('usage', `a renewal margin of ${margin} minutes is not possible`, {
      hint: 'Give whole minutes from 1 to 1439.',
    });
  }
  return lease.expires === null ? null : new Date(lease.expires.getTime() - margin * minute);
}
