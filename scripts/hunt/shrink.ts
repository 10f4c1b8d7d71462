import { LabError } from '../../src/errors.ts';
import { roundsOf } from './paper.ts';
import type { Change, Manifest, Story } from './types.ts';

function without<T>(list: readonly T[], at: number): readonly T[] {
  return list.filter((_, index) => index !== at);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value with one element or field less, somewhere; those near the top first. */
function* smallerValues(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const at of value.keys()) yield without(value, at);
    for (const [at, item] of value.entries()) for (const less of smallerValues(item)) yield value.with(at, less);
  } else if (isRecord(value)) {
    for (const key of Object.keys(value)) {
      const { [key]: _, ...rest } = value;
      yield rest;
    }
    for (const [key, item] of Object.entries(value)) {
      for (const less of smallerValues(item)) yield { ...value, [key]: less };
    }
  }
}

/** The object without one of its fields, never without its name. */
function* smallerManifests(manifest: Manifest): Generator<Manifest> {
  const { apiVersion, kind, metadata, ...fields } = manifest;
  for (const less of smallerValues(fields)) if (isRecord(less)) yield { apiVersion, kind, metadata, ...less };
}

function* smallerLists(manifests: readonly Manifest[]): Generator<readonly Manifest[]> {
  for (const at of manifests.keys()) yield without(manifests, at);
  for (const [at, manifest] of manifests.entries()) {
    for (const less of smallerManifests(manifest)) yield manifests.with(at, less);
  }
}

function* smallerChanges(changes: readonly Change[]): Generator<readonly Change[]> {
  for (const [at, change] of changes.entries()) {
    if (!('apply' in change)) continue;
    for (const apply of smallerLists(change.apply)) if (apply.length > 0) yield changes.with(at, { apply });
  }
}

/** Stories with the same objects from the beginning that another has after its first change. */
function* earlier({ ground, objects, changes }: Story): Generator<Story> {
  const [first, ...rest] = changes;
  if (first === undefined || !('apply' in first)) return;
  const names = new Set(first.apply.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const others = objects.filter(({ kind, metadata }) => !names.has(`${kind}/${metadata.name}`));
  yield { ground, objects: [...others, ...first.apply], changes: rest };
}

/** Stories that are a little smaller, on the same ground. */
function* smallerStories(story: Story): Generator<Story> {
  for (const at of story.changes.keys()) yield { ...story, changes: without(story.changes, at) };
  yield* earlier(story);
  for (const objects of smallerLists(story.objects)) yield { ...story, objects };
  for (const changes of smallerChanges(story.changes)) yield { ...story, changes };
}

/** Stories on a smaller ground. */
function* smallerGrounds(story: Story): Generator<Story> {
  for (const ground of smallerLists(story.ground)) {
    if (ground.some(({ kind }) => kind === 'Lab')) yield { ...story, ground };
  }
}

/** Whether an API server takes all of it. */
function isValid(story: Story): boolean {
  try {
    roundsOf(story);
    return true;
  } catch (error) {
    if (error instanceof LabError) return false;
    throw error;
  }
}

type Fails = (story: Story) => boolean | Promise<boolean>;

/** Goes through the candidates; where one fails, what comes after it is tried with that one, until a whole round finds none. */
async function smallest(
  story: Story,
  candidates: (story: Story) => Iterable<Story>,
  fails: Fails,
  deadline: number,
): Promise<Story> {
  let [best, at, sinceSuccess] = [story, 0, 0];
  for (let all = [...candidates(best)]; sinceSuccess < all.length && Date.now() < deadline; ) {
    if (at >= all.length) at = 0;
    const candidate = all[at];
    if (candidate !== undefined && isValid(candidate) && (await fails(candidate))) {
      best = candidate;
      all = [...candidates(best)];
      sinceSuccess = 0;
    } else {
      at++;
      sinceSuccess++;
    }
  }
  return best;
}

/** How to find out whether a smaller story still fails. */
interface ShrinkOptions {
  /** For a story on the same ground. */
  readonly fails: Fails;
  /** For a story on another ground; stories keep theirs when absent. */
  readonly failsElsewhere?: Fails;
  /** Milliseconds to spend. */
  readonly milliseconds: number;
}

/**
 * The smallest story that still fails, found by leaving out one thing after another: changes, objects, fields, and then
 * what the lab itself is made of. Gives what it has when the time is over.
 */
export async function shrink(story: Story, { fails, failsElsewhere, milliseconds }: ShrinkOptions): Promise<Story> {
  const deadline = Date.now() + milliseconds;
  const small = await smallest(story, smallerStories, fails, deadline);
  if (failsElsewhere === undefined) return small;
  return smallest(small, smallerGrounds, failsElsewhere, deadline);
}
