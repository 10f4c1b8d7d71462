import type { NatRecord, TraceComparison, TracedPacket, TracedRule, TraceHop, TraceReport } from '../../trace/types.ts';
import { wrap } from '../../verify/reports/text.ts';
import type { Paint } from './colour.ts';
import { type Column, formatTable } from './table.ts';
import { displayWidth } from './width.ts';

function packetLine({ direction, interface: link, source, destination, kind, vxlan }: TracedPacket): string {
  return vxlan === undefined
    ? `${direction} ${link}: ${source} → ${destination} ${kind}`
    : `${direction} ${link}: in VXLAN ${vxlan.vni}, ${vxlan.source} → ${vxlan.destination}`;
}

/** Rules are wrapped, not cut: they are what one looks for. */
function ruleLines({ table, chain, number, rule }: TracedRule, paint: Paint, limit: number): string[] {
  const place = `    ${table} ${chain}${number === undefined ? '' : ` ${number}`}: `;
  const [first = '', ...more] = wrap(rule, limit - place.length);
  return [`${paint.dim(place)}${first}`, ...more.map((line) => ' '.repeat(place.length) + line)];
}

/** A chain's end tells something only where it decides: `policy`. */
function isWorthTelling(rule: TracedRule): boolean {
  return rule.number !== undefined;
}

function natLine({ source, destination, newSource, newDestination }: NatRecord): string {
  if (source === newSource && destination === newDestination) return `conntrack: ${source} → ${destination}, as it is`;
  return `conntrack: ${source} → ${destination} becomes ${newSource} → ${newDestination}`;
}

function hopLines(hop: TraceHop, nat: NatRecord | undefined, paint: Paint, limit: number): string[] {
  let hook = '';
  const lines = hop.events.flatMap((event) => {
    if (event.event === 'packet') return [`  ${packetLine(event)}`];
    if (!isWorthTelling(event)) return [];
    const heading = event.hook === hook ? [] : [`  ${event.hook}`];
    hook = event.hook;
    return [...heading, ...ruleLines(event, paint, limit)];
  });
  const translated = nat === undefined ? [] : wrap(natLine(nat), limit - 2).map((line) => `  ${line}`);
  return [paint.cyan(hop.where), ...lines, ...translated];
}

const columns: readonly Column[] = [{ title: '' }, { title: 'PREDICTED', shrink: true }, { title: 'SEEN' }];

/** Long values stand below each other: a way does not fit beside another. */
function comparisonLines(comparison: readonly TraceComparison[], paint: Paint, limit: number): string[] {
  const seenText = ({ seen, agrees }: TraceComparison) => (agrees ? seen : paint.red(seen));
  const isLong = ({ predicted, seen }: TraceComparison) => displayWidth(predicted) + displayWidth(seen) > limit - 20;
  const rows = comparison.filter((one) => !isLong(one)).map((one) => [one.what, one.predicted, seenText(one)]);
  const long = comparison
    .filter(isLong)
    .flatMap((one) => [
      ...wrap(`${one.what} predicted: ${one.predicted}`, limit),
      ...wrap(`${one.what} seen: ${one.seen}`, limit).map((line) => (one.agrees ? line : paint.red(line))),
    ]);
  return [...formatTable(columns, rows, { limit }), ...long];
}

/** What `svclab trace` prints: the way there, the way back, and the comparison. */
export function formatTrace(report: TraceReport, paint: Paint, limit: number): string[] {
  const { from, to, request, answer, nat, comparison, agrees } = report;
  const told = new Set<string>();
  const natAt = (where: string): NatRecord | undefined => {
    if (told.has(where)) return undefined;
    told.add(where);
    return nat.find((record) => record.where === where);
  };
  return [
    `${paint.bold(from)} → ${paint.bold(to)}`,
    '',
    ...request.flatMap((hop) => hopLines(hop, natAt(hop.where), paint, limit)),
    '',
    ...(answer.length === 0
      ? ['Nothing came back.']
      : [paint.bold('The answer'), ...answer.flatMap((hop) => hopLines(hop, undefined, paint, limit))]),
    '',
    ...comparisonLines(comparison, paint, limit),
    ...(report.incomplete ? [paint.yellow('The kernel told more than there was room for: rules may be missing.')] : []),
    agrees ? paint.green('agrees with the prediction') : paint.red('differs from the prediction'),
  ];
}
