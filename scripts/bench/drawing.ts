import type { Curve } from './types.ts';

const width = 720;
const height = 400;
const plot = { left: 70, top: 48, right: 600, bottom: 345 };

const style = `
    text { font: 13px system-ui, sans-serif; fill: #333 }
    .title { font-size: 15px; font-weight: 600 }
    .axis { stroke: #777; fill: none }
    .grid { stroke: #ddd; fill: none }
    .line { fill: none; stroke-width: 2.5 }
    .line0 { stroke: #c2410c } .mark0 { fill: #c2410c }
    .line1 { stroke: #1d6fb8 } .mark1 { fill: #1d6fb8 }
    .background { fill: #fff }
    @media (prefers-color-scheme: dark) {
      text { fill: #ddd }
      .axis { stroke: #999 }
      .grid { stroke: #333 }
      .line0 { stroke: #fb923c } .mark0 { fill: #fb923c }
      .line1 { stroke: #60a5fa } .mark1 { fill: #60a5fa }
      .background { fill: #0d1117 }
    }
`;

/** Values of 1, 2 and 5 times a power of ten that reach over a range, for an axis with a logarithmic scale. */
export function ticks(min: number, max: number): number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    for (const digit of [1, 2, 5]) found.push(digit * 10 ** power);
  }
  const first = found.findLastIndex((value) => value <= min * 1.001);
  const last = found.findIndex((value) => value >= max * 0.999);
  return found.slice(Math.max(0, first), last + 1);
}

/** A function from a range to a stretch of the drawing, logarithmic. */
function logScale([min, max]: readonly [number, number], from: number, to: number): (value: number) => number {
  const span = Math.log(max) - Math.log(min) || 1;
  return (value) => Math.round((from + ((Math.log(value) - Math.log(min)) / span) * (to - from)) * 10) / 10;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function label(value: number): string {
  return value >= 1 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(1)));
}

/** A curve as SVG, both axes logarithmic; it reads on a light and on a dark page. */
export function drawCurve({ title, x, y, lines }: Curve): string {
  const points = lines.flatMap((line) => line.points);
  const xTicks = [...new Set(points.map(([value]) => value))].sort((a, b) => a - b);
  const ys = points.map(([, value]) => value);
  const yTicks = ticks(Math.min(...ys), Math.max(...ys));
  const toX = logScale([xTicks[0] ?? 1, xTicks.at(-1) ?? 1], plot.left + 15, plot.right - 15);
  const toY = logScale([yTicks[0] ?? 1, yTicks.at(-1) ?? 1], plot.bottom, plot.top);
  const parts = [
    `<rect class="background" width="${width}" height="${height}"/>`,
    `<text class="title" x="${plot.left}" y="24">${escapeText(title)}</text>`,
    ...yTicks.flatMap((tick) => [
      `<path class="grid" d="M${plot.left} ${toY(tick)}H${plot.right}"/>`,
      `<text x="${plot.left - 8}" y="${toY(tick) + 4}" text-anchor="end">${label(tick)}</text>`,
    ]),
    ...xTicks.map(
      (tick) => `<text x="${toX(tick)}" y="${plot.bottom + 20}" text-anchor="middle">${label(tick)}</text>`,
    ),
    `<path class="axis" d="M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}"/>`,
    `<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 42}" text-anchor="middle">${escapeText(x)}</text>`,
    `<text x="${plot.left}" y="${plot.top - 8}">${escapeText(y)}</text>`,
    ...lines.flatMap((line, at) => drawLine(line, at, toX, toY)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
  <title>${escapeText(title)}</title>
  <style>${style}  </style>
  ${parts.join('\n  ')}
</svg>
`;
}

function drawLine(
  { name, points }: Curve['lines'][number],
  at: number,
  toX: (value: number) => number,
  toY: (value: number) => number,
): string[] {
  const places = points.map(([x, y]) => [toX(x), toY(y)] as const);
  const [endX = 0, endY = 0] = places.at(-1) ?? [];
  return [
    `<path class="line line${at}" d="M${places.map((place) => place.join(' ')).join('L')}"/>`,
    ...places.map(([x, y]) => `<circle class="mark${at}" cx="${x}" cy="${y}" r="3.5"/>`),
    `<text x="${endX + 12}" y="${endY + 4}">${escapeText(name)}</text>`,
  ];
}
