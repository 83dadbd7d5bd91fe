// The section of an HTML report that sets a model's assessments beside each other: the bounds that decided, over versions of the model
// and of the policy.
import { type Html, html } from '../../base/index.ts';
import type { EarlierReports } from './earlier-reports.ts';
import type { Wording } from './language.ts';
import type { Report } from './report.ts';
import { headline, markOf, stateWords } from './words.ts';

/** Null where there is nothing to set beside it. */
export function versionsSection(
  report: Report,
  { reports, unverified }: EarlierReports,
  wording: Wording,
): Html | null {
  if (reports.length + unverified === 0) return null;
  const { say } = wording;
  const all = [report, ...reports].toSorted((one, other) => (one.started < other.started ? 1 : -1));
  const columns = all.map((each) => columnHead(each, report, wording));
  const rows = rowNames(report).map(
    (name) => html`<tr><td class="name">${name}</td>${all.map((each) => cell(each, name, wording))}</tr>`,
  );
  return html`<h2>${say('Over versions')}</h2><p class="quiet small">${say(
    'Assessments of {model} in this installation, the newest first. Shown are the bounds that decided.',
    { model: report.model },
  )}${unverified === 0 ? null : ` ${say('{count} more were left out, since they do not verify.', { count: unverified })}`}</p>
<div class="scroll"><table><thead><tr><th></th>${columns}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function rowNames({ decided, results }: Report): readonly string[] {
  return decided === null
    ? results.map(({ name }) => name)
    : decided.criteria.map(({ criterion }) => criterion.name);
}

function columnHead(each: Report, report: Report, wording: Wording): Html {
  const { say } = wording;
  const { name, version } = each.decided?.policy ?? each.battery;
  const { mark, words } = headline(each, wording);
  const which = each.id === report.id ? say('this report') : say(weightsBeside(each, report));
  return html`<th>${each.finished.slice(0, 10)}, ${name} ${version}<span class="quiet">${which}</span><span class="mark ${mark}">${words}</span></th>`;
}

function weightsBeside({ subject: one }: Report, { subject: other }: Report) {
  if (!('weights' in one) || !('weights' in other)) return 'on a server';
  return one.weights === other.weights ? 'the same weights' : 'other weights';
}

/** What an assessment says of a criterion or probe of that name; empty where it has none. */
function cell({ decided, results }: Report, name: string, { say, percent }: Wording): Html {
  const row = decided?.criteria.find(({ criterion }) => criterion.name === name);
  if (row !== undefined) {
    const { bound, state } = row.served ?? row.decision;
    return html`<td><span class="mark ${markOf[state]}">${say(stateWords[state])}</span>${bound === null ? null : html`<span class="quiet">${percent(bound)}</span>`}</td>`;
  }
  const result = results.find((each) => each.name === name);
  if (result === undefined) return html`<td></td>`;
  return html`<td><span class="mark ${markOf[result.verdict]}">${say(result.verdict)}</span></td>`;
}
