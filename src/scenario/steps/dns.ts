import * as z from 'zod';
import { type Lookup, type LookupStep, lookUp } from '../../lookup/look-up.ts';
import { namesOfLab } from '../../lookup/names.ts';
import { fill, text, texts } from '../fields.ts';
import { untilContent } from '../patience.ts';
import type { Session } from '../session.ts';
import { stepKind } from '../types.ts';

const schema = z.strictObject({
  /** Nodes, Pods and clients that ask, each for itself. */
  from: texts,
  /** As a program there would say it: the search list is used. */
  name: text,
  type: text.default('A'),
  outcome: z.enum(['found', 'nxdomain', 'no answer']).default('found'),
  /** The data of all records of the answer, in any order. */
  answers: texts.optional(),
  /** The Pods whose addresses the answer has. */
  pods: texts.optional(),
  /** How many records the answer has. */
  count: z.int().optional(),
});

type Dns = z.infer<typeof schema>;

/** What a record says, without its owner, TTL and type. */
function dataOf(step: LookupStep | undefined): readonly string[] {
  return (step?.observed.answers ?? []).map((line) => line.split(' ').slice(3).join(' '));
}

async function wantedData({ answers, pods }: Dns, session: Session): Promise<readonly string[] | undefined> {
  if (pods === undefined) return answers;
  const found = await Promise.all(pods.map((name) => session.get('Pod', name)));
  return [...(answers ?? []), ...found.map(({ status }) => status.podIP ?? 'no address')];
}

function difference(step: Dns, { outcome, steps }: Lookup, wanted: readonly string[] | undefined): string | undefined {
  const data = dataOf(steps.at(-1)).toSorted().join(', ');
  const expected = wanted?.toSorted().join(', ');
  if (outcome !== step.outcome) return `${outcome}${data === '' ? '' : ` (${data})`} instead of ${step.outcome}`;
  if (expected !== undefined && expected !== data) return `${data || 'nothing'} instead of ${expected}`;
  const count = dataOf(steps.at(-1)).length;
  return step.count === undefined || step.count === count ? undefined : `${count} records instead of ${step.count}`;
}

/** What differs from the author's words, or from the prediction. */
async function complaintAbout(step: Dns, from: string, session: Session): Promise<string | undefined> {
  const { name, type } = step;
  const found = await lookUp(
    { from, name, type },
    {
      run: async (argv) => (await session.exec(from, argv)).stdout,
      names: () => namesOfLab(session.lab),
    },
  );
  const unlike = found.steps.find(({ agrees }) => !agrees);
  const words =
    difference(step, found, await wantedData(step, session)) ??
    (unlike === undefined ? undefined : `the answer to ${unlike.name} is not the predicted one`);
  return words && `${from} looks up ${name}: ${words}`;
}

/** `dns`: a name is looked up for real, and the answer is the predicted one and what the author says. */
export const dnsStep = stepKind<Dns>({
  name: 'dns',
  schema,
  plan: (value) => ({
    text: `${value.from.join(', ')} looks up ${value.name}: ${value.outcome}`,
    run: async ({ session, variables }) => {
      const step = fill(value, variables);
      await session.settle();
      for (const from of step.from) await untilContent(() => complaintAbout(step, from, session));
    },
  }),
});
