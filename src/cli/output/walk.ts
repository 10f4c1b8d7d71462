import { formatFraction, toNumber } from '../../model/fraction.ts';
import type { Happening } from '../../model/rules/course.ts';
import type { NodeDump } from '../../model/rules/node.ts';
import type { Hook, RuleHit, WalkQuestion } from '../../model/rules/types.ts';
import type { Walk, WalkPath } from '../../model/rules/walk.ts';
import { hostPort } from '../../net/address.ts';
import { wrap } from '../../verify/reports/text.ts';
import type { Paint } from './colour.ts';
import { type Column, formatTable } from './table.ts';

/** How a walk is printed. */
export interface WalkStyle {
  readonly paint: Paint;
  readonly limit: number;
}

/** At most so many ways are told step by step; the table has all of them. */
const mostWays = 4;
const mostLines = 12;

const hookText: Readonly<Record<Hook, string>> = {
  prerouting: 'PREROUTING: the packet has come in, and nothing is routed yet',
  input: 'INPUT: it is for the node itself',
  forward: 'FORWARD: the node passes it on',
  output: 'OUTPUT: the node itself sends it',
  postrouting: 'POSTROUTING: the way out is chosen',
};

function titleOf({ source, destination, port, protocol, inInterface }: WalkQuestion): string {
  const to = port === undefined ? destination : hostPort(destination, port);
  const how = inInterface === undefined ? 'made by the node' : `arriving on ${inInterface}`;
  return `${source} → ${to} (${protocol}), ${how}`;
}

function indented(text: string, indent: string, limit: number): string[] {
  return wrap(text, Math.max(20, limit - indent.length)).map((line) => indent + line);
}

function chanceText({ chance }: RuleHit): string {
  return chance === undefined ? '' : `, for ${formatFraction(chance)} of those that come so far`;
}

function ruleLines(hit: RuleHit, indent: string, { paint, limit }: WalkStyle): string[] {
  const head = `line ${hit.line}, ${hit.table}/${hit.chain}: ${hit.verdict}${chanceText(hit)}`;
  const rule = indented(hit.rule, `${indent}  `, limit).map((line) => paint.dim(line));
  return [...indented(head, indent, limit), ...rule];
}

function happeningLines(one: Happening, indent: string, style: WalkStyle): string[] {
  const { paint, limit } = style;
  switch (one.kind) {
    case 'rule':
      return ruleLines(one.hit, indent, style);
    case 'nat':
      return indented(`NAT: ${one.text}`, indent, limit).map((line) => paint.bold(line));
    case 'route': {
      const where = one.line === undefined ? '' : ` (line ${one.line})`;
      return indented(`routing${where}: ${one.text}${one.local ? ' – the node itself' : ''}`, indent, limit);
    }
  }
}

/** The lines of what happens, under a heading for each hook. */
function trailLines(trail: readonly Happening[], indent: string, style: WalkStyle): string[] {
  let hook: Hook | undefined;
  return trail.flatMap((one) => {
    const next = one.kind === 'rule' ? one.hook : hook;
    const heading = next !== hook && next !== undefined ? [indent + style.paint.cyan(hookText[next])] : [];
    hook = next;
    return [...heading, ...happeningLines(one, `${indent}  `, style)];
  });
}

function isSame(a: Happening | undefined, b: Happening | undefined): boolean {
  if (a === undefined || b === undefined || a.kind !== b.kind) return false;
  if (a.kind === 'rule' && b.kind === 'rule') return a.hit.line === b.hit.line && a.hit.verdict === b.hit.verdict;
  return a.kind !== 'rule' && b.kind !== 'rule' && a.text === b.text;
}

function commonLength(paths: readonly WalkPath[]): number {
  const [first] = paths;
  let length = 0;
  while (first?.trail[length] !== undefined && paths.every(({ trail }) => isSame(trail[length], first.trail[length])))
    length++;
  return length;
}

function sharePercent(path: Pick<WalkPath, 'share'>): string {
  const fraction = formatFraction(path.share);
  const percent = (toNumber(path.share) * 100).toFixed(1);
  return fraction === '1' ? '100 %' : `${percent} % (${fraction})`;
}

function wayLines(path: WalkPath, from: number, indent: string, style: WalkStyle): string[] {
  return [
    ...trailLines(path.trail.slice(from), indent, style),
    ...indented(`Then ${path.why}.`, `${indent}  `, style.limit),
  ];
}

function pathLines(paths: readonly WalkPath[], style: WalkStyle): string[] {
  const [first, ...others] = paths;
  if (first === undefined) return [];
  if (others.length === 0) return wayLines(first, 0, '', style);
  const common = commonLength(paths);
  const shown = paths.slice(0, mostWays);
  const more = paths.length - shown.length;
  return [
    ...trailLines(first.trail.slice(0, common), '', style),
    '',
    `Here the ways part, ${paths.length} in all:`,
    ...shown.flatMap((path) => [
      style.paint.bold(`  ${sharePercent(path)}: ${path.outcome} at ${path.endpoint}`),
      ...wayLines(path, common, '    ', style),
    ]),
    ...(more > 0 ? [`  and ${more} more like these`] : []),
  ];
}

const columns: readonly Column[] = [
  { title: 'OUTCOME' },
  { title: 'SHARE', align: 'right' },
  { title: 'ENDPOINT' },
  { title: 'SOURCE SEEN' },
];

function table({ predicted }: Walk, { paint, limit }: WalkStyle): string[] {
  const rows = predicted.map((one) => [
    one.outcome === 'delivered' ? paint.green(one.outcome) : paint.yellow(one.outcome),
    sharePercent(one),
    one.endpoint,
    one.source ?? 'not told by the dump',
  ]);
  return formatTable(columns, rows, { limit });
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function atMost(lines: readonly string[]): string[] {
  const more = lines.length - mostLines;
  return more <= 0 ? [...lines] : [...lines.slice(0, mostLines), `  and ${more} more`];
}

function replyLines([path]: readonly WalkPath[], style: WalkStyle): string[] {
  if (path?.replyWhy === undefined) return [];
  return [...trailLines(path.reply, '', style), ...indented(`Then ${path.replyWhy}.`, '  ', style.limit)];
}

function listLines(texts: readonly string[], limit: number): string[] {
  return atMost(texts).flatMap((text) => indented(text, '  ', limit));
}

/** What `svclab explain --dump` prints: the way step by step, the outcomes, the way back, and what was assumed. */
export function formatWalk(walk: Walk, node: NodeDump, style: WalkStyle): string[] {
  const { paint, limit } = style;
  const shadowed = walk.shadowed.map(
    ({ line, table: name, chain, verdict }) => `line ${line}, ${name}/${chain}: ${verdict}`,
  );
  const unknown = node.ruleSets.flatMap((ruleSet) => ruleSet.unknown);
  const from = walk.paths.length > 1 ? ` of ${walk.paths[0]?.endpoint}` : '';
  return [
    paint.bold(titleOf(walk.question)),
    '',
    ...pathLines(walk.paths, style),
    '',
    ...table(walk, style),
    ...section(paint.bold(`The answer${from} on its way back`), replyLines(walk.paths, style)),
    ...section('Would match too, had another rule not decided before:', listLines(shadowed, limit)),
    ...section('Taken for granted:', listLines(walk.assumed, limit)),
    ...section('In this dump, but not understood:', listLines(unknown, limit)),
  ];
}
