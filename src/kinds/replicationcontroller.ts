import { type Invalid, invalid, required } from './check/invalid.ts';
import { checkLabels, checkMeta } from './check/meta.ts';
import { dns1123Subdomain } from './check/names.ts';
import { checkTemplate } from './check/podspec.ts';
import { checkNotNegative } from './check/workload.ts';
import { defaultObject, defaultTemplate } from './defaults.ts';
import { type Draft, defineKind } from './definition.ts';
import { replicaColumns } from './replica-columns.ts';
import { int, stringMap } from './schema/struct.ts';
import { workload } from './schema/workload.ts';
import { matchesLabels } from './selector.ts';
import type { ReplicationController } from './types/workload.ts';

/** A selector that is not given is the template's labels, in core/v1 to this day. */
function normalize(draft: Draft<ReplicationController>): ReplicationController {
  const template = defaultTemplate(draft.spec?.template);
  const given = draft.spec?.selector ?? {};
  return {
    ...draft,
    ...defaultObject(draft, { apiVersion: 'v1', kind: 'ReplicationController', namespaced: true }),
    spec: {
      ...draft.spec,
      replicas: draft.spec?.replicas ?? 1,
      selector: Object.keys(given).length === 0 ? (template.metadata?.labels ?? {}) : given,
      template,
    },
  } as ReplicationController;
}

function* validate(object: ReplicationController): Generator<Invalid> {
  const { replicas, selector, template } = object.spec;
  yield* checkMeta(object, dns1123Subdomain, true);
  yield* checkNotNegative('spec.replicas', replicas);
  yield* checkLabels('spec.selector', selector);
  const labels = template.metadata?.labels ?? {};
  if (Object.keys(selector).length === 0) yield required('spec.selector', 'Give the template labels.');
  else if (!matchesLabels(selector, labels)) {
    yield invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`');
  }
  yield* checkTemplate(template, 'spec.template');
}

/** ReplicationController, core/v1. */
export const replicationControllerKind = defineKind<'ReplicationController'>({
  kind: 'ReplicationController',
  versions: ['v1'],
  shortNames: ['rc'],
  namespaced: true,
  schema: () => workload({ replicas: int, selector: stringMap }),
  normalize,
  validate,
  columns: replicaColumns(({ spec }) => ({ matchLabels: spec.selector })),
});
