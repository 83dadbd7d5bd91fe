// A line chart as SVG: nice ticks, raw points and interval bands behind the lines, each line named at its end. A pure function of
// what it is given; colours are classes, since the page's policy lets no style attribute in.
import { type Html, html } from '../../base/index.ts';
import { toneCount } from './report-style.ts';
import { niceScale, type Scale } from './ticks.ts';

export type Point = { readonly x: number; readonly y: number };

export type Series = {
  readonly label: string;
  /** Which of the style sheet's colours; they repeat. */
  readonly tone: number;
  readonly line: readonly Point[];
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  readonly dots?: readonly Point[];
};

export type Chart = {
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly Series[];
  /** Values that the scale has to include whatever the data are. */
  readonly yHolds?: readonly number[];
  readonly yTick: (value: number, scale: Scale) => string;
  readonly xTick: (value: number, scale: Scale) => string;
  /** Positions of the ticks of x, for a few fixed values such as budgets. */
  readonly xTicks?: readonly number[];
  /** `rank` puts the positions of `xTicks` at equal distances. */
  readonly xScale?: 'linear' | 'rank';
  /** Whether lines are labelled, which makes the chart wider. @default if there are several */
  readonly named?: boolean;
  /** A remark inside the chart. */
  readonly note?: string | undefined;
};

const height = 230;
const top = 34;
const bottom = height - 38;
const left = 50;
const labelHeight = 13;

export function lineChart(chart: Chart): Html {
  const { title, xLabel, series, note } = chart;
  const { named = series.length > 1 } = chart;
  const width = named ? 496 : 326;
  const longest = Math.max(...series.map(({ label }) => label.length));
  const right = width - (named ? Math.min(190, 18 + 7 * longest) : 12);
  const xScale = scaleOfX(chart);
  const yScale = scaleOfY(chart);
  const at = (x: number): number =>
    chart.xScale === 'rank' ? rankOf(x, xScale.ticks) : (x - xScale.low) / (xScale.high - xScale.low || 1);
  const px = (x: number): number => left + at(x) * (right - left);
  const py = (y: number): number => bottom - ((y - yScale.low) / (yScale.high - yScale.low)) * (bottom - top);
  const middle = (left + right) / 2;
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${title}"><text class="title" x="8" y="16">${title}</text>${yScale.ticks.map(
    (tick) =>
      html`<line class="grid" x1="${left}" x2="${right}" y1="${round(py(tick))}" y2="${round(py(tick))}"/><text x="${left - 6}" y="${round(py(tick) + 4)}" text-anchor="end">${chart.yTick(tick, yScale)}</text>`,
  )}${xScale.ticks.map(
    (tick) =>
      html`<line class="axis" x1="${round(px(tick))}" x2="${round(px(tick))}" y1="${bottom}" y2="${bottom + 4}"/><text x="${round(px(tick))}" y="${bottom + 16}" text-anchor="middle">${chart.xTick(tick, xScale)}</text>`,
  )}<line class="axis" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/><text x="${round(middle)}" y="${height - 6}" text-anchor="middle">${xLabel}</text>${series.map(
    ({ tone, band = [], dots = [] }) =>
      html`${bandOf(band, tone, px, py)}${dots.map(
        ({ x, y }) =>
          html`<circle class="dot tone${tone % toneCount}" cx="${round(px(x))}" cy="${round(py(y))}" r="1.7"/>`,
      )}`,
  )}${series.map(({ tone, line }) => html`<path class="line tone${tone % toneCount}" d="${pathOf(line, px, py)}"/>`)}${
    named ? labelsOf(series, right, py) : null
  }${note === undefined ? null : html`<text class="note" x="${round(middle)}" y="${(top + bottom) / 2}" text-anchor="middle">${note}</text>`}</svg>`;
}

function scaleOfX({ series, xTicks }: Chart): Scale {
  const values = series.flatMap(({ line, dots = [] }) => [...line, ...dots].map(({ x }) => x));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (xTicks) return { low, high, ticks: xTicks };
  // Steps and compute count from zero, so the axis begins where the run did.
  const begin = low < 0.1 * high ? Math.min(0, low) : low;
  const { ticks } = niceScale(begin, high, 4);
  return { low: begin, high, ticks: ticks.filter((tick) => tick >= begin && tick <= high) };
}

function scaleOfY({ series, yHolds = [] }: Chart): Scale {
  const values = series.flatMap(({ line, dots = [], band = [] }) => [
    ...[...line, ...dots].map(({ y }) => y),
    ...band.flatMap((piece) => [piece.low, piece.high]),
  ]);
  const all = [...values, ...yHolds];
  return niceScale(Math.min(...all), Math.max(...all), 4);
}

function rankOf(x: number, positions: readonly number[]): number {
  return positions.length < 2 ? 0.5 : positions.indexOf(x) / (positions.length - 1);
}

function pathOf(line: readonly Point[], px: (x: number) => number, py: (y: number) => number): string {
  const positions = line.map(({ x, y }) => `${round(px(x))} ${round(py(y))}`);
  // A line of a single point is drawn as a dash, since it would be invisible otherwise.
  return positions.length === 1 ? `M${positions[0]}h5` : `M${positions.join('L')}`;
}

function bandOf(
  band: NonNullable<Series['band']>,
  tone: number,
  px: (x: number) => number,
  py: (y: number) => number,
): Html | null {
  if (band.length < 2) return null;
  const there = band.map(({ x, high }) => `${round(px(x))} ${round(py(high))}`);
  const back = band.toReversed().map(({ x, low }) => `${round(px(x))} ${round(py(low))}`);
  return html`<path class="band tone${tone % toneCount}" d="M${[...there, ...back].join('L')}Z"/>`;
}

/** Labels at the ends of the lines, pushed apart where they would overlap. */
function labelsOf(series: readonly Series[], right: number, py: (y: number) => number): readonly Html[] {
  const wanted = series
    .flatMap(({ label, tone, line }) => {
      const end = line.at(-1);
      return end ? { label, tone, end: py(end.y) } : [];
    })
    .sort((one, other) => one.end - other.end);
  const positions = spread(
    wanted.map(({ end }) => end),
    labelHeight,
    bottom,
  );
  return wanted.map(({ label, tone, end }, index) => {
    const position = positions[index] as number;
    return html`<path class="leader tone${tone % toneCount}" d="M${right + 1} ${round(end)}L${right + 8} ${round(position)}"/><text class="name tone${tone % toneCount}" x="${right + 11}" y="${round(position + 4)}">${label}</text>`;
  });
}

/**
 * Ascending positions at least `distance` apart and at most `highest`, each as near to the wanted one as one pass down and
 * one pass up allow.
 */
export function spread(wanted: readonly number[], distance: number, highest: number): readonly number[] {
  const down: number[] = [];
  for (const position of wanted) down.push(Math.max(position, (down.at(-1) ?? -Infinity) + distance));
  const up: number[] = [];
  for (const position of down.toReversed()) {
    up.push(Math.min(position, up.length === 0 ? highest : (up.at(-1) as number) - distance));
  }
  return up.toReversed();
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
