import { checkNetwork } from './check/addresses.ts';
import { type Invalid, immutable, invalid, required } from './check/invalid.ts';
import { checkMeta } from './check/meta.ts';
import { dns1123Subdomain } from './check/names.ts';
import { age } from './columns.ts';
import { defaultObject } from './defaults.ts';
import { defineKind } from './definition.ts';
import { at } from './path.ts';
import { condition, topLevel } from './schema/meta.ts';
import { list, struct, texts } from './schema/struct.ts';
import type { ServiceCIDR } from './types/servicecidr.ts';

function* validate(object: ServiceCIDR): Generator<Invalid> {
  yield* checkMeta(object, dns1123Subdomain, false);
  const { cidrs } = object.spec;
  if (cidrs.length === 0) yield required('spec.cidrs', 'Give a network, such as 10.96.0.0/12.');
  for (const [index, cidr] of cidrs.entries()) yield* checkNetwork(at('spec.cidrs', index), cidr);
  if (cidrs.length > 2 || new Set(cidrs.map((cidr) => cidr.includes(':'))).size < cidrs.length) {
    yield invalid('spec.cidrs', cidrs, 'may hold at most one network of each family');
  }
}

/** ServiceCIDR: networking.k8s.io/v1 and v1beta1. */
export const serviceCIDRKind = defineKind<'ServiceCIDR'>({
  kind: 'ServiceCIDR',
  versions: ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1'],
  namespaced: false,
  schema: () => topLevel({ spec: struct({ cidrs: texts }), status: struct({ conditions: list(condition) }) }),
  normalize: (draft) =>
    ({
      ...draft,
      ...defaultObject(draft, { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', namespaced: false }),
      spec: { cidrs: draft.spec?.cidrs ?? [] },
    }) as ServiceCIDR,
  validate,
  *validateUpdate(old, next) {
    const grown = old.spec.cidrs.every((cidr, index) => next.spec.cidrs[index] === cidr);
    if (!grown) yield immutable('spec.cidrs', next.spec.cidrs);
  },
  columns: {
    headers: ['NAME', 'CIDRS', 'AGE'],
    wide: [],
    row: ({ metadata, spec }, now) => [metadata.name, spec.cidrs.join(','), age(metadata.creationTimestamp, now)],
  },
});
