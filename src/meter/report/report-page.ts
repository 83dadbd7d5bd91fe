// A report as one HTML file: what a correct answer costs by each strategy, accuracy over cost with both intervals, what budgets of
// thinking come to, how the price at a host has moved, and how each figure is known. The same rows stand in the JSON.
import { type Html, html, htmlPage } from '../../base/index.ts';
import type { HostedPrice } from '../../prices/index.ts';
import type { CostPerCorrect } from '../cost/cost-per-correct.ts';
import type { CostRow } from '../cost/resources.ts';
import type { Interval, MeasuredReport, MeasuredRow } from './measured-report.ts';
import { type PlotPoint, plotOf, shortNumber } from './plot.ts';
import { reportStyle } from './report-style.ts';

export type PageData = Pick<MeasuredReport, 'model' | 'tasks' | 'made' | 'command' | 'money'> & {
  readonly rows: readonly PageRow[];
  readonly budgets: readonly PageRow[];
  readonly energy: Pick<MeasuredReport['energy'], 'method' | 'sources'>;
  /** What the host of the price has asked, in the order of time; empty where none was named. */
  readonly prices: readonly HostedPrice[];
};

export type PageRow = Pick<MeasuredRow, 'label' | 'accuracy' | 'samplesPerTask' | 'costs'>;

export function reportPage(data: PageData): string {
  const { model, tasks, made, command, energy, money } = data;
  const sources = energy.sources.length === 0 ? '' : ` (${energy.sources.join(', ')})`;
  const body = html`<header><div><p class="eyebrow">What a correct answer costs</p><h1>${model}</h1><p class="quiet">${tasks} tasks that nothing was selected on, ${made.slice(0, 10)}</p></div></header>
<h2>Strategies</h2>${costTable(data.rows)}
<figure>${plotOf({ title: 'Accuracy over what a correct answer costs', xLabel: 'tokens per correct answer (logarithmic)', yLabel: 'accuracy', points: pointsOf(data.rows) })}</figure>
${budgetSection(data.budgets)}${priceSection(data.prices)}
<h2>How it is known</h2><dl><dt>Energy</dt><dd><span class="kind">${energy.method}</span>${sources}</dd><dt>Money</dt><dd>${money ?? 'unknown: neither hardware nor a hosted price was named'}</dd></dl>
<ul><li>Wrong answers are paid for: everything that was spent over all tasks, over the number of correct answers.</li><li>Intervals are of 95 %, over tasks. Fewer than five correct answers give a bound instead of an estimate.</li><li>Tokens are those of completions: samples that lost, probes and tiers that were not accepted are in them.</li></ul>
<footer>Made by Tiegel: <code>${command}</code></footer>`;
  return htmlPage({ title: `What a correct answer of ${model} costs`, style: reportStyle, body });
}

function costTable(rows: readonly PageRow[]): Html {
  return html`<table><thead><tr><th>Strategy</th><th>Accuracy</th><th>Samples</th><th>Tokens</th><th>Seconds</th><th>Joules</th><th>Money</th></tr></thead><tbody>${rows.map(
    ({ label, accuracy, samplesPerTask, costs }) =>
      html`<tr><td>${label}</td><td class="number">${percent(accuracy)}</td><td class="number">${samplesPerTask.toFixed(2)}</td><td class="number">${costText(costs.tokens)}</td><td class="number">${costText(costs.seconds)}</td><td class="number">${joulesText(costs)}</td><td class="number">${costs.money === null ? 'unknown' : costText(costs.money)}</td></tr>`,
  )}</tbody></table>`;
}

function budgetSection(budgets: readonly PageRow[]): Html | null {
  if (budgets.length === 0) return null;
  return html`<h2>Budgets of thinking</h2><p class="quiet small">The reply at temperature 0, its thinking ended after so many tokens.</p><figure>${plotOf({ title: 'Accuracy over what a correct answer costs, by budget', xLabel: 'tokens per correct answer (logarithmic)', yLabel: 'accuracy', points: pointsOf(budgets), joined: true })}</figure>${costTable(budgets)}`;
}

function priceSection(prices: readonly HostedPrice[]): Html | null {
  const [first] = prices;
  if (first === undefined) return null;
  return html`<h2>What ${first.host} has asked for ${first.model}</h2><table><thead><tr><th>From</th><th>Until</th><th>Hours (UTC)</th><th>Prompt</th><th>Cached</th><th>Answer</th><th>Source</th></tr></thead><tbody>${prices.map(
    ({ from, until, hours, input, cachedInput, output, currency, source, isStartVerified }) =>
      html`<tr><td class="number">${dateText(from)}${isStartVerified ? null : ' (start not verified)'}</td><td class="number">${until === null ? '' : dateText(until)}</td><td class="number">${hours === null ? 'all day' : `${hourText(hours.from)} to ${hourText(hours.to)}`}</td><td class="number">${input}</td><td class="number">${cachedInput ?? ''}</td><td class="number">${output} ${currency}</td><td>${source.name} (${source.kind}, seen ${source.seen})</td></tr>`,
  )}</tbody></table><p class="quiet small">For a million tokens. A name is not a model: what a host sells under one name has changed more than once.</p>`;
}

/** Only those of which an estimate is known. */
function pointsOf(rows: readonly PageRow[]): readonly PlotPoint[] {
  return rows.flatMap(({ label, accuracy, costs: { tokens } }, tone) =>
    tokens.type === 'estimated' && Number.isFinite(tokens.upper)
      ? [{ label, tone, x: tokens, y: accuracy }]
      : [],
  );
}

function percent({ estimate, lower, upper }: Interval): string {
  return `${(100 * estimate).toFixed(1)} % (${(100 * lower).toFixed(1)} to ${(100 * upper).toFixed(1)})`;
}

function costText(cost: CostPerCorrect): string {
  if (cost.type === 'more-than') return `more than ${shortNumber(cost.bound)}`;
  const { estimate, lower, upper } = cost;
  if (!Number.isFinite(upper)) return `${shortNumber(estimate)} (at least ${shortNumber(lower)})`;
  return `${shortNumber(estimate)} (${shortNumber(lower)} to ${shortNumber(upper)})`;
}

function joulesText({ joules }: CostRow): Html | string {
  if (joules === null) return 'unknown';
  const { low, high, method } = joules;
  const range = high === null ? `at least ${costText(low)}` : sameCost(low, high);
  return html`${range} <span class="kind">${method}</span>`;
}

function sameCost(low: CostPerCorrect, high: CostPerCorrect): string {
  const [one, other] = [costText(low), costText(high)];
  return one === other ? one : `${one} to ${other}`;
}

function dateText(instant: string): string {
  return instant.replace('T', ' ').replace(/:00(?:\.000)?Z$/, '');
}

function hourText(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
