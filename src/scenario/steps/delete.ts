import * as z from 'zod';
import { isMapping } from '../../kinds/mapping.ts';
import { fill, texts } from '../fields.ts';
import { keyOf, objectName } from '../object-name.ts';
import { placed } from '../placed.ts';
import { stepKind } from '../types.ts';

/** Names, or names with a grace period. */
const schema = z.preprocess(
  (value) => (isMapping(value) ? value : { objects: value }),
  z.strictObject({ objects: texts, gracePeriodSeconds: z.int().nonnegative().optional() }),
);

/** `delete`: objects are deleted, as `kubectl delete --wait=false` does. */
export const deleteStep = stepKind<z.infer<typeof schema>>({
  name: 'delete',
  schema,
  plan: ({ objects, gracePeriodSeconds }, source) => {
    placed(source, '', () => objects.forEach(objectName));
    return {
      text: `delete ${objects.join(', ')}`,
      run: async ({ session, variables }) => {
        const names = fill(objects, variables).map(objectName);
        await session.remove(names.map(keyOf), gracePeriodSeconds);
      },
    };
  },
});
