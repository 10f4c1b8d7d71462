import type { KindName, LabObject, ObjectOf } from '../../kinds/types/object.ts';
import { type Cidr, type Family, familyOf, tryParseCidr } from '../../net/address.ts';
import { type PortRange, parsePortRange } from '../allocators/node-port.ts';
import type { ObjectStore } from '../store.ts';

/** kube-apiserver's defaults. */
const defaultClusterIPRange = '10.96.0.0/12';
const defaultNodePortRange = '30000-32767';

/** Where Services get addresses and ports from. */
export interface ServiceRanges {
  readonly clusterIPs: readonly Cidr[];
  /** In the order of the Lab's ranges. */
  readonly families: readonly Family[];
  readonly nodePorts: PortRange;
}

function objectsOf<K extends KindName>(
  kind: K,
  store: ObjectStore,
  batch: readonly LabObject[],
): readonly ObjectOf<K>[] {
  const inBatch = batch.filter((object) => object.kind === kind) as unknown as readonly ObjectOf<K>[];
  const names = new Set(inBatch.map((object) => object.metadata.name));
  return [...store.list(kind).filter((object) => !names.has(object.metadata.name)), ...inBatch];
}

/** The ranges of the Lab and of ServiceCIDR objects (KEP-1880), those of a request that is about to be applied included. */
export function serviceRanges(store: ObjectStore, batch: readonly LabObject[]): ServiceRanges {
  const lab = objectsOf('Lab', store, batch)[0]?.spec;
  const fromLab = (lab?.serviceClusterIPRange ?? defaultClusterIPRange).split(',');
  const fromObjects = objectsOf('ServiceCIDR', store, batch).flatMap((object) => object.spec.cidrs);
  const parsed = [...fromLab, ...fromObjects].flatMap((text) => tryParseCidr(text.trim()) ?? []);
  const clusterIPs = [...new Set(parsed)];
  return {
    clusterIPs,
    families: [...new Set(clusterIPs.map(familyOf))],
    nodePorts: parsePortRange(lab?.serviceNodePortRange ?? defaultNodePortRange),
  };
}
