import { nameOfStory, saveStory, scenarioText } from './save.ts';
import { describeDifference, type Finding, type Hunt } from './types.ts';

const shown = 5;

const opponents = { kernel: 'kernel and model', paper: 'walk and model' } as const;

/** What is written into a found case about itself. */
function aboutFinding({ level, seed, number, differences }: Finding): string {
  const [first] = differences;
  const what = first === undefined ? '' : ` ${describeDifference(first)}`;
  return `Found by the hunt (${level}, seed ${seed}, story ${number}).${what}\n`;
}

/** The lines that tell of one finding; with `save` its case is written into scenarios/found, else it is printed. */
export function findingLines(finding: Finding, save: boolean): readonly string[] {
  const { level, seed, number, story, differences, again } = finding;
  const about = aboutFinding(finding);
  const where =
    save && again ? [`saved as ${saveStory(finding, about)}`] : [scenarioText(finding, nameOfStory(story), about)];
  return [
    `${opponents[level]} disagree: seed ${seed}, story ${number}${again ? '' : '; not again in a lab of its own'}`,
    ...differences.slice(0, shown).map((difference) => `  ${describeDifference(difference)}`),
    ...(differences.length > shown ? [`  and ${differences.length - shown} more`] : []),
    `run it again with: npm run hunt -- --${level} --seed ${seed}`,
    ...where,
  ];
}

/** What a hunt came to, on one line. */
export function huntLine({ level, labs, clusters, connections, findings }: Hunt): string {
  const end = findings.length === 0 ? 'all agree' : `${findings.length} clusters in which they disagree`;
  return `${opponents[level]}: ${labs} labs, ${clusters} clusters, ${connections} connections: ${end}`;
}
