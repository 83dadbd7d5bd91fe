// A report as one self-contained HTML file: no script, no font, no picture, and a content policy that would not let
// them in. The verdict and its reasons come first.
import { type Html, html, htmlPage } from '../../base/index.ts';
import { notMeant, notTested } from './coverage.ts';
import { type EarlierReports, noneEarlier } from './earlier-reports.ts';
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
import { versionsSection } from './html-versions.ts';
import { english, type Wording } from './language.ts';
import type { Decided, DecidedCriterion, Report } from './report.ts';
import { headline, markOf, nameOfAspect, narrowUse, stateWords } from './words.ts';

/** @param earlier other assessments of the model, which are set beside this one */
export function htmlReport(
  report: Report,
  wording: Wording = english,
  earlier: EarlierReports = noneEarlier,
): string {
  const { model, decided } = report;
  const { say, language } = wording;
  const { mark, words } = headline(report, wording);
  const body = html`<header><div><p class="eyebrow">${say('Assessment of a language model')}</p><h1>${model}</h1>${subtitle(report, wording)}</div><div class="verdict ${mark}">${words}</div></header>
${reasonsSection(report, wording)}
${decided === null ? probesSection(report, wording) : criteriaSection(decided, wording)}
${versionsSection(report, earlier, wording)}
${decided && sectionsOfTrials(decided, wording)}
<h2>${say('What was not tested')}</h2><ul>${notTested(report, wording).map((line) => html`<li>${line}</li>`)}</ul>
<h2>${say('What an admission does not mean')}</h2><ul>${notMeant.map((line) => html`<li>${say(line)}</li>`)}</ul>
${decided && judgesSection(decided, wording)}${decided && labelsSection(decided, wording)}${decided && standardsSection(decided, wording)}
${subjectSection(report, wording)}${evidenceSection(report, wording)}
<footer>${say('Made from the evidence by Tiegel, which derived every figure again. Check it:')} <code>tiegel assess verify ${report.id}</code></footer>`;
  return htmlPage({ title: `${model} · ${words}`, style, body, language });
}

function sectionsOfTrials(decided: Decided, wording: Wording): Html {
  return html`${heatSection(decided, wording)}${traceSection(decided, wording)}${curvesSection(decided, wording)}${casesSection(decided, wording)}`;
}

function subtitle({ battery, finished, decided }: Report, { say }: Wording): Html {
  const { name, version } = decided?.policy ?? battery;
  const parts = { name, version, day: finished.slice(0, 10), time: finished.slice(11, 16) };
  const use = narrowUse({ decided });
  return html`<p class="quiet">${
    decided
      ? say('Decided by policy {name} {version} on {day}, {time} UTC', parts)
      : say('Decided by battery {name} {version} on {day}, {time} UTC', parts)
  }</p>${use && html`<p class="quiet">${say(use.sentence, { name: use.policy })}</p>`}`;
}

function reasonsSection(report: Report, { say, reason: inWords }: Wording): Html {
  const { decided, results } = report;
  const title = html`<h2>${say('Why')}</h2>`;
  if (decided === null) {
    const wrong = results.filter(({ verdict }) => verdict !== 'pass');
    if (wrong.length === 0)
      return html`${title}<p>${say('All {count} probes passed.', { count: results.length })}</p>`;
    return html`${title}<ul>${wrong.map(({ name, reason }) => html`<li><strong>${name}</strong>: ${inWords(reason)}</li>`)}</ul>`;
  }
  const { obstacles, conditions, stopped, policy, criteria } = decided;
  const required = criteria.filter(({ criterion }) => criterion.onFailure !== 'report');
  // One reason is said once, with all criteria that it stands against.
  const alike = [...Map.groupBy(obstacles, ({ reason, missed }) => `${missed} ${reason}`).values()];
  const against = alike.map((group) => {
    const { reason = '', missed = false } = group[0] ?? {};
    const names = group.map(({ criterion }) => criterion).join(', ');
    return html`<li><strong>${names}</strong>${missed ? null : ` (${say('not decided')})`}: ${inWords(reason)}</li>`;
  });
  return html`${title}${
    obstacles.length === 0
      ? html`<p>${say('All {count} criteria that the policy requires hold together.', { count: required.length })}</p>`
      : html`<p>${say('{against} of {count} criteria that the policy requires stand against an admission, {missed} of them by what was shown:', { against: obstacles.length, count: required.length, missed: obstacles.filter(({ missed }) => missed).length })}</p><ul>${against}</ul>`
  }${
    conditions.length === 0
      ? null
      : html`<p>${say("Condition: it may be served only behind {filters}. Where bare figures are given, they are the model's without it.", { filters: conditions.join(', ') })}</p>`
  }${stopped === null ? null : html`<p class="bad">${say('Broken off: {reason}', { reason: inWords(stopped) })}</p>`}<p class="quiet">${inWords(policy.description)}</p>`;
}

