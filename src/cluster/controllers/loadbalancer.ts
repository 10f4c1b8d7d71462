import { networkOf } from '../../kinds/lab-networks.ts';
import type { LoadBalancerIngress, Service } from '../../kinds/types/service.ts';
import { cidrContains, type Family, familyOf, type IP, tryParseIP } from '../../net/address.ts';
import { nextPoolAddress } from '../allocators/pool.ts';
import type { ClusterIndex } from '../cluster-index.ts';
import { sameValue } from '../equal.ts';
import { keyOf } from '../keys.ts';
import { serviceFamilies } from '../services/pod-endpoint.ts';
import type { Change } from '../store.ts';
import type { Controller, ControllerContext } from './controller.ts';

const ingressOf = (service: Service) => service.status?.loadBalancer?.ingress ?? [];

const familyOfEntry = ({ ip = '' }: LoadBalancerIngress): Family => (ip.includes(':') ? 'ipv6' : 'ipv4');

/** Families in which the Service has no address of a load balancer yet; none with one that has only a name. */
function missingFamilies(service: Service, ingress: readonly LoadBalancerIngress[]): readonly Family[] {
  if (ingress.some(({ ip }) => ip === undefined)) return [];
  const there = new Set(ingress.map(familyOfEntry));
  return serviceFamilies(service).filter((family) => !there.has(family));
}

function waits(service: Service): boolean {
  return service.spec.type === 'LoadBalancer' && missingFamilies(service, ingressOf(service)).length > 0;
}

/** Whether the change gives an address back to the pool. */
function freesAddress({ before, after }: Change): boolean {
  if (before?.kind !== 'Service') return false;
  const kept = new Set(after?.kind === 'Service' ? ingressOf(after).map(({ ip }) => ip) : []);
  return ingressOf(before).some(({ ip }) => !kept.has(ip));
}

function isFreeFor(service: Service, ip: IP, index: ClusterIndex): boolean {
  const holder = index.servicesByLoadBalancerIP.first(ip);
  return holder === undefined || holder === keyOf(service);
}

/** The address that the Service asks for in the family. */
function askedAddress({ spec }: Service, family: Family): IP | undefined {
  const asked = tryParseIP(spec.loadBalancerIP ?? '');
  return asked !== undefined && familyOf(asked) === family ? asked : undefined;
}

/** The address that the Service asks for, if it is free, or else the lowest free one of the lab's pool. */
function chooseAddress(service: Service, family: Family, { store, index }: ControllerContext): IP | undefined {
  const asked = askedAddress(service, family);
  if (asked !== undefined) return isFreeFor(service, asked, index) ? asked : undefined;
  const pool = networkOf(store.list('Lab')[0]?.spec.loadBalancerPool, family);
  if (pool === undefined) return undefined;
  return nextPoolAddress(pool, (ip) => index.servicesByLoadBalancerIP.get(ip).size > 0);
}

/** Whether the entry stays: not one from the pool in a family that the Service has given up, nor another than asked for. */
function stays(entry: LoadBalancerIngress, service: Service, { store }: ControllerContext): boolean {
  const ip = tryParseIP(entry.ip ?? '');
  if (ip === undefined) return true;
  if (serviceFamilies(service).includes(familyOf(ip))) {
    const asked = askedAddress(service, familyOf(ip));
    return asked === undefined || asked === ip;
  }
  const pool = networkOf(store.list('Lab')[0]?.spec.loadBalancerPool, familyOf(ip));
  return pool === undefined || !cidrContains(pool, ip);
}

function wantedIngress(service: Service, context: ControllerContext): readonly LoadBalancerIngress[] {
  if (service.spec.type !== 'LoadBalancer') return [];
  const kept = ingressOf(service).filter((entry) => stays(entry, service, context));
  const added = missingFamilies(service, kept).flatMap((family) => chooseAddress(service, family, context) ?? []);
  return added.length === 0 ? kept : [...kept, ...added.map((ip) => ({ ip, ipMode: 'VIP' as const }))];
}

function setIngress(service: Service, ingress: readonly LoadBalancerIngress[], { store }: ControllerContext): void {
  const loadBalancer = ingress.length === 0 ? {} : { ingress };
  store.update<Service>({ ...service, status: { ...service.status, loadBalancer } });
}

/** Gives Services of type LoadBalancer an address of each of their families and takes it back when the type changes; the part of a cloud provider. */
export const loadBalancerController: Controller = {
  name: 'service-lb',
  *affectedBy(change, { store }) {
    const object = change.after ?? change.before;
    if (object?.kind === 'Service') yield change.key;
    if (object?.kind === 'Lab' || freesAddress(change)) yield* store.list('Service').filter(waits).map(keyOf);
  },
  reconcile(key, context) {
    const service = context.store.getByKey(key);
    if (service?.kind !== 'Service') return;
    const ingress = wantedIngress(service, context);
    if (!sameValue(ingress, ingressOf(service))) setIngress(service, ingress, context);
  },
};
