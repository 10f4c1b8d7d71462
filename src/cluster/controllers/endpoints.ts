import type { EndpointAddress, Endpoints } from '../../kinds/types/endpoints.ts';
import type { Pod } from '../../kinds/types/pod.ts';
import type { Service } from '../../kinds/types/service.ts';
import { keyOf, makeKey, parseKey } from '../keys.ts';
import { isPodReady } from '../pods/status.ts';
import {
  endpointHostname,
  isHeadless,
  isListed,
  podAddresses,
  podPorts,
  podReference,
  selectsPods,
  serviceFamilies,
} from '../services/pod-endpoint.ts';
import { portsText } from '../services/slice-groups.ts';
import { withMetadata } from '../store.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { servicesTouchedBy } from './endpointslice.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];

/** Most addresses that an Endpoints object lists. */
const addressLimit = 1000;

function addressOf(service: Service, pod: Pod): EndpointAddress {
  const hostname = endpointHostname(pod, service);
  return {
    ip: podAddresses(pod, serviceFamilies(service)[0] ?? 'ipv4')[0] ?? '',
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: podReference(pod),
  };
}

function subsetOf(service: Service, pods: readonly Pod[]): Subset {
  const publish = service.spec.publishNotReadyAddresses === true;
  const [ready = [], waiting = []] = [true, false].map((wanted) =>
    pods.filter((pod) => (publish || isPodReady(pod)) === wanted).map((pod) => addressOf(service, pod)),
  );
  const ports = pods[0] === undefined ? [] : podPorts(service, pods[0]);
  return {
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(waiting.length === 0 ? {} : { notReadyAddresses: waiting }),
    ports: ports.flatMap(({ name = '', port, protocol = 'TCP' }) => {
      const named = name === '' ? {} : { name };
      return port === undefined ? [] : [{ ...named, port, protocol }];
    }),
  };
}

function subsetsOf(service: Service, pods: readonly Pod[]): readonly Subset[] {
  const family = serviceFamilies(service)[0] ?? 'ipv4';
  const portless = isHeadless(service) && (service.spec.ports ?? []).length === 0;
  const listed = pods.filter((pod) => {
    const leaving = pod.metadata.deletionTimestamp !== undefined && service.spec.publishNotReadyAddresses !== true;
    const hasPorts = portless || podPorts(service, pod).length > 0;
    return isListed(pod) && !leaving && hasPorts && podAddresses(pod, family).length > 0;
  });
  const groups = Map.groupBy(listed.slice(0, addressLimit), (pod) => portsText(podPorts(service, pod)));
  return [...groups.values()].map((group) => subsetOf(service, group));
}

function writeEndpoints(service: Service, { store, index }: ControllerContext): void {
  const { namespace = 'default', name } = service.metadata;
  const subsets = subsetsOf(service, index.podsSelectedBy(namespace, service.spec.selector));
  const headless = isHeadless(service) ? { 'service.kubernetes.io/headless': '' } : {};
  const own = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
  const labels = { ...service.metadata.labels, ...headless, ...own };
  const existing = store.get('Endpoints', namespace, name);
  if (existing !== undefined) {
    store.update(withMetadata({ ...existing, subsets }, { ...existing.metadata, labels }));
    return;
  }
  store.create<Endpoints>({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace, labels }, subsets });
}

/** Endpoints objects, the older form, of every Service with a selector; those of a removed Service go. */
export const endpointsController: Controller = {
  name: 'endpoints',
  *affectedBy(change, { index }) {
    const object = change.after ?? change.before;
    if (object?.kind === 'Service') yield change.key;
    if (object?.kind === 'Pod') yield* servicesTouchedBy(change, index);
    if (change.before?.kind !== 'Endpoints') return;
    const service = makeKey('Service', change.before.metadata.namespace, change.before.metadata.name);
    if (index.object(service) !== undefined) yield service;
  },
  reconcile(key, context) {
    const { namespace, name } = parseKey(key);
    const service = context.store.get('Service', namespace, name);
    if (service !== undefined) {
      if (selectsPods(service)) writeEndpoints(service, context);
      return;
    }
    const orphan = context.store.get('Endpoints', namespace, name);
    if (orphan !== undefined) context.store.delete(keyOf(orphan));
  },
};
