// Estimates with their intervals on one scale, one row each; if an interval touches the line at 0, no difference is shown.
import { type Html, html } from '../../base/index.ts';
import type { Interval } from '../evaluation-summary.ts';
import { niceScale, tickText } from './ticks.ts';

export type IntervalRow = {
  readonly label: string;
  readonly estimate: number;
  readonly interval: Interval;
  readonly words: string;
};

export type IntervalChart = {
  readonly title: string;
  readonly xLabel: string;
  readonly rows: readonly IntervalRow[];
};

const width = 680;
const left = 240;
const right = width - 150;
const top = 36;
const rowHeight = 24;

/** Values are differences of rates; the scale is in points. */
export function intervalChart({ title, xLabel, rows }: IntervalChart): Html {
  const values = [0, ...rows.flatMap(({ interval }) => interval)].map((value) => 100 * value);
  const scale = niceScale(Math.min(...values), Math.max(...values), 5);
  const px = (points: number): string =>
    (left + ((points - scale.low) / (scale.high - scale.low)) * (right - left)).toFixed(1);
  const bottom = top + rows.length * rowHeight;
  return html`<svg class="chart" viewBox="0 0 ${width} ${bottom + 38}" width="${width}" role="img" aria-label="${title}"><text class="title" x="8" y="16">${title}</text>${scale.ticks.map(
    (tick) =>
      html`<line class="grid" x1="${px(tick)}" x2="${px(tick)}" y1="${top - 6}" y2="${bottom}"/><text x="${px(tick)}" y="${bottom + 15}" text-anchor="middle">${tickText(tick, scale)}</text>`,
  )}<line class="zero" x1="${px(0)}" x2="${px(0)}" y1="${top - 6}" y2="${bottom}"/>${rows.map(
    ({ label, estimate, interval: [low, high], words }, index) => {
      const y = top + (index + 0.5) * rowHeight;
      const mark = low > 0 ? 'ahead' : high < 0 ? 'behind' : 'undecided';
      return html`<text class="row" x="${left - 12}" y="${y + 4}" text-anchor="end">${label}</text><line class="whisker ${mark}" x1="${px(100 * low)}" x2="${px(100 * high)}" y1="${y}" y2="${y}"/><circle class="${mark}" cx="${px(100 * estimate)}" cy="${y}" r="4.5"/><text x="${right + 12}" y="${y + 4}">${words}</text>`;
    },
  )}<text x="${(left + right) / 2}" y="${bottom + 32}" text-anchor="middle">${xLabel}</text></svg>`;
}
