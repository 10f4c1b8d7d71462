import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Connection, ExplainedConnection } from '../../api/types.ts';
import { describeResult } from '../../verify/describe.ts';
import { trialsToSee } from '../../verify/plan-samples.ts';
import { addressesOf } from '../addresses.ts';
import { type Expected, predictionComplaint } from '../expectation.ts';
import { fill, outcome, text, texts } from '../fields.ts';
import { contains, parsedJson } from '../json-subset.ts';
import { Mismatch } from '../mismatch.ts';
import { forEachOf, patience, untilContent } from '../patience.ts';
import { answererComplaint } from '../pod-patterns.ts';
import type { Answer, Session } from '../session.ts';
import { type StepContext, stepKind } from '../types.ts';

const share = z
  .string()
  .regex(/^\d+\/\d+$/, 'a share is a fraction, like 1/3')
  .transform((written) => {
    const [part = 0, whole = 1] = written.split('/').map(Number);
    return part / whole;
  });

const schema = z
  .strictObject({
    /** Who connects: each of them to each destination. */
    from: texts,
    to: texts,
    outcome: outcome.default('delivered'),
    /** The Pods that share the connections, as names or patterns; with their shares as a mapping. */
    pods: z.union([z.record(text, share), texts]).optional(),
    endpoints: texts.optional(),
    /** The nodes where the endpoints are. */
    nodes: texts.optional(),
    /** Whose address the endpoint sees: `sender`, `client/laptop`, a node, an address. */
    source: texts.optional(),
    /** How many connections; else as many as show every endpoint. */
    times: z.int().positive().optional(),
    /** All connections go to one endpoint. */
    sticky: z.literal(true).optional(),
    /** Who may answer; `!web-0` may not. */
    answeredBy: texts.optional(),
    /** Keeps the name of the Pod that answered, for `$NAME` in later steps. */
    remember: text.optional(),
    status: z.int().optional(),
    /** A part of the answer's text; of JSON, fields that it has. */
    body: z.unknown().optional(),
    /** Tries again after so many seconds until it comes out as expected. */
    retryAfter: z.number().positive().optional(),
  })
  .refine(({ outcome: end, pods, endpoints }) => end === 'delivered' || (pods ?? endpoints) === undefined, {
    error: 'only a delivered connection has Pods or endpoints',
  });

type Expect = z.infer<typeof schema>;

const together = 4;
/** Chance that an endpoint which is there does not show. */
const missed = 1e-7;
const stickyTimes = 6;

function timesFor(expect: Expect, { predicted }: ExplainedConnection): number {
  if (expect.times !== undefined) return expect.times;
  if (expect.sticky === true) return stickyTimes;
  if (expect.remember !== undefined || expect.answeredBy !== undefined || predicted.length === 1) return 1;
  const rarest = Math.min(...predicted.map(({ probability }) => probability));
  return trialsToSee(rarest, missed / (2 * predicted.length));
}

async function expectedOf(expect: Expect, from: string, session: Session): Promise<Expected> {
  const { pods, endpoints, nodes, source } = expect;
  const names = source?.map((name) => (name === 'sender' ? from : name));
  const sources = names && (await Promise.all(names.map((name) => addressesOf(session, name)))).flat();
  const wanted = Array.isArray(pods) ? { pods } : pods === undefined ? {} : { shares: new Map(Object.entries(pods)) };
  return {
    outcome: expect.outcome,
    ...wanted,
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(sources === undefined ? {} : { sources }),
  };
}

function bodyComplaint(answers: readonly Answer[], wanted: unknown): string | undefined {
  const wrong = answers.find(({ body = '' }) =>
    typeof wanted === 'string' ? !body.includes(wanted) : !contains(parsedJson(body), wanted),
  );
  return wrong === undefined ? undefined : `the answer is ${JSON.stringify(wrong.body ?? '')}`;
}

function answersComplaint(expect: Expect, answers: readonly Answer[]): string | undefined {
  const pods = [...new Set(answers.flatMap(({ observation }) => observation.pod ?? []))];
  if (expect.sticky === true && pods.length !== 1) return `one Pod should answer, but ${pods.join(', ') || 'none'} did`;
  const unlike = answers.find(({ status }) => expect.status !== undefined && status !== expect.status);
  if (unlike !== undefined) return `the answer has status ${unlike.status} instead of ${expect.status}`;
  const stranger = expect.answeredBy === undefined ? undefined : answererComplaint(expect.answeredBy, pods);
  return stranger ?? (expect.body === undefined ? undefined : bodyComplaint(answers, expect.body));
}

/** Prediction and observation of a connection, a line each. */
function linesOf({ predicted, observed }: Connection): string[] {
  return [
    ...predicted.map((one) => `predicted ${(100 * one.probability).toFixed(1)} %: ${describeResult(one)}`),
    ...observed.map((one) => `seen ${one.count} times: ${describeResult(one)}`),
  ];
}

async function tryOnce(expect: Expect, from: string, to: string, context: StepContext): Promise<void> {
  const { session } = context;
  const title = `${from} to ${to}`;
  let explained: ExplainedConnection | undefined;
  await untilContent(async () => {
    explained = await session.explain(from, to);
    const complaint = predictionComplaint(await expectedOf(expect, from, session), explained);
    return complaint === undefined ? undefined : `${title}: the prediction is ${complaint}`;
  });
  if (explained === undefined) return;
  await session.settle();
  const { connection, answers } = await session.connect(from, to, timesFor(expect, explained));
  if (!connection.agrees) throw new Mismatch(`${title}: ${connection.difference}`, linesOf(connection));
  const complaint = answersComplaint(expect, answers);
  if (complaint !== undefined) throw new Mismatch(`${title}: ${complaint}`, linesOf(connection));
  const [pod] = answers.flatMap(({ observation }) => observation.pod ?? []);
  if (expect.remember !== undefined && pod !== undefined) {
    context.variables.set(expect.remember, pod.replace(/^default\//, ''));
  }
}

async function tryUntilRight(expect: Expect, from: string, to: string, context: StepContext): Promise<void> {
  const { retryAfter } = expect;
  if (retryAfter === undefined) return tryOnce(expect, from, to, context);
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      return await tryOnce(expect, from, to, context);
    } catch (error) {
      if (!(error instanceof Mismatch) || performance.now() > deadline) throw error;
      await sleep(retryAfter * 1000);
    }
  }
}

function words({ from, to, outcome: end, pods, endpoints }: Expect): string {
  const who = pods === undefined ? (endpoints ?? []) : Array.isArray(pods) ? pods : Object.keys(pods);
  const by = who.length === 0 ? '' : ` to ${who.join(', ')}`;
  return `${from.join(', ')} → ${to.join(', ')}: ${end}${by}`;
}

/** `expect`: a connection is predicted, and found, to end as the author says. */
export const expectStep = stepKind<Expect>({
  name: 'expect',
  schema,
  plan: (value) => ({
    text: words(value),
    run: async (context) => {
      const expect = fill(value, context.variables);
      const pairs = expect.from.flatMap((from) => expect.to.map((to) => [from, to] as const));
      const limit = expect.sticky === true || expect.remember !== undefined ? 1 : together;
      await forEachOf(pairs, limit, ([from, to]) => tryUntilRight(expect, from, to, context));
    },
  }),
});
