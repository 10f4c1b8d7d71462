import * as z from 'zod';
import type { LabError } from '../../errors.ts';
import { faultError } from '../../kinds/fault.ts';
import { isMapping } from '../../kinds/mapping.ts';
import { normalizeObject } from '../../kinds/normalize.ts';
import { at } from '../../kinds/path.ts';
import type { ManifestObject } from '../../manifest/parse.ts';
import { throwAll } from '../../manifest/sum.ts';
import { type StepSource, stepKind } from '../types.ts';
import { inSetting } from '../with-setting.ts';

/** One object, or a list of them. */
const schema = z.preprocess(
  (value) => (isMapping(value) ? [value] : value),
  z.array(z.record(z.string(), z.unknown())).min(1),
);

type Objects = z.infer<typeof schema>;

function under(path: string, field: string): string {
  return field === '' || field.startsWith('[') ? path + field : `${path}.${field}`;
}

/** The objects with their places. A single one may stand without a list, so both paths are looked for. */
function manifestsOf(objects: Objects, source: StepSource): readonly ManifestObject[] {
  const errors: LabError[] = [];
  const manifests = objects.flatMap((raw, index) => {
    const whole = source.locate('');
    const first = source.locate(at('', index));
    const listed = objects.length > 1 || first.line !== whole.line || first.column !== whole.column;
    const locate = (field: string) => source.locate(listed ? under(at('', index), field) : field);
    const result = normalizeObject(raw);
    if ('object' in result) return [{ object: result.object, file: whole.file, locate }];
    errors.push(...result.faults.map((fault) => faultError(fault, { place: locate(fault.field) })));
    return [];
  });
  throwAll(errors);
  return manifests;
}

function named({ object: { kind, metadata } }: ManifestObject): string {
  return `${kind} ${metadata.name}`;
}

/** `apply`: objects are created or changed, as `kubectl apply` does. */
export const applyStep = stepKind<Objects>({
  name: 'apply',
  schema,
  plan: (value, source) => {
    const manifests = manifestsOf(value, source);
    return {
      text: `apply ${manifests.map(named).join(', ')}`,
      run: ({ session, setting }) =>
        session.apply(manifests.map((one) => ({ ...one, object: inSetting(one.object, setting) }))),
    };
  },
});
