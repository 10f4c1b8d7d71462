import * as z from 'zod';
import { fill, texts } from '../fields.ts';
import { Mismatch } from '../mismatch.ts';
import { stepKind } from '../types.ts';

const schema = z
  .strictObject({ of: texts, have: texts.optional(), lack: texts.optional() })
  .refine(({ have, lack }) => (have ?? lack) !== undefined, { error: 'say what the rules have or lack' });

/** `rules`: the rules of nodes, as their kernels hold them, have and lack some texts. */
export const rulesStep = stepKind<z.infer<typeof schema>>({
  name: 'rules',
  schema,
  plan: (value) => ({
    text: `rules of ${value.of.join(', ')}${value.have === undefined ? '' : ` have ${value.have.join(', ')}`}${
      value.lack === undefined ? '' : ` lack ${value.lack.join(', ')}`
    }`,
    run: async ({ session, variables }) => {
      const { of, have = [], lack = [] } = fill(value, variables);
      await session.settle();
      for (const node of of) {
        const rules = await session.rules(node);
        const missing = have.find((part) => !rules.includes(part));
        if (missing !== undefined) throw new Mismatch(`the rules of ${node} do not have "${missing}"`);
        const unwanted = lack.find((part) => rules.includes(part));
        if (unwanted === undefined) continue;
        const lines = rules.split('\n').filter((line) => line.includes(unwanted));
        throw new Mismatch(`the rules of ${node} have "${unwanted}"`, lines);
      }
    },
  }),
});
