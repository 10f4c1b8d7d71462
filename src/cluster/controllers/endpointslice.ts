import { serviceNameLabel } from '../../kinds/types/endpointslice.ts';
import type { LabObject } from '../../kinds/types/object.ts';
import type { Service } from '../../kinds/types/service.ts';
import type { ClusterIndex } from '../cluster-index.ts';
import { type Key, makeKey, namespacedName } from '../keys.ts';
import { isHeadless, selectsPods, serviceFamilies, zoneLabel } from '../services/pod-endpoint.ts';
import { groupsOfPods } from '../services/slice-groups.ts';
import type { Change } from '../store.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { managedByLabel, removeSlices, writeSlices } from './slice-writer.ts';

const managedBy = 'endpointslice-controller.k8s.io';

/** Services whose endpoints the change of a Pod or node may touch. */
export function servicesTouchedBy({ before, after }: Change, index: ClusterIndex): readonly Key[] {
  const touched = (object: LabObject | undefined) => {
    if (object?.kind !== 'Pod') return [];
    return index.servicesSelecting(object.metadata.namespace, object.metadata.labels);
  };
  const node = after ?? before;
  if (node?.kind !== 'Node') {
    const same = before?.metadata.labels === after?.metadata.labels;
    return [...touched(after), ...(same ? [] : touched(before))];
  }
  if (before?.metadata.labels?.[zoneLabel] === after?.metadata.labels?.[zoneLabel]) return [];
  return index.pods(index.podsByNode.get(node.metadata.name)).flatMap(touched);
}

/** The Service of a slice that somebody else changed or removed. */
function serviceOfSlice({ before }: Change): readonly Key[] {
  if (before?.kind !== 'EndpointSlice' || before.metadata.labels?.[managedByLabel] !== managedBy) return [];
  return [makeKey('Service', before.metadata.namespace, before.metadata.labels[serviceNameLabel] ?? '')];
}

function labelsOf(service: Service): Readonly<Record<string, string>> {
  const { labels } = service.metadata;
  return isHeadless(service) ? { ...labels, 'service.kubernetes.io/headless': '' } : { ...labels };
}

function writeAll(service: Service, context: ControllerContext): void {
  const { namespace = 'default', name } = service.metadata;
  const pods = context.index.podsSelectedBy(namespace, service.spec.selector);
  const by = { managedBy, owner: service, namespace, service: name, labels: labelsOf(service) };
  const families = serviceFamilies(service);
  removeSlices(namespacedName(service), managedBy, context, families);
  for (const family of families) {
    const groups = groupsOfPods(service, pods, family, (node) => context.store.get('Node', undefined, node));
    writeSlices(groups, by, family, context);
  }
}

/** EndpointSlices of every Service with a selector (kube-controller-manager's endpointslice controller). */
export const endpointSliceController: Controller = {
  name: 'endpointslice',
  *affectedBy(change, { index }) {
    const object = change.after ?? change.before;
    if (object?.kind === 'Service') yield change.key;
    if (object?.kind === 'Pod' || object?.kind === 'Node') yield* servicesTouchedBy(change, index);
    yield* serviceOfSlice(change);
  },
  reconcile(key, context) {
    const service = context.store.getByKey(key);
    if (service?.kind !== 'Service') return;
    if (selectsPods(service)) writeAll(service, context);
    else if (service.spec.type === 'ExternalName') removeSlices(namespacedName(service), managedBy, context);
  },
};
