import { scoreOf, shareCaught } from './score.ts';
import { modes, type Result } from './types.ts';

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function counts(title: string, results: readonly Result[]): string {
  const score = scoreOf(results);
  return row([
    title,
    results.length - score.notMade,
    score.caught,
    score.neutral,
    score.missed,
    percent(shareCaught(score)),
  ]);
}

function kindTable(results: readonly Result[]): string {
  const kinds = [...Map.groupBy(results, ({ mutant }) => mutant.kind)].sort(([a], [b]) => (a < b ? -1 : 1));
  return kinds.map(([kind, own]) => counts(kind, own)).join('\n');
}

function neutralText(results: readonly Result[]): string {
  const reasons = [
    ...Map.groupBy(
      results.filter(({ verdict }) => verdict === 'neutral'),
      ({ why }) => why,
    ),
  ];
  return reasons
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([why, own]) => {
      const [first] = own;
      const example = first === undefined ? '' : `${first.mutant.target}: ${first.mutant.kind}: ${first.mutant.what}`;
      return `- **${own.length}** — ${why} For example ${code(example)}`;
    })
    .join('\n');
}

function missedText(results: readonly Result[]): string {
  const missed = results.filter(({ verdict }) => verdict === 'missed');
  if (missed.length === 0) return 'None.';
  return missed
    .map(({ mode, mutant }) => `- ${mode}, ${mutant.target}: ${mutant.kind}: ${code(mutant.what)}`)
    .join('\n');
}

/** docs/mutation.md: what became of all mutants. */
export function renderDocument(results: readonly Result[], date: string): string {
  const head = `${row(['', 'mutants', 'caught', 'neutral', 'missed', 'caught of those that matter'])}\n${row(['---', '---:', '---:', '---:', '---:', '---:'])}`;
  const made = results.filter(({ verdict }) => verdict !== 'not made');
  const repaired = made.filter((result) => result.repaired).length;
  return `# Mutation: does verify notice?

Written by \`npm run mutate -- --write\` on ${date}; do not edit. A lab of two nodes and Services of many kinds
([lab.yaml](../scripts/mutate/lab.yaml)) is changed in one place at a time, \`svclab verify\` has a look, and \`svclab sync\`
puts it right. A mutant that verify finds fault with is caught. One that changes nothing that a connection could show is
neutral, with the reason below. All others are missed.

${head}
${modes
  .map((mode) =>
    counts(
      `mode ${mode}`,
      results.filter((result) => result.mode === mode),
    ),
  )
  .join('\n')}
${counts('**all**', results)}

\`svclab sync\` found ${repaired} of the ${made.length} by itself. The others were rules, policies and sysctls that no lab
asks for; they are none of its business.

## By kind

${head}
${kindTable(results)}

## Missed

${missedText(results)}

## Neutral, and why

${neutralText(results)}
`;
}
