import { type Invalid, immutable } from './check/invalid.ts';
import { checkMeta } from './check/meta.ts';
import { dns1123Subdomain } from './check/names.ts';
import { checkIntOrPercent, checkNotNegative, checkSelectorAndTemplate } from './check/workload.ts';
import { age, containerCells } from './columns.ts';
import { defaultObject, defaultTemplate } from './defaults.ts';
import { type Draft, defineKind } from './definition.ts';
import { selectorFor } from './legacy.ts';
import { int, intOrString, oneOf, struct } from './schema/struct.ts';
import { workload } from './schema/workload.ts';
import { formatSelector } from './selector.ts';
import type { DaemonSet } from './types/workload.ts';

type Strategy = NonNullable<DaemonSet['spec']['updateStrategy']>;

function strategyFor(apiVersion: string | undefined, strategy: Draft<Strategy> | undefined): Strategy {
  const type = strategy?.type ?? (apiVersion === 'extensions/v1beta1' ? 'OnDelete' : 'RollingUpdate');
  if (type === 'OnDelete') return { ...strategy, type } as Strategy;
  return { type, rollingUpdate: { maxSurge: 0, maxUnavailable: 1, ...strategy?.rollingUpdate } } as Strategy;
}

function normalize(draft: Draft<DaemonSet>): DaemonSet {
  return {
    ...draft,
    ...defaultObject(draft, { apiVersion: 'apps/v1', kind: 'DaemonSet', namespaced: true }),
    spec: {
      ...draft.spec,
      selector: selectorFor(draft.apiVersion, draft.spec),
      template: defaultTemplate(draft.spec?.template),
      updateStrategy: strategyFor(draft.apiVersion, draft.spec?.updateStrategy),
    },
  } as DaemonSet;
}

function* validate(object: DaemonSet): Generator<Invalid> {
  yield* checkMeta(object, dns1123Subdomain, true);
  yield* checkNotNegative('spec.minReadySeconds', object.spec.minReadySeconds);
  yield* checkSelectorAndTemplate(object.spec);
  const { rollingUpdate } = object.spec.updateStrategy ?? {};
  yield* checkIntOrPercent('spec.updateStrategy.rollingUpdate.maxSurge', rollingUpdate?.maxSurge);
  yield* checkIntOrPercent('spec.updateStrategy.rollingUpdate.maxUnavailable', rollingUpdate?.maxUnavailable);
}

/** DaemonSet: apps/v1 and the versions before it. */
export const daemonSetKind = defineKind<'DaemonSet'>({
  kind: 'DaemonSet',
  versions: ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1'],
  shortNames: ['ds'],
  namespaced: true,
  schema: () =>
    workload({
      updateStrategy: struct({
        type: oneOf('RollingUpdate', 'OnDelete'),
        rollingUpdate: struct({ maxSurge: intOrString, maxUnavailable: intOrString }),
      }),
      revisionHistoryLimit: int,
      templateGeneration: int,
    }),
  normalize,
  validate,
  *validateUpdate(old, next) {
    if (formatSelector(old.spec.selector) !== formatSelector(next.spec.selector)) {
      yield immutable('spec.selector', next.spec.selector);
    }
  },
  columns: {
    headers: ['NAME', 'DESIRED', 'CURRENT', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'NODE SELECTOR', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    row: ({ metadata, spec, status }, now) => [
      metadata.name,
      String(status?.desiredNumberScheduled ?? 0),
      String(status?.currentNumberScheduled ?? 0),
      String(status?.numberReady ?? 0),
      String(status?.updatedNumberScheduled ?? 0),
      String(status?.numberAvailable ?? 0),
      formatSelector({ matchLabels: spec.template.spec.nodeSelector ?? {} }),
      age(metadata.creationTimestamp, now),
      ...containerCells(spec.template),
      formatSelector(spec.selector),
    ],
  },
});
