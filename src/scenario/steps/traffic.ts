import * as z from 'zod';
import { describeResult } from '../../verify/describe.ts';
import { text } from '../fields.ts';
import { Mismatch } from '../mismatch.ts';
import { runSteps } from '../run-steps.ts';
import type { Session } from '../session.ts';
import { stepKind } from '../types.ts';

const schema = z.strictObject({
  from: text,
  to: text,
  /** Steps that run meanwhile. */
  while: z.array(z.unknown()).min(1),
});

const shown = 5;

/** Connects again and again until the signal; gives the number of connections and what went wrong with them. */
async function connectUntil(signal: AbortSignal, session: Session, from: string, to: string) {
  const lost: string[] = [];
  let made = 0;
  for (; !signal.aborted || made === 0; made++) {
    const { answers } = await session.connect(from, to, 1);
    for (const { observation } of answers) {
      if (observation.outcome !== 'delivered') lost.push(`connection ${made + 1}: ${describeResult(observation)}`);
    }
  }
  return { made, lost };
}

/** `traffic`: a client connects again and again while other steps run, and every connection is answered. */
export const trafficStep = stepKind<z.infer<typeof schema>>({
  name: 'traffic',
  schema,
  plan: ({ from, to, while: meanwhile }, source) => {
    const steps = source.steps(meanwhile, 'while');
    return {
      text: `${from} connects to ${to} all the time, while: ${steps.map((step) => step.text).join('; ')}`,
      run: async (context) => {
        const over = new AbortController();
        const steady = connectUntil(over.signal, context.session, from, to);
        const work = runSteps(steps, context).finally(() => over.abort());
        const [{ made, lost }] = await Promise.all([steady, work]);
        if (lost.length === 0) return;
        throw new Mismatch(
          `${lost.length} of ${made} connections from ${from} to ${to} were lost`,
          lost.slice(0, shown),
        );
      },
    };
  },
});
