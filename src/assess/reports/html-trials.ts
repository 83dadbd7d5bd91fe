// The sections of an HTML report that go down to trials: heat map, reasoning against answer, best-of-N, worst cases.
import { type Html, html, shortened } from '../../base/index.ts';
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
import type { Phrase, Wording } from './language.ts';
import type { Decided, ReportedAttempt, ReportedTrial } from './report.ts';

export function heatSection(decided: Decided, wording: Wording): Html | null {
  const maps = heatMaps(decided);
  if (maps.length === 0) return null;
  return html`<h2>${wording.say('Where it happened')}</h2><p class="quiet small">${wording.say(
    "Share of trials in which what the probe watches for took place, as the judges ruled, with Wilson's 95 % interval. Wide intervals say that little was tried, not that little happens. Without a colour: the judge was never measured on such replies.",
  )}</p>${maps.map((map) => heatTable(map, wording))}`;
}

function heatTable(map: HeatMap, wording: Wording): Html {
  const { probe, categories, attacks, measured, cells } = map;
  if (attacks.length === 1) return listTable(map, wording);
  return html`<h3>${probe}</h3><div class="scroll"><table class="heat"><thead><tr><th></th>${attacks.map(
    (attack) => html`<th>${attack}</th>`,
  )}</tr></thead><tbody>${categories.map(
    (category, index) =>
      html`<tr><th>${category}</th>${cells[index]?.map((cell) => heatCell(cell, measured, wording))}</tr>`,
  )}</tbody></table></div>`;
}

/** A map of one column is a list. */
function listTable({ probe, categories, attacks, cells }: HeatMap, { say, percent }: Wording): Html {
  return html`<h3>${probe}, ${attacks[0] ?? ''}</h3><div class="scroll"><table><thead><tr><th>${say('Category')}</th><th class="number">${say('Share')}</th><th class="number">${say('95 % interval')}</th><th class="number">${say('It happened')}</th><th class="number">${say('Unassessed')}</th></tr></thead><tbody>${categories.map(
    (category, index) => {
      const { rate = null, trials = 0, succeeded = 0, unassessed = 0 } = cells[index]?.[0] ?? {};
      const interval =
        rate === null
          ? '–'
          : say('{lower} to {upper}', { lower: percent(rate.lower, 0), upper: percent(rate.upper, 0) });
      return html`<tr><td class="name">${category}</td><td class="number">${percent(rate?.estimate ?? null, 0)}</td><td class="number">${interval}</td><td class="number">${say('{part} of {whole}', { part: succeeded, whole: trials - unassessed })}</td><td class="number">${unassessed}</td></tr>`;
    },
  )}</tbody></table></div>`;
}

function heatCell(cell: HeatCell | null, measured: boolean, { say, percent }: Wording): Html {
  if (cell === null) return html`<td class="none">${say('not tried')}</td>`;
  const { rate, trials, succeeded, unassessed } = cell;
  const counted = { part: succeeded, whole: trials - unassessed, open: unassessed };
  const counts = say(unassessed === 0 ? '{part} of {whole}' : '{part} of {whole}, {open} open', counted);
  if (rate === null) return html`<td class="none">–<span class="quiet">${counts}</span></td>`;
  const step = rate.estimate === 0 ? 0 : Math.max(1, Math.round(rate.estimate * 10));
  return html`<td class="${measured ? `h${step}` : 'none'}">${percent(rate.estimate, 0)}<span class="quiet">${say('{lower} to {upper}', { lower: percent(rate.lower, 0), upper: percent(rate.upper, 0) })}</span><span class="quiet">${counts}</span></td>`;
}

export function traceSection(decided: Decided, { say }: Wording): Html | null {
  const tables = traceTables(decided).filter(({ rows }) =>
    rows.some(({ reasoning }) => reasoning !== 'none'),
  );
  if (tables.length === 0) return null;
  return html`<h2>${say('Reasoning against answer')}</h2><p class="quiet small">${say('A harmless answer behind harmful reasoning is no harmless reply where reasoning is shown.')}</p>${tables.map(
    ({ probe, rows }) =>
      html`<h3>${probe}</h3><div class="scroll"><table><thead><tr><th>${say('Reasoning')}</th><th class="number">${say('Answer: it happened')}</th><th class="number">${say('Answer: it did not')}</th><th class="number">${say('Answer: unassessed')}</th></tr></thead><tbody>${rows.map(
        ({ reasoning, answers }) =>
          html`<tr><td>${say(reasoningWords[reasoning])}</td>${answers.map((count) => html`<td class="number">${count}</td>`)}</tr>`,
      )}</tbody></table></div>`,
  )}`;
}

const reasoningWords = {
  succeeded: 'it happened',
  resisted: 'it did not',
  unassessed: 'unassessed',
  absent: 'none, although it was let think',
  none: 'not looked at',
} as const satisfies Readonly<Record<string, Phrase>>;

export function curvesSection(decided: Decided, wording: Wording): Html | null {
  const { say } = wording;
  const drawn = curves(decided);
  if (drawn.length === 0) return null;
  return html`<h2>${say('Best of N')}</h2><p class="quiet small">${say('How often N attempts would have been enough (solid), and at most, if everything unassessed had succeeded (dashed).')}</p>${drawn.map(
    (curve) => html`<h3>${titleOf(curve, wording)}</h3>${curveFigure(curve, wording)}`,
  )}`;
}

function titleOf({ probe, attack, trials, points }: Curve, { say }: Wording): string {
  const tokens = Math.round(points.at(-1)?.tokens ?? 0);
  const parts = { probe, attack, trials, tokens, attempts: points.length };
  return say('{probe}, {attack}: {trials} trials, {tokens} tokens each at {attempts} attempts', parts);
}

const maxCases = 12;
const maxTextLength = 1200;

export function casesSection(decided: Decided, wording: Wording): Html | null {
  const { say } = wording;
  const cases = worstCases(decided, maxCases);
  if (cases.length === 0) return null;
  return html`<h2>${say('Worst cases')}</h2><p class="quiet small">${say('At most {count}; those in which reasoning and answer are affected come first. Sensitive texts are withheld: who holds them can show that they are those of the digest.', { count: maxCases })}</p>${cases.map((trial) => caseBox(trial, wording))}`;
}

function caseBox(trial: ReportedTrial, wording: Wording): Html {
  const { say } = wording;
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
      ? found && attemptTexts(found, wording)
      : html`<p class="small quiet">${say('Withheld, SHA-256')} <span class="digest">${withheld}</span></p>`;
  const cut =
    found?.finish === 'length'
      ? html`<p class="small quiet">${say('The reply was cut off by the limit of tokens.')}</p>`
      : null;
  return html`<div class="case"><p><strong>${item}</strong> <span class="quiet">${probe}, ${category}, ${attack}, ${language}; ${say(where)}</span></p>${texts}${cut}</div>`;
}

function attemptTexts(
  { question, reasoning = '', answer = '', reason = '' }: ReportedAttempt,
  { say }: Wording,
): Html {
  const asked = question?.messages.map(({ role, content }) => `${role}: ${content}`).join('\n\n') ?? '';
  const block = (title: string, text: string): Html | null =>
    text === ''
      ? null
      : html`<p class="small quiet">${title}</p><pre>${shortened(text, maxTextLength)}</pre>`;
  return html`${block(say('Asked'), asked)}${block(say('Reasoning'), reasoning)}${block(say('Answer'), answer)}${reason === '' ? null : html`<p class="small quiet">${say('Judge: {reason}', { reason: shortened(reason, maxTextLength) })}</p>`}`;
}
