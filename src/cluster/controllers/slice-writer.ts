import type { Endpoints } from '../../kinds/types/endpoints.ts';
import { type EndpointSlice, serviceNameLabel } from '../../kinds/types/endpointslice.ts';
import type { StringMap } from '../../kinds/types/meta.ts';
import type { Service } from '../../kinds/types/service.ts';
import type { Family } from '../../net/address.ts';
import { keyOf } from '../keys.ts';
import { generateName } from '../names.ts';
import { ownerReference } from '../pods/lifecycle.ts';
import { distribute, portsText, type SliceGroup, type SlicePlan } from '../services/slice-groups.ts';
import { withMetadata } from '../store.ts';
import type { ControllerContext } from './controller.ts';

/** Label of a slice that names the controller it belongs to. */
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';

/** Who writes slices, and for what. */
export interface SliceOwner {
  readonly managedBy: string;
  /** The object that the slices go with. */
  readonly owner: Service | Endpoints;
  readonly namespace: string;
  readonly service: string;
  readonly labels: StringMap;
}

/** Slices of the Service `NAMESPACE/NAME` that the controller manages, sorted by name. */
function managedSlices(
  service: string,
  managedBy: string,
  { store, index }: ControllerContext,
): readonly EndpointSlice[] {
  return index.slicesByService.sorted(service).flatMap((key) => {
    const slice = store.getByKey(key);
    return slice?.kind === 'EndpointSlice' && slice.metadata.labels?.[managedByLabel] === managedBy ? [slice] : [];
  });
}

function writeSlice(plan: SlicePlan, by: SliceOwner, family: Family, { store }: ControllerContext): void {
  const labels = { ...by.labels, [serviceNameLabel]: by.service, [managedByLabel]: by.managedBy };
  const { ports, endpoints, slice } = plan;
  const content = { ports, endpoints, addressType: family === 'ipv6' ? 'IPv6' : 'IPv4' } as const;
  if (slice !== undefined) {
    store.update(withMetadata({ ...slice, ...content }, { ...slice.metadata, labels }));
    return;
  }
  const taken = (name: string) => store.get('EndpointSlice', by.namespace, name) !== undefined;
  const prefix = `${by.service}-`;
  const name = generateName(prefix, `${by.owner.metadata.uid}/${family}/${portsText(ports)}`, taken);
  store.create<EndpointSlice>({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name,
      generateName: prefix,
      namespace: by.namespace,
      labels,
      ownerReferences: [ownerReference(by.owner)],
    },
    ...content,
  });
}

/** Brings the owner's slices of one family to these groups; slices that are left over go. */
export function writeSlices(
  groups: readonly SliceGroup[],
  by: SliceOwner,
  family: Family,
  context: ControllerContext,
): void {
  const addressType = family === 'ipv6' ? 'IPv6' : 'IPv4';
  const existing = managedSlices(`${by.namespace}/${by.service}`, by.managedBy, context).filter(
    (slice) => slice.addressType === addressType,
  );
  const plans = distribute(groups, existing);
  const kept = new Set(plans.map(({ slice }) => slice));
  for (const slice of existing) if (!kept.has(slice)) context.store.delete(keyOf(slice));
  for (const plan of plans) writeSlice(plan, by, family, context);
}

/** Removes all slices that the controller manages for the Service, or those of families not among `except`. */
export function removeSlices(
  service: string,
  managedBy: string,
  context: ControllerContext,
  except: readonly Family[] = [],
): void {
  const kept = except.map((family) => (family === 'ipv6' ? 'IPv6' : 'IPv4') as string);
  for (const slice of managedSlices(service, managedBy, context)) {
    if (!kept.includes(slice.addressType)) context.store.delete(keyOf(slice));
  }
}
