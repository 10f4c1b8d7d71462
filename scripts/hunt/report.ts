import type { KernelFinding, KernelHunt } from './kernel.ts';
import { nameOfStory, saveStory, scenarioText } from './save.ts';
import { describeDifference } from './types.ts';

const shown = 5;

/** What is written into a found case about itself. */
export function aboutFinding({ seed, number, differences }: KernelFinding): string {
  const [first] = differences;
  const what = first === undefined ? '' : ` ${describeDifference(first)}`;
  return `Found by the hunt (kernel, seed ${seed}, story ${number}).${what}\n`;
}

/** The lines that tell of one finding; with `save` its case is written into scenarios/found, else it is printed. */
export function findingLines(finding: KernelFinding, save: boolean): readonly string[] {
  const { seed, number, story, differences, again } = finding;
  const about = aboutFinding(finding);
  const where =
    save && again ? [`saved as ${saveStory(story, about)}`] : [scenarioText(story, nameOfStory(story), about)];
  return [
    `kernel and model disagree: seed ${seed}, story ${number}${again ? '' : '; not again in a lab of its own'}`,
    ...differences.slice(0, shown).map((difference) => `  ${describeDifference(difference)}`),
    ...(differences.length > shown ? [`  and ${differences.length - shown} more`] : []),
    `run it again with: npm run hunt -- --only kernel --seed ${seed}`,
    ...where,
  ];
}

/** What a hunt in the kernel came to, on one line. */
export function kernelLine({ labs, stories, connections, findings }: KernelHunt): string {
  const end = findings.length === 0 ? 'all agree' : `${findings.length} clusters in which they disagree`;
  return `kernel and model: ${labs} labs, ${stories} clusters, ${connections} connections: ${end}`;
}
