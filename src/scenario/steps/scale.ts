import * as z from 'zod';
import { text } from '../fields.ts';
import { objectName } from '../object-name.ts';
import { placed } from '../placed.ts';
import { stepKind } from '../types.ts';

const schema = z.strictObject({ object: text, replicas: z.int().nonnegative() });

/** `scale`: a workload gets another number of replicas, as `kubectl scale` does. */
export const scaleStep = stepKind<z.infer<typeof schema>>({
  name: 'scale',
  schema,
  plan: ({ object, replicas }, source) => {
    const name = placed(source, 'object', () => objectName(object));
    return {
      text: `scale ${object} to ${replicas}`,
      run: ({ session }) => session.patch(name, { spec: { replicas } }),
    };
  },
});
