import * as z from 'zod';
import { LabError } from '../../errors.ts';
import { fill, text, texts } from '../fields.ts';
import { Mismatch } from '../mismatch.ts';
import { untilContent } from '../patience.ts';
import { answererComplaint } from '../pod-patterns.ts';
import { type StepContext, stepKind } from '../types.ts';

const schema = z.strictObject({
  /** Name of the connection. */
  connection: text,
  outcome: z.enum(['delivered', 'refused', 'dropped', 'closed']).default('delivered'),
  answeredBy: texts.optional(),
  /** Asks again until it comes out as expected. */
  eventually: z.literal(true).optional(),
});

type Send = z.infer<typeof schema>;

async function complaintOf(step: Send, { connections }: StepContext): Promise<string | undefined> {
  const connection = connections.get(step.connection);
  if (connection === undefined) {
    throw new LabError('usage', `no connection "${step.connection}" is open`, {
      hint: 'Open it with an `open` step before.',
    });
  }
  const { outcome, pod } = await connection.ask();
  if (outcome !== step.outcome) return `${step.connection}: ${outcome} instead of ${step.outcome}`;
  const complaint = step.answeredBy && answererComplaint(step.answeredBy, pod === undefined ? [] : [pod]);
  return complaint && `${step.connection}: ${complaint}`;
}

/** `send`: something is sent on a connection that an `open` step made, and answered as the author says. */
export const sendStep = stepKind<Send>({
  name: 'send',
  schema,
  plan: (value) => ({
    text: `send on ${value.connection}: ${value.answeredBy?.join(', ') ?? value.outcome}`,
    run: async (context) => {
      const step = fill(value, context.variables);
      await context.session.settle();
      if (step.eventually === true) return untilContent(() => complaintOf(step, context));
      const complaint = await complaintOf(step, context);
      if (complaint !== undefined) throw new Mismatch(complaint);
    },
  }),
});
