import fc from 'fast-check';
import { toLabError } from '../../src/errors.ts';
import { Mismatch } from '../../src/scenario/mismatch.ts';
import { ground } from './generate/ground.ts';
import { storyOn } from './generate/story.ts';
import { LiveLab } from './live.ts';
import { playable } from './paper.ts';
import { shrink } from './shrink.ts';
import type { Difference, Finding, Hunt, HuntOptions, Manifest, Story } from './types.ts';

const storiesOfLab = 12;
const changesAtMost = 4;
const timesAlone = 3;

/** What cannot be brought to rest differs from what was promised, too. */
async function differencesIn(work: () => Promise<readonly Difference[]>): Promise<readonly Difference[]> {
  try {
    return await work();
  } catch (error) {
    const difference = error instanceof Mismatch ? error.message : toLabError(error).message;
    return [{ at: 0, from: 'lab', to: 'lab', about: 'the lab itself', difference }];
  }
}

/** Plays a story in a lab of its own, several times: chance may have to choose the endpoint that shows it. */
function playAlone(story: Story): Promise<readonly Difference[]> {
  return differencesIn(async () => {
    for (let time = 0; time < timesAlone; time++) {
      const live = await LiveLab.start(story.ground);
      try {
        const found = await live.play(story);
        if (found.length > 0) return found;
      } finally {
        await live.close();
      }
    }
    return [];
  });
}

/** Two stories told as one: the first one's objects become the second one's. */
function oneAfterTheOther(first: Story, second: Story): Story {
  const nameOf = ({ kind, metadata }: Manifest) => `${kind}/${metadata.name}`;
  const kept = new Set(second.objects.map(nameOf));
  const applied = first.changes.flatMap((change) => ('apply' in change ? change.apply : []));
  const names = [...new Set([...first.objects, ...applied].map(nameOf))].filter((name) => !kept.has(name));
  const gone = names.map((name) => ({ delete: name, gracePeriodSeconds: 0 }));
  return playable({
    ...first,
    changes: [...first.changes, ...gone, { apply: second.objects }, ...second.changes],
  });
}

/** Tries smaller stories one after another in one lab, which is much faster than a lab for each. */
async function smaller(story: Story, milliseconds: number): Promise<Story> {
  const live = await LiveLab.start(story.ground);
  try {
    const fails = async (candidate: Story) => (await differencesIn(() => live.play(candidate))).length > 0;
    const failsElsewhere = async (candidate: Story) => (await playAlone(candidate)).length > 0;
    return await shrink(story, { fails, failsElsewhere, milliseconds });
  } finally {
    await live.close();
  }
}

/** The finding in its smallest form, from the story alone or, when it takes the one before, from both. */
async function examine(
  where: { readonly seed: number; readonly number: number },
  stories: { readonly story: Story; readonly before: Story | undefined },
  differences: readonly Difference[],
  milliseconds: number,
): Promise<Finding> {
  const { story, before } = stories;
  const finding = { level: 'kernel' as const, ...where };
  const candidates = [story, ...(before === undefined ? [] : [oneAfterTheOther(before, story)])];
  for (const candidate of candidates) {
    if ((await playAlone(candidate)).length === 0) continue;
    const small = await smaller(candidate, milliseconds);
    const seen = await playAlone(small);
    if (seen.length > 0) return { ...finding, story: small, differences: seen, again: true };
    return { ...finding, story: candidate, differences, again: true };
  }
  return { ...finding, story, differences, again: false };
}

/**
 * Plays random stories in real labs until the time is over, one at least: several stories one after another in each, so that every
 * story is also a change of the one before. Each point of each story is verified, with verify's own statistics: right
 * predictions raise a false alarm in less than one run of a million.
 */
export async function huntInKernel(options: HuntOptions): Promise<Hunt> {
  const deadline = Date.now() + options.milliseconds;
  const findings: Finding[] = [];
  let [labs, clusters, connections] = [0, 0, 0];
  for (let { seed } = options; labs === 0 || Date.now() < deadline; seed++) {
    const [place] = fc.sample(ground, { seed, numRuns: 1 });
    if (place === undefined || findings.length >= options.findingsAtMost) break;
    const told = fc.sample(storyOn(place, changesAtMost), { seed, numRuns: storiesOfLab }).map(playable);
    const live = await LiveLab.start(place.manifests);
    labs++;
    try {
      for (const [number, story] of told.entries()) {
        if (number > 0 && Date.now() > deadline) break;
        const differences = await differencesIn(() => live.play(story));
        if (differences.length === 0) continue;
        const pair = { story, before: told[number - 1] };
        findings.push(await examine({ seed, number }, pair, differences, options.shrinkMilliseconds));
        break;
      }
    } finally {
      clusters += live.clusters;
      connections += live.connections;
      await live.close();
    }
  }
  return { level: 'kernel', labs, clusters, connections, findings };
}
