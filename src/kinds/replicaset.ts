import { type Invalid, immutable } from './check/invalid.ts';
import { checkMeta } from './check/meta.ts';
import { dns1123Subdomain } from './check/names.ts';
import { checkNotNegative, checkSelectorAndTemplate } from './check/workload.ts';
import { defaultObject, defaultTemplate } from './defaults.ts';
import { defineKind } from './definition.ts';
import { selectorFor } from './legacy.ts';
import { replicaColumns } from './replica-columns.ts';
import { int } from './schema/struct.ts';
import { workload } from './schema/workload.ts';
import { formatSelector } from './selector.ts';
import type { ReplicaSet } from './types/workload.ts';

function* validate(object: ReplicaSet): Generator<Invalid> {
  yield* checkMeta(object, dns1123Subdomain, true);
  yield* checkNotNegative('spec.replicas', object.spec.replicas);
  yield* checkNotNegative('spec.minReadySeconds', object.spec.minReadySeconds);
  yield* checkSelectorAndTemplate(object.spec);
}

/** ReplicaSet: apps/v1 and the versions before it. */
export const replicaSetKind = defineKind<'ReplicaSet'>({
  kind: 'ReplicaSet',
  versions: ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1'],
  shortNames: ['rs'],
  namespaced: true,
  schema: () => workload({ replicas: int }),
  normalize: (draft) =>
    ({
      ...draft,
      ...defaultObject(draft, { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespaced: true }),
      spec: {
        ...draft.spec,
        replicas: draft.spec?.replicas ?? 1,
        selector: selectorFor(draft.apiVersion, draft.spec),
        template: defaultTemplate(draft.spec?.template),
      },
    }) as ReplicaSet,
  validate,
  *validateUpdate(old, next) {
    if (formatSelector(old.spec.selector) !== formatSelector(next.spec.selector)) {
      yield immutable('spec.selector', next.spec.selector);
    }
  },
  columns: replicaColumns(({ spec }) => spec.selector),
});
