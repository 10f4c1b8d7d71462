import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { LabError } from '../../errors.ts';
import type { Pod } from '../../kinds/types/pod.ts';
import { podNameOf } from '../addresses.ts';
import { fill, text } from '../fields.ts';
import { untilContent } from '../patience.ts';
import type { Session } from '../session.ts';
import { stepKind } from '../types.ts';

const schema = z
  .strictObject({
    pod: text.optional(),
    until: z.enum(['running', 'ready', 'not ready', 'terminating', 'gone']).optional(),
    /** A Deployment whose Pods are all new, ready, and the only ones. */
    rollout: text.optional(),
    seconds: z.number().positive().optional(),
  })
  .refine(
    ({ pod, until, rollout, seconds }) =>
      (pod === undefined) === (until === undefined) &&
      [pod, rollout, seconds].filter((one) => one !== undefined).length === 1,
    { error: 'wait for one thing: pod with until, rollout, or seconds' },
  );

type Wait = z.infer<typeof schema>;

async function podState(session: Session, name: string): Promise<readonly string[]> {
  try {
    const { metadata, spec, status }: Pod = await session.get('Pod', podNameOf(name));
    const ready = status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true;
    const running = status.containerStatuses?.filter(({ state }) => state === 'running') ?? [];
    return [
      ready ? 'ready' : 'not ready',
      ...(running.length === spec.containers.length ? ['running'] : []),
      ...(metadata.deletionTimestamp === undefined ? [] : ['terminating']),
    ];
  } catch (error) {
    if (error instanceof LabError && error.code === 'not-found') return ['gone'];
    throw error;
  }
}

async function rolloutComplaint(session: Session, name: string): Promise<string | undefined> {
  const { metadata, spec, status = {} } = await session.get('Deployment', name);
  const { observedGeneration = 0, updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  const seen = observedGeneration >= (metadata.generation ?? 0);
  const done = [updatedReplicas, replicas, availableReplicas].every((count) => count === spec.replicas);
  if (seen && done) return undefined;
  return `deployment ${name}: ${updatedReplicas} new, ${availableReplicas} available of ${replicas}`;
}

async function waitFor({ pod, until = 'ready', rollout, seconds }: Wait, session: Session): Promise<void> {
  if (seconds !== undefined) await sleep(seconds * 1000);
  if (rollout !== undefined) await untilContent(() => rolloutComplaint(session, rollout));
  if (pod === undefined) return;
  await untilContent(async () => {
    const states = await podState(session, pod);
    return states.includes(until) ? undefined : `pod ${pod} is ${states.join(', ')} and not ${until}`;
  });
}

/** `wait`: until a Pod or a rollout has come to a state, or for some time at least. */
export const waitStep = stepKind<Wait>({
  name: 'wait',
  schema,
  plan: (value) => ({
    text:
      value.seconds === undefined
        ? `wait until ${value.rollout === undefined ? `${value.pod} is ${value.until}` : `${value.rollout} is rolled out`}`
        : `wait for ${value.seconds} s`,
    run: async ({ session, variables }) => {
      await waitFor(fill(value, variables), session);
      await session.settle();
    },
  }),
});
