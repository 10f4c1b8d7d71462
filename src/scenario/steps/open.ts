import * as z from 'zod';
import { fill, text, texts } from '../fields.ts';
import { HeldConnection } from '../held-connection.ts';
import { Mismatch } from '../mismatch.ts';
import { answererComplaint } from '../pod-patterns.ts';
import { stepKind } from '../types.ts';

const schema = z.strictObject({
  /** Name of the connection, for `send`. */
  as: text,
  from: text,
  to: text,
  answeredBy: texts.optional(),
  remember: text.optional(),
});

/** `open`: a connection is made, or a UDP socket, which stays open. */
export const openStep = stepKind<z.infer<typeof schema>>({
  name: 'open',
  schema,
  plan: (value) => ({
    text: `${value.from} opens ${value.as} to ${value.to}`,
    run: async ({ session, variables, connections }) => {
      const { as, from, to, answeredBy = ['*/*'], remember } = fill(value, variables);
      await session.settle();
      const { to: address, predicted } = await session.explain(from, to);
      const connection = await HeldConnection.open(session, from, address);
      connections.get(as)?.close();
      connections.set(as, connection);
      const { outcome, pod } = await connection.ask();
      if (outcome !== 'delivered' || pod === undefined) throw new Mismatch(`${from} to ${to}: ${outcome}`);
      const complaint = answererComplaint(answeredBy, [pod]);
      if (complaint !== undefined) throw new Mismatch(`${from} to ${to}: ${complaint}`);
      if (!predicted.some((one) => one.pod === pod)) {
        throw new Mismatch(`${from} to ${to}: ${pod} answered, which was not predicted`);
      }
      if (remember !== undefined) variables.set(remember, pod.replace(/^default\//, ''));
    },
  }),
});
