import fc from 'fast-check';
import type { ClusterView } from '../../src/cluster/view.ts';
import { formatFrom, formatTo } from '../../src/model/target.ts';
import { sendersOf } from '../../src/verify/senders.ts';
import { disagreements, type Question } from './compare.ts';
import { ground } from './generate/ground.ts';
import { storyOn } from './generate/story.ts';
import { playable, roundsOf } from './paper.ts';
import { questionsOf } from './questions.ts';
import { shrink } from './shrink.ts';
import type { Difference, Finding, Hunt, HuntOptions, Story } from './types.ts';

const storiesOfLab = 8;
const changesAtMost = 4;
/** Questions about any address and port, for each cluster. */
const oddQuestions = 200;

interface Comparison {
  readonly clusters: number;
  readonly connections: number;
  readonly differences: readonly Difference[];
}

/** Compares model and walk at each point of the story, and tells all differences at the first point that has any. */
function compareStory(story: Story, questions: (view: ClusterView) => readonly Question[]): Comparison {
  let [clusters, connections] = [0, 0];
  for (const [at, round] of roundsOf(story).entries()) {
    const asked = questions(round.view);
    const differences = disagreements(round, asked, at);
    clusters++;
    connections += asked.length;
    if (differences.length > 0) return { clusters, connections, differences };
  }
  return { clusters, connections, differences: [] };
}

/** The differences in a story of everything that verify tries, and of questions about any address and port. */
export function differencesOnPaper(story: Story, seed: number): readonly Difference[] {
  return compareStory(story, (view) => questionsOf(view, oddQuestions, seed)).differences;
}

/** Of all questions only this one, where its sender is still there. */
function only(question: Question): (view: ClusterView) => readonly Question[] {
  const asker = formatFrom(question.from);
  return (view) => (sendersOf(view).some(({ from }) => formatFrom(from) === asker) ? [question] : []);
}

function questionOf(story: Story, { from, to }: Difference, seed: number): Question | undefined {
  for (const { view } of roundsOf(story)) {
    const all = questionsOf(view, oddQuestions, seed);
    const found = all.find((one) => formatFrom(one.from) === from && formatTo(one.to) === to);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function examine(
  where: { readonly seed: number; readonly number: number },
  story: Story,
  differences: readonly Difference[],
  milliseconds: number,
): Promise<Finding> {
  const [first] = differences;
  const question = first === undefined ? undefined : questionOf(story, first, where.seed);
  const finding = { level: 'paper' as const, ...where, again: true };
  if (question === undefined) return { ...finding, story, differences };
  const differing = (candidate: Story) => compareStory(candidate, only(question)).differences;
  const fails = (candidate: Story) => differing(candidate).length > 0;
  const small = await shrink(story, { fails, failsElsewhere: fails, milliseconds });
  return { ...finding, story: small, differences: differing(small) };
}

/** Compares model and walk in stories of random labs until the time is over, one lab at least. */
export async function huntOnPaper(options: HuntOptions): Promise<Hunt> {
  const deadline = Date.now() + options.milliseconds;
  const findings: Finding[] = [];
  let [labs, clusters, connections] = [0, 0, 0];
  for (let { seed } = options; labs === 0 || Date.now() < deadline; seed++) {
    const [place] = fc.sample(ground, { seed, numRuns: 1 });
    if (place === undefined || findings.length >= options.findingsAtMost) break;
    labs++;
    for (const [number, told] of fc.sample(storyOn(place, changesAtMost), { seed, numRuns: storiesOfLab }).entries()) {
      if (number > 0 && Date.now() > deadline) break;
      const story = playable(told);
      const compared = compareStory(story, (view) => questionsOf(view, oddQuestions, seed));
      clusters += compared.clusters;
      connections += compared.connections;
      if (compared.differences.length === 0) continue;
      findings.push(await examine({ seed, number }, story, compared.differences, options.shrinkMilliseconds));
      break;
    }
  }
  return { level: 'paper', labs, clusters, connections, findings };
}