function probesSection({ results }: Report, { say, reason: inWords }: Wording): Html {
  return html`<h2>${say('Probes')}</h2><div class="scroll"><table><thead><tr><th>${say('Probe')}</th><th>${say('What was found')}</th><th class="number">${say('Trials')}</th><th>${say('Verdict')}</th></tr></thead><tbody>${results.map(
    ({ name, reason, trials, verdict }) =>
      html`<tr><td class="name">${name}</td><td>${inWords(reason)}</td><td class="number">${trials}</td><td class="mark ${markOf[verdict]}">${say(verdict)}</td></tr>`,
  )}</tbody></table></div>`;
}

function criteriaSection({ criteria }: Decided, wording: Wording): Html {
  const { say } = wording;
  return html`<h2>${say('Criteria')}</h2><p class="quiet small">${say('The bound is what decides: with the stated confidence the true rate does not lie beyond it, whatever was unassessed and however the judge errs. In the drawing the dot is the bound, the tick the threshold, the band the 95 % interval of the estimate.')}</p>
<div class="scroll"><table><thead><tr><th>${say('Criterion')}</th><th class="number">${say('Estimate')}</th><th class="number">${say('Bound')}</th><th>${say('Required')}</th><th></th><th class="number">${say('Trials')}</th><th class="number">${say('Unassessed')}</th><th>${say('State')}</th></tr></thead><tbody>${criteria.map((row) => criterionRow(row, wording))}</tbody></table></div>`;
}

function criterionRow(row: DecidedCriterion, wording: Wording): Html {
  const { say, percent, reason: inWords } = wording;
  const { criterion, decision, served } = row;
  const { estimate, interval, bound, trials, unassessed, state, reason } = served ?? decision;
  const { onFailure } = criterion;
  const required =
    criterion.metric === 'check'
      ? say('every check')
      : say(criterion.side === 'at-most' ? 'at most {rate}' : 'at least {rate}', {
          rate: percent(criterion.threshold, 0),
        });
  const weight =
    onFailure === 'report'
      ? say('reported only')
      : onFailure === 'reject'
        ? null
        : say('or {filter}', { filter: onFailure.condition });
  const bare =
    served === null
      ? null
      : html`<span class="quiet">${say('bare {rate}, {state}', { rate: percent(decision.estimate), state: say(stateWords[decision.state]) })}</span>`;
  return html`<tr><td class="name">${criterion.name}<span class="quiet">${nameOfAspect(criterion, wording)}</span></td><td class="number">${percent(estimate)}${
    interval &&
    html`<span class="quiet">${say('{lower} to {upper}', { lower: percent(interval.lower), upper: percent(interval.upper) })}</span>`
  }${bare}</td><td class="number">${percent(bound)}</td><td class="kept">${required}${weight && html`<span class="quiet">${weight}</span>`}</td><td>${rangeFigure(row, wording)}</td><td class="number">${trials}</td><td class="number">${unassessed}</td><td class="mark ${markOf[state]}">${say(stateWords[state])}${
    state === 'met' ? null : html`<span class="quiet">${inWords(reason)}</span>`
  }</td></tr>`;
}
