import { tryParseCidr } from '../net/address.ts';
import { checkNetwork } from './check/addresses.ts';
import { type Invalid, immutable, invalid } from './check/invalid.ts';
import { checkMeta } from './check/meta.ts';
import { dns1123Subdomain } from './check/names.ts';
import { checkTaints } from './check/taints.ts';
import { age, orNone } from './columns.ts';
import { defaultObject } from './defaults.ts';
import { defineKind } from './definition.ts';
import { at } from './path.ts';
import { condition, taint, topLevel } from './schema/meta.ts';
import { anything, flag, int, list, oneOf, quantityMap, struct, text, texts } from './schema/struct.ts';
import type { Node } from './types/node.ts';

const addressTypes = oneOf('InternalIP', 'ExternalIP', 'Hostname', 'InternalDNS', 'ExternalDNS');
const roleLabel = 'node-role.kubernetes.io/';

function schema() {
  const spec = struct({
    podCIDR: text,
    podCIDRs: texts,
    providerID: text,
    unschedulable: flag,
    taints: list(taint),
    configSource: anything,
    externalID: text,
  });
  const status = struct({
    addresses: list(struct({ type: addressTypes, address: text })),
    conditions: list(condition),
    capacity: quantityMap,
    allocatable: quantityMap,
    phase: text,
    daemonEndpoints: struct({ kubeletEndpoint: struct({ Port: int }) }),
    nodeInfo: anything,
    images: anything,
    volumesInUse: texts,
    volumesAttached: anything,
    config: anything,
    runtimeHandlers: anything,
    features: anything,
    declaredFeatures: texts,
  });
  return topLevel({ spec, status });
}

function* validate(node: Node): Generator<Invalid> {
  yield* checkMeta(node, dns1123Subdomain, false);
  yield* checkTaints('spec.taints', node.spec.taints ?? []);
  const cidrs = node.spec.podCIDRs ?? [];
  for (const [index, cidr] of cidrs.entries()) yield* checkNetwork(at('spec.podCIDRs', index), cidr);
  const families = new Set(cidrs.map((cidr) => cidr.includes(':')));
  if (cidrs.length > 2 || families.size < cidrs.length) {
    yield invalid('spec.podCIDRs', cidrs, 'may hold at most one network of each family');
  }
  if (node.spec.podCIDR !== undefined && cidrs[0] !== node.spec.podCIDR) {
    yield invalid('spec.podCIDRs[0]', cidrs[0] ?? '', 'must match `podCIDR`');
  }
}

function* validateUpdate(old: Node, next: Node): Generator<Invalid> {
  const before = (old.spec.podCIDRs ?? []).map(tryParseCidr).join();
  const after = (next.spec.podCIDRs ?? []).map(tryParseCidr).join();
  if (before !== '' && after !== '' && before !== after) yield immutable('spec.podCIDRs', next.spec.podCIDRs);
}

/** Node names its Pod network twice: podCIDR is the first of podCIDRs. */
function podCIDRs(spec: { readonly podCIDR?: string | undefined; readonly podCIDRs?: readonly string[] | undefined }) {
  const cidrs = spec.podCIDRs ?? (spec.podCIDR ? [spec.podCIDR] : undefined);
  const first = spec.podCIDR ?? cidrs?.[0];
  return { ...(first === undefined ? {} : { podCIDR: first }), ...(cidrs === undefined ? {} : { podCIDRs: cidrs }) };
}

function roles(node: Node): string {
  const keys = Object.keys(node.metadata.labels ?? {}).filter((key) => key.startsWith(roleLabel));
  return orNone(
    keys
      .map((key) => key.slice(roleLabel.length))
      .sort()
      .join(','),
  );
}

function state(node: Node): string {
  const ready = node.status.conditions?.find(({ type }) => type === 'Ready');
  const words = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (node.spec.unschedulable === true) words.push('SchedulingDisabled');
  return words.join(',');
}

function addressOf(node: Node, type: string): string {
  return orNone(node.status.addresses?.find((address) => address.type === type)?.address);
}

/** Node, core/v1. */
export const nodeKind = defineKind<'Node'>({
  kind: 'Node',
  versions: ['v1'],
  shortNames: ['no'],
  namespaced: false,
  schema,
  normalize: (draft) =>
    ({
      ...draft,
      ...defaultObject(draft, { apiVersion: 'v1', kind: 'Node', namespaced: false }),
      spec: { ...draft.spec, ...podCIDRs(draft.spec ?? {}) },
      status: draft.status ?? {},
    }) as Node,
  validate,
  validateUpdate,
  columns: {
    headers: ['NAME', 'STATUS', 'ROLES', 'AGE'],
    wide: ['INTERNAL-IP', 'EXTERNAL-IP', 'POD-CIDR'],
    row: (node, now) => [
      node.metadata.name,
      state(node),
      roles(node),
      age(node.metadata.creationTimestamp, now),
      addressOf(node, 'InternalIP'),
      addressOf(node, 'ExternalIP'),
      orNone(node.spec.podCIDRs?.join(',')),
    ],
  },
});
