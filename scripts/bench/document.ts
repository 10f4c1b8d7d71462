import { markdownTable, rowCells } from './format.ts';
import type { Machine } from './machine.ts';
import type { Bench, BenchRecord, Curve } from './types.ts';

function describe({ cpu, cores, memory, kernel, user, versions }: Machine): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const gigabytes = (memory / 2 ** 30).toFixed(1);
  return `${cpu}, ${cores} cores, ${gigabytes} GiB of memory; ${kernel}; as ${user}; ${programs.join(', ')}.`;
}

function days(record: BenchRecord): string {
  const all = Object.values(record.entries).map(({ measuredAt }) => measuredAt.slice(0, 10));
  const sorted = [...new Set(all)].sort();
  return sorted.length <= 1 ? (sorted[0] ?? '') : `${sorted[0]} to ${sorted.at(-1)}`;
}

function curveText({ name, title, lines }: Curve): string {
  const last = lines.map((line) => `${line.name} ${line.points.at(-1)?.[1].toFixed(0)}`);
  const at = lines[0]?.points.at(-1)?.[0].toLocaleString('en-US');
  return `![${title}](${name}.svg)\n\nMedians at ${at}: ${last.join(', ')} µs.`;
}

/** docs/benchmarks.md: tables and drawings of all that was measured. */
export function renderDocument(benches: readonly Bench[], record: BenchRecord): string {
  const measured = benches.flatMap((bench) => {
    const entry = record.entries[bench.name];
    return entry === undefined ? [] : [{ bench, entry }];
  });
  const rows = measured.flatMap(({ entry }) => entry.rows);
  const curves = measured.flatMap(({ entry }) => entry.curves ?? []);
  return `# Benchmarks

Written by \`npm run bench -- --write\`; do not edit. Run it again on your machine: absolute times depend on it, ratios much
less. Every value is a median, with the least and the greatest in parentheses. What is compared was measured in the same
run, in turn (A B A B), and a ratio is the median of the ratios of all rounds. A reach is what the project set out to do.

Measured ${days(record)} on: ${describe(record.machine)}

${markdownTable(rows.map(rowCells))}

${curves.map((curve) => `${curveText(curve)}\n\n`).join('')}## How each was measured

${measured.map(({ bench }) => `- \`${bench.name}\`: ${bench.how}`).join('\n')}

\`npm run bench -- NAME…\` measures some of them, \`--quick\` with small sizes to see whether they work.
`;
}
