import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { openScratch } from '../scenarios/testing/scratch.ts';
import { rowCells, textTable } from './bench/format.ts';
import { describeMachine } from './bench/machine.ts';
import { writeRecord } from './bench/record.ts';
import { benches } from './bench/registry.ts';
import type { Bench, BenchContext, Entry, Row } from './bench/types.ts';
import { buildIfNeeded } from './build.ts';
import { setUp } from './setup.ts';

const documents = join(dirname(import.meta.dirname), 'docs');
const usage = `usage: npm run bench -- [--quick | --write] [NAME]...
  --quick  small sizes and few rounds, to see whether everything works; nothing is judged
  --write  writes docs/benchmarks.md, its data and its drawings from this run
names: ${benches.map(({ name }) => name).join(' ')}`;

interface Choice {
  readonly chosen: readonly Bench[];
  readonly quick: boolean;
  readonly write: boolean;
}

/** What to run; undefined when the arguments make no sense. */
function choose(): Choice | undefined {
  try {
    const { values, positionals } = parseArgs({
      options: { quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const chosen = positionals.length === 0 ? benches : benches.filter(({ name }) => positionals.includes(name));
    const unknown = positionals.some((name) => !benches.some((bench) => bench.name === name));
    return unknown || (values.quick && values.write) ? undefined : { chosen, ...values };
  } catch {
    return undefined;
  }
}

/** Measures one after the other; one that fails is told of and has no entry. */
async function runAll(chosen: readonly Bench[], context: BenchContext): Promise<Record<string, Entry>> {
  const entries: Record<string, Entry> = {};
  for (const bench of chosen) {
    context.tell(bench.name);
    try {
      const findings = await bench.run(context);
      entries[bench.name] = { measuredAt: new Date().toISOString(), ...findings };
    } catch (error) {
      context.tell(`${bench.name} could not be measured: ${error instanceof Error ? error.message : error}`);
    }
  }
  return entries;
}

/** What was set out to be reached is for full sizes. */
function withoutReach({ reach: _, ...row }: Row): Row {
  return row;
}

async function main(): Promise<number> {
  const choice = choose();
  if (choice === undefined) {
    console.error(usage);
    return 2;
  }
  const ready = await setUp();
  if (ready !== 0) return ready;
  await buildIfNeeded();
  const { scratch, close } = openScratch();
  try {
    const startedAt = performance.now();
    const tell = (text: string): void =>
      console.error(`[${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s] ${text}`);
    const entries = await runAll(choice.chosen, { quick: choice.quick, scratch, tell });
    const rows = Object.values(entries).flatMap((entry) => entry.rows);
    console.log(textTable((choice.quick ? rows.map(withoutReach) : rows).map(rowCells)));
    if (choice.write) writeRecord(documents, benches, { machine: await describeMachine(), entries });
    return Object.keys(entries).length === choice.chosen.length ? 0 : 1;
  } finally {
    await close();
  }
}

process.exitCode = await main();
