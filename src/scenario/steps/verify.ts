import * as z from 'zod';
import { text } from '../fields.ts';
import { Mismatch } from '../mismatch.ts';
import { stepKind } from '../types.ts';

const schema = z.preprocess(
  (value) => (value === true || value === null ? {} : value),
  z.strictObject({ from: text.optional(), to: text.optional() }),
);

const shown = 5;

/** `verify`: every kind of client tries every way in, and all behave as predicted. */
export const verifyStep = stepKind<z.infer<typeof schema>>({
  name: 'verify',
  schema,
  plan: ({ from, to }) => ({
    text: `verify${from === undefined ? '' : ` from ${from}`}${to === undefined ? '' : ` to ${to}`}`,
    run: async ({ session }) => {
      await session.settle();
      const request = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      const { disagreed, connections } = await session.verify(request);
      if (disagreed === 0 && connections.length > 0) return;
      const wrong = connections.filter(({ agrees }) => !agrees).slice(0, shown);
      throw new Mismatch(
        connections.length === 0 ? 'there is nothing to verify' : `${disagreed} connections differ from the prediction`,
        wrong.map((one) => `${one.from} → ${one.to} (${one.about}): ${one.difference}`),
      );
    },
  }),
});
