import { parseArgs } from 'node:util';
import { huntInKernel } from './hunt/kernel.ts';
import { huntOnPaper } from './hunt/on-paper.ts';
import { findingLines, huntLine } from './hunt/report.ts';
import type { Hunt } from './hunt/types.ts';
import { runWithLabs } from './scratch-lab.ts';

const usage = `usage: npm run hunt -- [--minutes N] [--seed S] [--paper | --kernel]
Makes random clusters and changes of them, and compares what the model predicts with what the rules say when they are
walked (paper) and with what a kernel does (kernel); half of the time each unless one is chosen. What disagrees is made
small and saved in scenarios/found.`;

const largestSeed = 2 ** 31;

const hunts = { paper: huntOnPaper, kernel: huntInKernel };
type Level = keyof typeof hunts;

interface Choice {
  readonly minutes: number;
  readonly seed: number;
  readonly levels: readonly Level[];
}

/** What to do; undefined when the arguments make no sense. */
function choose(): Choice | undefined {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '1' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * largestSeed)) },
        paper: { type: 'boolean', default: false },
        kernel: { type: 'boolean', default: false },
      },
    });
    const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
    const both = values.paper === values.kernel;
    const levels = (['paper', 'kernel'] as const).filter((level) => both || values[level]);
    return minutes > 0 && Number.isSafeInteger(seed) ? { minutes, seed, levels } : undefined;
  } catch {
    return undefined;
  }
}

function tell(hunt: Hunt): void {
  for (const finding of hunt.findings) console.log(findingLines(finding, true).join('\n'));
  console.log(huntLine(hunt));
}

async function main(): Promise<number> {
  const choice = choose();
  if (choice === undefined) {
    console.error(usage);
    return 2;
  }
  const { minutes, seed, levels } = choice;
  console.log(`seed ${seed}`);
  const milliseconds = (minutes * 60_000) / levels.length;
  let found = 0;
  for (const level of levels) {
    const hunt = await hunts[level]({ seed, milliseconds, shrinkMilliseconds: 180_000, findingsAtMost: 5 });
    tell(hunt);
    found += hunt.findings.length;
  }
  return found === 0 ? 0 : 1;
}

process.exitCode = await runWithLabs(main);
