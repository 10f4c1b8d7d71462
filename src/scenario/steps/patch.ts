import * as z from 'zod';
import { text } from '../fields.ts';
import { objectName } from '../object-name.ts';
import { placed } from '../placed.ts';
import { stepKind } from '../types.ts';

const schema = z.strictObject({
  /** `KIND/NAME` */
  object: text,
  /** A JSON merge patch: mappings are merged, null removes. */
  with: z.record(z.string(), z.unknown()),
});

/** `patch`: fields of an object are changed, as `kubectl patch --type merge` does. */
export const patchStep = stepKind<z.infer<typeof schema>>({
  name: 'patch',
  schema,
  plan: ({ object, with: change }, source) => {
    const name = placed(source, 'object', () => objectName(object));
    return {
      text: `patch ${object} with ${JSON.stringify(change)}`,
      run: ({ session }) => session.patch(name, change),
    };
  },
});
