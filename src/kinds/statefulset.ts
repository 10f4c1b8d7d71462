import { forbidden, type Invalid } from './check/invalid.ts';
import { checkMeta } from './check/meta.ts';
import { dns1123Subdomain } from './check/names.ts';
import { checkNotNegative, checkSelectorAndTemplate } from './check/workload.ts';
import { age, containerCells } from './columns.ts';
import { defaultObject, defaultTemplate } from './defaults.ts';
import { type Draft, defineKind } from './definition.ts';
import { selectorFor } from './legacy.ts';
import { objectMeta } from './schema/meta.ts';
import { anything, int, intOrString, later, list, oneOf, struct, text } from './schema/struct.ts';
import { claimSpec } from './schema/volume.ts';
import { workload } from './schema/workload.ts';
import type { StatefulSet } from './types/workload.ts';

function normalize(draft: Draft<StatefulSet>): StatefulSet {
  return {
    ...draft,
    ...defaultObject(draft, { apiVersion: 'apps/v1', kind: 'StatefulSet', namespaced: true }),
    spec: {
      ...draft.spec,
      replicas: draft.spec?.replicas ?? 1,
      serviceName: draft.spec?.serviceName ?? '',
      selector: selectorFor(draft.apiVersion, draft.spec),
      template: defaultTemplate(draft.spec?.template),
      podManagementPolicy: draft.spec?.podManagementPolicy ?? 'OrderedReady',
    },
  } as StatefulSet;
}

function* validate(object: StatefulSet): Generator<Invalid> {
  yield* checkMeta(object, dns1123Subdomain, true);
  yield* checkNotNegative('spec.replicas', object.spec.replicas);
  const claims = (object.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? '');
  yield* checkSelectorAndTemplate(object.spec, claims);
}

const mutable = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]);

function* validateUpdate(old: StatefulSet, next: StatefulSet): Generator<Invalid> {
  const [before, after] = [new Map(Object.entries(old.spec)), new Map(Object.entries(next.spec))];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (mutable.has(key) || JSON.stringify(before.get(key)) === JSON.stringify(after.get(key))) continue;
    const names = [...mutable].map((name) => `'${name}'`).join(', ');
    yield forbidden(`spec.${key}`, `updates to statefulset spec for fields other than ${names} are forbidden`);
  }
}

/** StatefulSet: apps/v1 and the versions before it. */
export const statefulSetKind = defineKind<'StatefulSet'>({
  kind: 'StatefulSet',
  versions: ['apps/v1', 'apps/v1beta2', 'apps/v1beta1'],
  shortNames: ['sts'],
  namespaced: true,
  schema: () =>
    workload({
      replicas: int,
      serviceName: text,
      podManagementPolicy: oneOf('OrderedReady', 'Parallel'),
      updateStrategy: struct({
        type: oneOf('RollingUpdate', 'OnDelete'),
        rollingUpdate: struct({ partition: int, maxUnavailable: intOrString }),
      }),
      revisionHistoryLimit: int,
      ordinals: struct({ start: int }),
      persistentVolumeClaimRetentionPolicy: struct({ whenDeleted: text, whenScaled: text }),
      volumeClaimTemplates: later(() =>
        list(struct({ apiVersion: text, kind: text, metadata: objectMeta, spec: claimSpec, status: anything })),
      ),
    }),
  normalize,
  validate,
  validateUpdate,
  columns: {
    headers: ['NAME', 'READY', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES'],
    row: ({ metadata, spec, status }, now) => [
      metadata.name,
      `${status?.readyReplicas ?? 0}/${spec.replicas}`,
      age(metadata.creationTimestamp, now),
      ...containerCells(spec.template),
    ],
  },
});
