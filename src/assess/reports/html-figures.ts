// The drawn figures of a report: an estimate on its scale, and the curve of best-of-N. Positions are attributes, since
// the page's content policy lets no style attribute in.

import { type Html, html } from '../../base/index.ts';
import type { Curve } from './heat-map.ts';
import type { Wording } from './language.ts';
import type { DecidedCriterion } from './report.ts';

const width = 150;

/** Draws interval, threshold and the bound that decides, on a scale from 0 to 1 (differences: -1 to 1). */
export function rangeFigure({ criterion, decision, served }: DecidedCriterion, { say }: Wording): Html {
  const { interval, bound, state } = served ?? decision;
  if (criterion.metric === 'check' || bound === null) return html``;
  const [from, to] = criterion.metric === 'paired-difference' ? [-1, 1] : [0, 1];
  const at = (value: number): string => (4 + ((value - from) / (to - from)) * (width - 8)).toFixed(1);
  const { threshold } = criterion;
  const spread =
    interval &&
    html`<line class="spread" x1="${at(interval.lower)}" x2="${at(interval.upper)}" y1="11" y2="11"/>`;
  return html`<svg class="range" viewBox="0 0 ${width} 22" role="img" aria-label="${say('bound {bound}, threshold {threshold}', { bound: bound.toFixed(3), threshold })}"><line class="axis" x1="4" x2="${width - 4}" y1="11" y2="11"/>${spread}<line class="threshold" x1="${at(threshold)}" x2="${at(threshold)}" y1="2" y2="20"/><circle class="${state}" cx="${at(bound)}" cy="11" r="4.5"/></svg>`;
}

/** Draws the curve with a logarithmic axis of attempts, as such curves are usually read. */
export function curveFigure({ points }: Curve, { say }: Wording): Html {
  const most = points.at(-1)?.attempts ?? 1;
  const x = (attempts: number): number => 44 + (Math.log(attempts) / Math.log(most)) * 500;
  const y = (rate: number): number => 190 - rate * 170;
  const path = (of: (point: Curve['points'][number]) => number): string =>
    points
      .map(
        (point, index) =>
          `${index === 0 ? 'M' : 'L'}${x(point.attempts).toFixed(1)} ${y(of(point)).toFixed(1)}`,
      )
      .join('');
  const ticks = points.filter(({ attempts }) => Number.isInteger(Math.log2(attempts)) || attempts === most);
  return html`<svg class="curve" viewBox="0 0 560 216" role="img" aria-label="${say('Success by number of attempts')}"><line class="axis" x1="44" x2="548" y1="190" y2="190"/>${[
    0, 0.5, 1,
  ].map((rate) => html`<text x="38" y="${y(rate) + 4}" text-anchor="end">${100 * rate} %</text>`)}${ticks.map(
    ({ attempts }) =>
      html`<text x="${x(attempts).toFixed(1)}" y="207" text-anchor="middle">${attempts}</text>`,
  )}<path class="worst" d="${path(({ worst }) => worst)}"/><path class="rate" d="${path(({ rate }) => rate)}"/></svg>`;
}
