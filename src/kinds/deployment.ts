import { forbidden, type Invalid, immutable, invalid } from './check/invalid.ts';
import { checkMeta } from './check/meta.ts';
import { dns1123Subdomain } from './check/names.ts';
import { checkIntOrPercent, checkNotNegative, checkSelectorAndTemplate } from './check/workload.ts';
import { age, containerCells } from './columns.ts';
import { defaultObject, defaultTemplate } from './defaults.ts';
import { type Draft, defineKind } from './definition.ts';
import { selectorFor } from './legacy.ts';
import { flag, int, intOrString, oneOf, struct } from './schema/struct.ts';
import { workload } from './schema/workload.ts';
import { formatSelector } from './selector.ts';
import type { Deployment } from './types/workload.ts';

type Strategy = Deployment['spec']['strategy'];

/** extensions/v1beta1 let one Pod more and one less at a time; every version since then 25 %. */
function strategyFor(apiVersion: string | undefined, strategy: Draft<Strategy> | undefined): Strategy {
  const type = strategy?.type ?? 'RollingUpdate';
  if (type === 'Recreate') return { ...strategy, type } as Strategy;
  const usual = apiVersion === 'extensions/v1beta1' ? 1 : '25%';
  const { maxSurge = usual, maxUnavailable = usual } = strategy?.rollingUpdate ?? {};
  return { type, rollingUpdate: { maxSurge, maxUnavailable } };
}

function normalize(draft: Draft<Deployment>): Deployment {
  return {
    ...draft,
    ...defaultObject(draft, { apiVersion: 'apps/v1', kind: 'Deployment', namespaced: true }),
    spec: {
      ...draft.spec,
      replicas: draft.spec?.replicas ?? 1,
      selector: selectorFor(draft.apiVersion, draft.spec),
      template: defaultTemplate(draft.spec?.template),
      strategy: strategyFor(draft.apiVersion, draft.spec?.strategy),
    },
  } as Deployment;
}

function isZero(value: unknown): boolean {
  return value === 0 || value === '0%';
}

function* checkStrategy({ type, rollingUpdate }: Strategy): Generator<Invalid> {
  if (rollingUpdate === undefined) return;
  if (type === 'Recreate') {
    yield forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'");
    return;
  }
  const { maxSurge, maxUnavailable } = rollingUpdate;
  yield* checkIntOrPercent('spec.strategy.rollingUpdate.maxSurge', maxSurge);
  yield* checkIntOrPercent('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable);
  if (isZero(maxSurge) && isZero(maxUnavailable)) {
    yield invalid('spec.strategy.rollingUpdate.maxUnavailable', maxUnavailable, 'may not be 0 when `maxSurge` is 0');
  }
}

function* validate(object: Deployment): Generator<Invalid> {
  yield* checkMeta(object, dns1123Subdomain, true);
  yield* checkNotNegative('spec.replicas', object.spec.replicas);
  yield* checkNotNegative('spec.minReadySeconds', object.spec.minReadySeconds);
  yield* checkSelectorAndTemplate(object.spec);
  yield* checkStrategy(object.spec.strategy);
}

/** Deployment: apps/v1 and the versions before it. */
export const deploymentKind = defineKind<'Deployment'>({
  kind: 'Deployment',
  versions: ['apps/v1', 'apps/v1beta2', 'apps/v1beta1', 'extensions/v1beta1'],
  shortNames: ['deploy'],
  namespaced: true,
  schema: () =>
    workload({
      replicas: int,
      strategy: struct({
        type: oneOf('RollingUpdate', 'Recreate'),
        rollingUpdate: struct({ maxSurge: intOrString, maxUnavailable: intOrString }),
      }),
      revisionHistoryLimit: int,
      progressDeadlineSeconds: int,
      paused: flag,
      rollbackTo: struct({ revision: int }),
    }),
  normalize,
  validate,
  *validateUpdate(old, next) {
    if (formatSelector(old.spec.selector) !== formatSelector(next.spec.selector)) {
      yield immutable('spec.selector', next.spec.selector);
    }
  },
  columns: {
    headers: ['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    row: ({ metadata, spec, status }, now) => [
      metadata.name,
      `${status?.readyReplicas ?? 0}/${spec.replicas}`,
      String(status?.updatedReplicas ?? 0),
      String(status?.availableReplicas ?? 0),
      age(metadata.creationTimestamp, now),
      ...containerCells(spec.template),
      formatSelector(spec.selector),
    ],
  },
});
