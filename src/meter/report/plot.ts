// A plot of points with their intervals as SVG, on a logarithmic scale to the right and a linear one upwards. A pure function of what
// it is given; colours are classes, since the page's policy lets no style attribute in.
import { type Html, html } from '../../base/index.ts';

export type PlotPoint = {
  readonly label: string;
  /** Which of the style sheet's colours; they repeat. */
  readonly tone: number;
  readonly x: { readonly estimate: number; readonly lower: number; readonly upper: number };
  /** In [0, 1]. */
  readonly y: { readonly estimate: number; readonly lower: number; readonly upper: number };
};

export type Plot = {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly PlotPoint[];
  /** Joins the points in their order. */
  readonly joined?: boolean;
};

const width = 680;
const height = 340;
const frame = { left: 56, right: 460, top: 50, bottom: 288 } as const;
const labelHeight = 15;

/** Nothing where there is no point. */
export function plotOf({ title, xLabel, yLabel, points, joined = false }: Plot): Html | null {
  if (points.length === 0) return null;
  const bounds = points.flatMap(({ x }) => [x.lower, x.upper]).filter((value) => value > 0 && value < 1e300);
  const [low, high] = [Math.log10(Math.min(...bounds)) - 0.05, Math.log10(Math.max(...bounds)) + 0.05];
  const px = (value: number): string =>
    within(frame.left, frame.right, (Math.log10(Math.max(value, 1e-300)) - low) / (high - low)).toFixed(1);
  const py = (value: number): string => within(frame.bottom, frame.top, value).toFixed(1);
  const ticks = ticksOf(low, high);
  const names = spread(points.map(({ y }) => Number(py(y.estimate))));
  return html`<svg class="plot" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${title}"><text class="title" x="8" y="16">${title}</text>${[
    0, 0.25, 0.5, 0.75, 1,
  ].map(
    (tick) =>
      html`<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${py(tick)}" y2="${py(tick)}"/><text x="${frame.left - 8}" y="${Number(py(tick)) + 4}" text-anchor="end">${100 * tick} %</text>`,
  )}${ticks.map(
    (tick) =>
      html`<line class="grid" x1="${px(tick)}" x2="${px(tick)}" y1="${frame.top}" y2="${frame.bottom}"/><text x="${px(tick)}" y="${frame.bottom + 16}" text-anchor="middle">${shortNumber(tick)}</text>`,
  )}${
    joined
      ? html`<polyline class="line" points="${points.map(({ x, y }) => `${px(x.estimate)},${py(y.estimate)}`).join(' ')}"/>`
      : null
  }${points.map(
    ({ label, tone, x, y }, index) =>
      html`<g class="tone${tone % toneCount}"><line class="whisker" x1="${px(x.lower)}" x2="${px(x.upper)}" y1="${py(y.estimate)}" y2="${py(y.estimate)}"/><line class="whisker" x1="${px(x.estimate)}" x2="${px(x.estimate)}" y1="${py(y.lower)}" y2="${py(y.upper)}"/><circle cx="${px(x.estimate)}" cy="${py(y.estimate)}" r="4.5"/><line class="leader" x1="${px(x.estimate)}" y1="${py(y.estimate)}" x2="${frame.right + 12}" y2="${names[index]}"/><text class="name" x="${frame.right + 16}" y="${(names[index] ?? 0) + 4}">${label}</text></g>`,
  )}<text x="${(frame.left + frame.right) / 2}" y="${height - 14}" text-anchor="middle">${xLabel}</text><text class="axis" x="8" y="${frame.top - 14}">${yLabel}</text></svg>`;
}

export const toneCount = 6;

function within(from: number, to: number, share: number): number {
  return from + Math.min(1, Math.max(0, share)) * (to - from);
}

/** One, two and five times powers of ten; fewer of them over a wide range. */
function ticksOf(low: number, high: number): readonly number[] {
  const times = high - low > 3 ? [1] : high - low > 1 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7];
  const powers = Array.from(
    { length: Math.ceil(high) - Math.floor(low) + 1 },
    (_, index) => Math.floor(low) + index,
  );
  return powers
    .flatMap((power) => times.map((factor) => factor * 10 ** power))
    .filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high);
}

export function shortNumber(value: number): string {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(3))}M`;
  if (value >= 1_000) return `${Number((value / 1_000).toPrecision(3))}k`;
  if (value > 0 && value < 0.001)
    return value.toExponential(2).replace('e-', ' · 10⁻').replace(/\d+$/, raised);
  return String(Number(value.toPrecision(3)));
}

/** The exponent of a power of ten. */
function raised(digits: string): string {
  return [...digits].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
}

/** Heights of the labels, in the order of their points, so that none lies on another. */
function spread(wanted: readonly number[]): readonly number[] {
  const order = [...wanted.keys()].sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0));
  const placed = [...wanted];
  let least = frame.top;
  for (const index of order) {
    placed[index] = Math.max(wanted[index] ?? 0, least);
    least = (placed[index] ?? 0) + labelHeight;
  }
  const beyond = Math.max(0, least - labelHeight - frame.bottom);
  return placed.map((y) => y - beyond);
}
