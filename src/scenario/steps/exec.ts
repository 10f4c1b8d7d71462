import * as z from 'zod';
import { fill, text, texts } from '../fields.ts';
import { Mismatch } from '../mismatch.ts';
import { untilContent } from '../patience.ts';
import type { ExecResult, Session } from '../session.ts';
import { stepKind } from '../types.ts';

const schema = z.strictObject({
  /** A node, Pod, client, or `fabric`. */
  in: text,
  /** The program and its arguments; no shell reads them. */
  run: z.array(text).min(1),
  exitCode: z.int().default(0),
  /** What standard output has. */
  prints: texts.optional(),
  /** What standard output does not have. */
  lacks: texts.optional(),
  /** Runs it again and again until it is as expected. */
  eventually: z.literal(true).optional(),
});

type Exec = z.infer<typeof schema>;

function complaintAbout(step: Exec, { exitCode, stdout, stderr }: ExecResult): string | undefined {
  if (exitCode !== step.exitCode) return `exit code ${exitCode} instead of ${step.exitCode}: ${stderr.trim()}`;
  const missing = step.prints?.find((part) => !stdout.includes(part));
  if (missing !== undefined) return `it does not print "${missing}"`;
  const unwanted = step.lacks?.find((part) => stdout.includes(part));
  return unwanted === undefined ? undefined : `it prints "${unwanted}"`;
}

async function once(step: Exec, session: Session): Promise<void> {
  const result = await session.exec(step.in, step.run);
  const complaint = complaintAbout(step, result);
  if (complaint === undefined) return;
  throw new Mismatch(`${step.in}: ${step.run.join(' ')}: ${complaint}`, result.stdout.trimEnd().split('\n'));
}

/** `exec`: a program runs at a target, and ends as the author says. */
export const execStep = stepKind<Exec>({
  name: 'exec',
  schema,
  plan: (value) => ({
    text: `in ${value.in}: ${value.run.join(' ')}`,
    run: async ({ session, variables }) => {
      const step = fill(value, variables);
      await session.settle();
      if (step.eventually !== true) return once(step, session);
      await untilContent(async () => {
        const complaint = complaintAbout(step, await session.exec(step.in, step.run));
        return complaint && `${step.in}: ${step.run.join(' ')}: ${complaint}`;
      });
    },
  }),
});
