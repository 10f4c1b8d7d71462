import { parseArgs } from 'node:util';
import { huntInKernel } from './hunt/kernel.ts';
import { findingLines, kernelLine } from './hunt/report.ts';

const usage = `usage: npm run hunt -- [--minutes N] [--seed S] [--only kernel|paper]
Makes random clusters and changes of them, and compares what the model predicts with what a kernel does (kernel) and with
what the rules say when they are walked (paper). What disagrees is made small and saved in scenarios/found.`;

const largestSeed = 2 ** 31;

interface Choice {
  readonly minutes: number;
  readonly seed: number;
  readonly only: string | undefined;
}

/** What to do; undefined when the arguments make no sense. */
function choose(): Choice | undefined {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '1' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * largestSeed)) },
        only: { type: 'string' },
      },
    });
    const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
    const known = values.only === undefined || values.only === 'kernel' || values.only === 'paper';
    return minutes > 0 && Number.isSafeInteger(seed) && known ? { minutes, seed, only: values.only } : undefined;
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const choice = choose();
  if (choice === undefined) {
    console.error(usage);
    return 2;
  }
  const { minutes, seed, only } = choice;
  console.log(`seed ${seed}`);
  const milliseconds = (minutes * 60_000) / (only === undefined ? 2 : 1);
  let found = 0;
  if (only !== 'paper') {
    const hunt = await huntInKernel({ seed, milliseconds, shrinkMilliseconds: 180_000, findingsAtMost: 5 });
    for (const finding of hunt.findings) console.log(findingLines(finding, true).join('\n'));
    console.log(kernelLine(hunt));
    found += hunt.findings.length;
  }
  return found === 0 ? 0 : 1;
}

process.exitCode = await main();
