import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderDocument } from './mutate/document.ts';
import { type Options, parseOptions, usage } from './mutate/options.ts';
import { progressOn } from './mutate/progress.ts';
import { runMutants } from './mutate/run.ts';
import { sampleOf } from './mutate/sample.ts';
import { isGood, scoreOf, summary } from './mutate/score.ts';
import type { Mutant, Result } from './mutate/types.ts';
import { runWithLabs } from './scratch-lab.ts';

const document = join(dirname(import.meta.dirname), 'docs', 'mutation.md');

function options(): Options | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    return undefined;
  }
}

function pick({ only, sample, seed }: Options, all: readonly Mutant[]): readonly Mutant[] {
  const matching = all.filter(({ target, kind, what }) => only.test(`${target} ${kind} ${what}`));
  return sample === undefined ? matching : sampleOf(matching, sample, seed);
}

function asJSON(results: readonly Result[]): string {
  const plain = results.map(({ mode, mutant: { target, kind, what }, verdict, why, repaired, left }) => {
    return { mode, target, kind, what, verdict, why, repaired, left };
  });
  return JSON.stringify({ score: scoreOf(results), results: plain }, undefined, 2);
}

async function main(): Promise<number> {
  const wanted = options();
  if (wanted === undefined) return 2;
  if (wanted.help) {
    console.log(usage);
    return 0;
  }
  const stream = wanted.json ? process.stderr : process.stdout;
  if (wanted.sample !== undefined) stream.write(`seed ${wanted.seed}\n`);
  const results: Result[] = [];
  for (const mode of wanted.modes) {
    const choose = (all: readonly Mutant[]) => pick(wanted, all);
    results.push(...(await runMutants({ mode, labs: wanted.labs, choose, tell: progressOn(stream) })));
  }
  if (results.length === 0) {
    console.error(`no mutant matches ${wanted.only}`);
    return 2;
  }
  if (wanted.write) writeFileSync(document, renderDocument(results));
  if (wanted.json) console.log(asJSON(results));
  else console.log(summary(results));
  return isGood(results) ? 0 : 1;
}

process.exitCode = await runWithLabs(main);
