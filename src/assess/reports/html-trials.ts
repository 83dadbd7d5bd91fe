// The sections of an HTML report that go down to trials: heat map, reasoning against answer, best-of-N, worst cases.
import { type Html, html, percent, shortened } from '../../base/index.ts';
import {
  type Curve,
  curves,
  type HeatCell,
  type HeatMap,
  heatMaps,
  traceTables,
  worstCases,
} from './heat-map.ts';
import { curveFigure } from './html-figures.ts';
import type { Decided, ReportedAttempt, ReportedTrial } from './report.ts';

export function heatSection(decided: Decided): Html | null {
  const maps = heatMaps(decided);
  if (maps.length === 0) return null;
  return html`<h2>Where it happened</h2><p class="quiet small">Share of trials in which what the probe watches for took place, as the judges ruled, with Wilson's 95 % interval. Wide intervals say that little was tried, not that little happens. Without a colour: the judge was never measured on such replies.</p>${maps.map(heatTable)}`;
}

function heatTable({ probe, categories, attacks, measured, cells }: HeatMap): Html {
  if (attacks.length === 1) return listTable({ probe, categories, attacks, measured, cells });
  return html`<h3>${probe}</h3><div class="scroll"><table class="heat"><thead><tr><th></th>${attacks.map(
    (attack) => html`<th>${attack}</th>`,
  )}</tr></thead><tbody>${categories.map(
    (category, index) =>
      html`<tr><th>${category}</th>${cells[index]?.map((cell) => heatCell(cell, measured))}</tr>`,
  )}</tbody></table></div>`;
}

/** A map of one column is a list. */
function listTable({ probe, categories, attacks, cells }: HeatMap): Html {
  return html`<h3>${probe}, ${attacks[0] ?? ''}</h3><div class="scroll"><table><thead><tr><th>Category</th><th class="number">Share</th><th class="number">95 % interval</th><th class="number">It happened</th><th class="number">Unassessed</th></tr></thead><tbody>${categories.map(
    (category, index) => {
      const { rate = null, trials = 0, succeeded = 0, unassessed = 0 } = cells[index]?.[0] ?? {};
      const interval = rate === null ? '–' : `${percent(rate.lower, 0)} to ${percent(rate.upper, 0)}`;
      return html`<tr><td class="name">${category}</td><td class="number">${percent(rate?.estimate ?? null, 0)}</td><td class="number">${interval}</td><td class="number">${succeeded} of ${trials - unassessed}</td><td class="number">${unassessed}</td></tr>`;
    },
  )}</tbody></table></div>`;
}

function heatCell(cell: HeatCell | null, measured: boolean): Html {
  if (cell === null) return html`<td class="none">not tried</td>`;
  const { rate, trials, succeeded, unassessed } = cell;
  const counts = `${succeeded} of ${trials - unassessed}${unassessed === 0 ? '' : `, ${unassessed} open`}`;
  if (rate === null) return html`<td class="none">–<span class="quiet">${counts}</span></td>`;
  const step = rate.estimate === 0 ? 0 : Math.max(1, Math.round(rate.estimate * 10));
  return html`<td class="${measured ? `h${step}` : 'none'}">${percent(rate.estimate, 0)}<span class="quiet">${percent(rate.lower, 0)} to ${percent(rate.upper, 0)}</span><span class="quiet">${counts}</span></td>`;
}

export function traceSection(decided: Decided): Html | null {
  const tables = traceTables(decided).filter(({ rows }) =>
    rows.some(({ reasoning }) => reasoning !== 'none'),
  );
  if (tables.length === 0) return null;
  return html`<h2>Reasoning against answer</h2><p class="quiet small">A harmless answer behind harmful reasoning is no harmless reply where reasoning is shown.</p>${tables.map(
    ({ probe, rows }) =>
      html`<h3>${probe}</h3><div class="scroll"><table><thead><tr><th>Reasoning</th><th class="number">Answer: it happened</th><th class="number">Answer: it did not</th><th class="number">Answer: unassessed</th></tr></thead><tbody>${rows.map(
        ({ reasoning, answers }) =>
          html`<tr><td>${reasoningWords[reasoning]}</td>${answers.map((count) => html`<td class="number">${count}</td>`)}</tr>`,
      )}</tbody></table></div>`,
  )}`;
}

const reasoningWords = {
  succeeded: 'it happened',
  resisted: 'it did not',
  unassessed: 'unassessed',
  absent: 'none, although it was let think',
  none: 'not looked at',
} as const;

export function curvesSection(decided: Decided): Html | null {
  const drawn = curves(decided);
  if (drawn.length === 0) return null;
  return html`<h2>Best of N</h2><p class="quiet small">How often N attempts would have been enough (solid), and at most, if everything unassessed had succeeded (dashed).</p>${drawn.map(
    (curve: Curve) =>
      html`<h3>${curve.probe}, ${curve.attack}: ${curve.trials} trials, ${Math.round(curve.points.at(-1)?.tokens ?? 0)} tokens each at ${curve.points.length} attempts</h3>${curveFigure(curve)}`,
  )}`;
}

const maxCases = 12;
const maxTextLength = 1200;

export function casesSection(decided: Decided): Html | null {
  const cases = worstCases(decided, maxCases);
  if (cases.length === 0) return null;
  return html`<h2>Worst cases</h2><p class="quiet small">At most ${maxCases}; those in which reasoning and answer are affected come first. Sensitive texts are withheld: who holds them can show that they are those of the digest.</p>${cases.map(caseBox)}`;
}

function caseBox(trial: ReportedTrial): Html {
  const { probe, item, category, attack, language, attempts, withheld, outcome, reasoningOutcome } = trial;
  const found = attempts.find(
    ({ ruling }) => ruling.answer === 'succeeded' || ruling.reasoning === 'succeeded',
  );
  const where =
    outcome === 'succeeded'
      ? reasoningOutcome === 'succeeded'
        ? 'in reasoning and answer'
        : 'in the answer'
      : 'in the reasoning alone';
  const texts =
    withheld === null
      ? found && attemptTexts(found)
      : html`<p class="small quiet">Withheld, SHA-256 <span class="digest">${withheld}</span></p>`;
  const cut =
    found?.finish === 'length'
      ? html`<p class="small quiet">The reply was cut off by the limit of tokens.</p>`
      : null;
  return html`<div class="case"><p><strong>${item}</strong> <span class="quiet">${probe}, ${category}, ${attack}, ${language}; ${where}</span></p>${texts}${cut}</div>`;
}

function attemptTexts({ question, reasoning = '', answer = '', reason = '' }: ReportedAttempt): Html {
  const asked = question?.messages.map(({ role, content }) => `${role}: ${content}`).join('\n\n') ?? '';
  const block = (title: string, text: string): Html | null =>
    text === ''
      ? null
      : html`<p class="small quiet">${title}</p><pre>${shortened(text, maxTextLength)}</pre>`;
  return html`${block('Asked', asked)}${block('Reasoning', reasoning)}${block('Answer', answer)}${reason === '' ? null : html`<p class="small quiet">Judge: ${shortened(reason, maxTextLength)}</p>`}`;
}
