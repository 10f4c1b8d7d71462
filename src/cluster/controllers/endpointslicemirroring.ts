import type { Endpoints } from '../../kinds/types/endpoints.ts';
import { type Key, makeKey, parseKey } from '../keys.ts';
import { groupsOfEndpoints } from '../services/slice-groups.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { removeSlices, writeSlices } from './slice-writer.ts';

const managedBy = 'endpointslicemirroring-controller.k8s.io';
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror';

/** The Endpoints object to mirror for the Service, if it has one that wants to be mirrored. */
function mirroredEndpoints(key: Key, { store }: ControllerContext): Endpoints | undefined {
  const service = store.getByKey(key);
  if (service?.kind !== 'Service' || Object.keys(service.spec.selector ?? {}).length > 0) return undefined;
  const endpoints = store.get('Endpoints', service.metadata.namespace, service.metadata.name);
  return endpoints?.metadata.labels?.[skipLabel] === 'true' ? undefined : endpoints;
}

/** EndpointSlices for hand-made Endpoints of Services without selector. */
export const endpointSliceMirroringController: Controller = {
  name: 'endpointslicemirroring',
  *affectedBy({ key, before, after }) {
    const object = after ?? before;
    if (object?.kind === 'Service') yield key;
    if (object?.kind === 'Endpoints') yield makeKey('Service', object.metadata.namespace, object.metadata.name);
  },
  reconcile(key, context) {
    const { namespace, name } = parseKey(key);
    const endpoints = mirroredEndpoints(key, context);
    if (endpoints === undefined) return removeSlices(`${namespace}/${name}`, managedBy, context);
    const by = { managedBy, owner: endpoints, namespace, service: name, labels: endpoints.metadata.labels ?? {} };
    for (const family of ['ipv4', 'ipv6'] as const) {
      const groups = groupsOfEndpoints(endpoints, family);
      if (groups.length > 0) writeSlices(groups, by, family, context);
      else removeSlices(`${namespace}/${name}`, managedBy, context, [family === 'ipv4' ? 'ipv6' : 'ipv4']);
    }
  },
};
