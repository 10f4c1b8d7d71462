import { z } from 'zod';
import { LabError } from '../../errors.ts';
import { fill, text, texts } from '../fields.ts';
import { Mismatch } from '../mismatch.ts';
import { untilContent } from '../patience.ts';
import { answererComplaint } from '../pod-patterns.ts';
import { type StepContext, stepKind } from '../types.ts';

const schema = z.strictObject({
  /** Name of the connection. */
  on: text,
  outcome: z.enum(['delivered', 'refused', 'dropped', 'closed']).default('delivered'),
  answeredBy: texts.optional(),
  /** Asks again until it comes out as expected. */
  eventually: z.literal(true).optional(),
});

type Send = z.infer<typeof schema>;

async function complaintOf(step: Send, { connections }: StepContext): Promise<string | undefined> {
  const connection = connections.get(step.on);
  if (connection === undefined) {
    throw new LabError('usage', `no connection "${step.on}" is open`, { hint: 'Open it with an `open` step before.' });
  }
  const { outcome, pod } = await connection.ask();
  if (outcome !== step.outcome) return `${step.on}: ${outcome} instead of ${step.outcome}`;
  const complaint = step.answeredBy && answererComplaint(step.answeredBy, pod === undefined ? [] : [pod]);
  return complaint && `${step.on}: ${complaint}`;
}

/** `send`: something is sent on a connection that an `open` step made, and answered as the author says. */
export const sendStep = stepKind<Send>({
  name: 'send',
  schema,
  plan: (value) => ({
    text: `send on ${value.on}: ${value.answeredBy?.join(', ') ?? value.outcome}`,
    run: async (context) => {
      const step = fill(value, context.variables);
      await context.session.settle();
      if (step.eventually === true) return untilContent(() => complaintOf(step, context));
      const complaint = await complaintOf(step, context);
      if (complaint !== undefined) throw new Mismatch(complaint);
    },
  }),
});
