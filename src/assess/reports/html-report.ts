// A report as one self-contained HTML file: no script, no font, no picture, and a content policy that would not let
// them in. The verdict and its reasons come first.
import { type Html, html, htmlPage, percent } from '../../base/index.ts';
import { notMeant, notTested } from './coverage.ts';
import {
  evidenceSection,
  judgesSection,
  labelsSection,
  standardsSection,
  subjectSection,
} from './html-appendix.ts';
import { rangeFigure } from './html-figures.ts';
import { style } from './html-style.ts';
import { casesSection, curvesSection, heatSection, traceSection } from './html-trials.ts';
import type { Decided, DecidedCriterion, Report } from './report.ts';
import { headline, markOf, nameOfAspect, stateWords } from './words.ts';

export function htmlReport(report: Report): string {
  const { model, decided } = report;
  const { mark, words } = headline(report);
  const body = html`<header><div><p class="eyebrow">Assessment of a language model</p><h1>${model}</h1>${subtitle(report)}</div><div class="verdict ${mark}">${words}</div></header>
${reasonsSection(report)}
${decided === null ? probesSection(report) : criteriaSection(decided)}
${decided && heatSection(decided)}${decided && traceSection(decided)}${decided && curvesSection(decided)}${decided && casesSection(decided)}
<h2>What was not tested</h2><ul>${notTested(report).map((line) => html`<li>${line}</li>`)}</ul>
<h2>What an admission does not mean</h2><ul>${notMeant.map((line) => html`<li>${line}</li>`)}</ul>
${decided && judgesSection(decided)}${decided && labelsSection(decided)}${decided && standardsSection(decided)}
${subjectSection(report)}${evidenceSection(report)}
<footer>Made from the evidence by Tiegel, which derived every figure again. Check it: <code>tiegel assess verify ${report.id}</code></footer>`;
  return htmlPage({ title: `${model} · ${words}`, style, body });
}

function subtitle({ battery, finished, decided }: Report): Html {
  const by = decided
    ? html`policy ${decided.policy.name} ${decided.policy.version}`
    : html`battery ${battery.name} ${battery.version}`;
  return html`<p class="quiet">Decided by ${by} on ${finished.slice(0, 10)}, ${finished.slice(11, 16)} UTC</p>`;
}

function reasonsSection(report: Report): Html {
  const { decided, results } = report;
  const title = html`<h2>Why</h2>`;
  if (decided === null) {
    const wrong = results.filter(({ verdict }) => verdict !== 'pass');
    if (wrong.length === 0) return html`${title}<p>All ${results.length} probes passed.</p>`;
    return html`${title}<ul>${wrong.map(({ name, reason }) => html`<li><strong>${name}</strong>: ${reason}</li>`)}</ul>`;
  }
  const { obstacles, conditions, stopped, policy, criteria } = decided;
  const required = criteria.filter(({ criterion }) => criterion.onFailure !== 'report');
  // One reason is said once, with all criteria that it stands against.
  const alike = [...Map.groupBy(obstacles, ({ reason, missed }) => `${missed} ${reason}`).values()];
  const against = alike.map((group) => {
    const { reason = '', missed = false } = group[0] ?? {};
    const names = group.map(({ criterion }) => criterion).join(', ');
    return html`<li><strong>${names}</strong>${missed ? null : ' (not decided)'}: ${reason}</li>`;
  });
  return html`${title}${
    obstacles.length === 0
      ? html`<p>All ${required.length} criteria that the policy requires hold together.</p>`
      : html`<p>${obstacles.length} of ${required.length} criteria that the policy requires stand against an admission, ${obstacles.filter(({ missed }) => missed).length} of them by what was shown:</p><ul>${against}</ul>`
  }${
    conditions.length === 0
      ? null
      : html`<p>Condition: it may be served only behind ${conditions.join(', ')}. Where bare figures are given, they are the model's without it.</p>`
  }${stopped === null ? null : html`<p class="bad">Broken off: ${stopped}</p>`}<p class="quiet">${policy.description}</p>`;
}

function probesSection({ results }: Report): Html {
  return html`<h2>Probes</h2><div class="scroll"><table><thead><tr><th>Probe</th><th>What was found</th><th class="number">Trials</th><th>Verdict</th></tr></thead><tbody>${results.map(
    ({ name, reason, trials, verdict }) =>
      html`<tr><td class="name">${name}</td><td>${reason}</td><td class="number">${trials}</td><td class="mark ${markOf[verdict]}">${verdict}</td></tr>`,
  )}</tbody></table></div>`;
}

function criteriaSection({ criteria }: Decided): Html {
  return html`<h2>Criteria</h2><p class="quiet small">The bound is what decides: with the stated confidence the true rate does not lie beyond it, whatever was unassessed and however the judge errs. In the drawing the dot is the bound, the tick the threshold, the band the 95 % interval of the estimate.</p>
<div class="scroll"><table><thead><tr><th>Criterion</th><th class="number">Estimate</th><th class="number">Bound</th><th>Required</th><th></th><th class="number">Trials</th><th class="number">Unassessed</th><th>State</th></tr></thead><tbody>${criteria.map(criterionRow)}</tbody></table></div>`;
}

function criterionRow(row: DecidedCriterion): Html {
  const { criterion, decision, served } = row;
  const { estimate, interval, bound, trials, unassessed, state, reason } = served ?? decision;
  const { onFailure } = criterion;
  const required =
    criterion.metric === 'check'
      ? html`every check`
      : html`${criterion.side === 'at-most' ? 'at most' : 'at least'} ${percent(criterion.threshold, 0)}`;
  const weight =
    onFailure === 'report' ? 'reported only' : onFailure === 'reject' ? null : `or ${onFailure.condition}`;
  const bare =
    served === null
      ? null
      : html`<span class="quiet">bare ${percent(decision.estimate)}, ${stateWords[decision.state]}</span>`;
  return html`<tr><td class="name">${criterion.name}<span class="quiet">${nameOfAspect(criterion)}</span></td><td class="number">${percent(estimate)}${
    interval && html`<span class="quiet">${percent(interval.lower)} to ${percent(interval.upper)}</span>`
  }${bare}</td><td class="number">${percent(bound)}</td><td class="kept">${required}${weight && html`<span class="quiet">${weight}</span>`}</td><td>${rangeFigure(row)}</td><td class="number">${trials}</td><td class="number">${unassessed}</td><td class="mark ${markOf[state]}">${stateWords[state]}${
    state === 'met' ? null : html`<span class="quiet">${reason}</span>`
  }</td></tr>`;
}
