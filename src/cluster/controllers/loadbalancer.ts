import type { Service } from '../../kinds/types.ts';
import { type IP, parseCidr, tryParseIP } from '../../net/address.ts';
import { nextPoolAddress } from '../allocators/pool.ts';
import type { ClusterIndex } from '../cluster-index.ts';
import { keyOf } from '../keys.ts';
import type { Change } from '../store.ts';
import type { Controller, ControllerContext } from './controller.ts';

const ingressOf = (service: Service) => service.status?.loadBalancer?.ingress ?? [];

function waits(service: Service): boolean {
  return service.spec.type === 'LoadBalancer' && ingressOf(service).length === 0;
}

/** Whether the change gives an address back to the pool. */
function freesAddress({ before, after }: Change): boolean {
  if (before?.kind !== 'Service' || ingressOf(before).length === 0) return false;
  return after?.kind !== 'Service' || ingressOf(after)[0]?.ip !== ingressOf(before)[0]?.ip;
}

function isFreeFor(service: Service, ip: IP, index: ClusterIndex): boolean {
  const holder = index.servicesByLoadBalancerIP.first(ip);
  return holder === undefined || holder === keyOf(service);
}

/** The address that the Service asks for, if it is free, or else the lowest free one of the lab's pool. */
function chooseAddress(service: Service, { store, index }: ControllerContext): IP | undefined {
  const { loadBalancerIP } = service.spec;
  const asked = loadBalancerIP === undefined || loadBalancerIP === '' ? undefined : tryParseIP(loadBalancerIP);
  if (asked !== undefined) return isFreeFor(service, asked, index) ? asked : undefined;
  const pool = store.list('Lab')[0]?.spec.loadBalancerPool;
  if (pool === undefined) return undefined;
  return nextPoolAddress(parseCidr(pool), (ip) => index.servicesByLoadBalancerIP.get(ip).size > 0);
}

function setIngress(service: Service, ip: IP | undefined, { store }: ControllerContext): void {
  const loadBalancer = ip === undefined ? {} : { ingress: [{ ip, ipMode: 'VIP' as const }] };
  store.update<Service>({ ...service, status: { ...service.status, loadBalancer } });
}

function asksForAnother(service: Service): boolean {
  const { loadBalancerIP } = service.spec;
  if (loadBalancerIP === undefined || loadBalancerIP === '') return false;
  return ingressOf(service)[0]?.ip !== tryParseIP(loadBalancerIP);
}

/** Gives Services of type LoadBalancer an address and takes it back when the type changes; the part of a cloud provider. */
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
    if (service.spec.type !== 'LoadBalancer') {
      if (ingressOf(service).length > 0) setIngress(service, undefined, context);
    } else if (waits(service) || asksForAnother(service)) {
      const ip = chooseAddress(service, context);
      if (ip !== undefined || !waits(service)) setIngress(service, ip, context);
    }
  },
};
