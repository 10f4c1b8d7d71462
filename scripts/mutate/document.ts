import { type Score, scoreOf, shareCaught } from './score.ts';
import { modes, type Result } from './types.ts';

const width = 100;

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Words in lines that are not wider than the page, the later ones indented. */
function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    const fits = longer.length <= width;
    if (!fits) lines.push(line);
    line = fits ? longer : indent + word;
  }
  return [...lines, line].join('\n');
}

function cellsOf(score: Score): (string | number)[] {
  const { caught, neutral, missed } = score;
  const share = caught + missed === 0 ? '' : `${(100 * shareCaught(score)).toFixed(1)} %`;
  return [caught + neutral + missed, caught, neutral, missed, share];
}

function counts(title: string, results: readonly Result[]): string {
  return row([title, ...cellsOf(scoreOf(results))]);
}

const head = [row(['', 'made', 'caught', 'neutral', 'missed', 'score']), '| --- | --: | --: | --: | --: | --: |'].join(
  '\n',
);

function kindTable(results: readonly Result[]): string {
  const kinds = [...Map.groupBy(results, ({ mutant }) => mutant.kind)].sort(([a], [b]) => (a < b ? -1 : 1));
  return kinds.map(([kind, own]) => counts(kind, own)).join('\n');
}

/** Reasons with the kinds that they stand for; the most frequent first. */
function reasonsText(results: readonly Result[]): string {
  if (results.length === 0) return 'None.';
  return [...Map.groupBy(results, ({ why }) => why)]
    .sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))
    .map(([why, own]) => {
      const kinds = [...new Set(own.map(({ mutant }) => mutant.kind))].sort().join('; ');
      return wrapped(`- ${own.length} × ${why === '' ? 'Nobody knows why.' : why} (${kinds})`, '  ');
    })
    .join('\n');
}

/** docs/mutation.md: what became of all mutants. The same results give the same text, in whatever order they come. */
export function renderDocument(results: readonly Result[]): string {
  const made = results.filter(({ verdict }) => verdict !== 'not made');
  const perMode = modes.map((mode) =>
    counts(
      `mode ${mode}`,
      made.filter((result) => result.mode === mode),
    ),
  );
  const lost = made.filter(({ left }) => left !== undefined).length;
  const about = `Written by \`npm run mutate -- --write\`; do not edit. A lab with Services of many kinds
    ([lab.yaml](../scripts/mutate/lab.yaml)) is changed in one place at a time, \`svclab verify\` has a look, and
    \`svclab sync\` puts it right. A mutant that verify finds fault with is caught. One that changes nothing which a
    connection could show is neutral, for a reason below. All others are missed. The score is what verify catches of
    those that change behaviour.`;
  const repairs = `After each of them \`svclab sync\` had to make the lab what it was before${
    lost === 0 ? ', and did' : `; ${lost} times it did not`
  }. Rules, routes and sysctls of somebody else, which no lab asks for, are taken away by whoever made them. What is the
    same in both modes is changed in mode iptables.`;
  return `# Mutation: does verify notice?

${wrapped(about)}

${head}
${perMode.join('\n')}
${counts('**all**', made)}

${wrapped(repairs)}

## By kind

${head}
${kindTable(made)}

## Missed, and why

${reasonsText(made.filter(({ verdict }) => verdict === 'missed'))}

## Neutral, and why

${reasonsText(made.filter(({ verdict }) => verdict === 'neutral'))}
`;
}
