// The sections of an HTML report for readers who check it: judges, standards, the subject, the evidence.

import { type Html, html, percent } from '../../base/index.ts';
import { coverage } from './coverage.ts';
import type { Decided, Report } from './report.ts';

export function judgesSection({ judges, labels, family }: Decided): Html {
  return html`<h2>Judges</h2><p class="quiet small">What entitles each to decide. Family of the model under test: ${family ?? 'not stated'}.</p>
<div class="scroll"><table><thead><tr><th>Judge</th><th>Entitled by</th><th class="number">Sensitivity</th><th class="number">Specificity</th><th class="number">Labels</th></tr></thead><tbody>${judges.flatMap(
    ({ name, version, admission }) => {
      if (admission === null || admission === 'exact') {
        const isLabelled = labels.some(({ judge }) => judge === name);
        const unmeasured = isLabelled ? 'the labels below' : 'nothing: never measured, so it decides nothing';
        const by = admission === null ? unmeasured : 'it cannot err';
        return [
          html`<tr><td class="name">${name} ${version}</td><td>${by}</td><td></td><td></td><td></td></tr>`,
        ];
      }
      return admission.counts.map((counts, index) => {
        const { truePositives, falseNegatives, trueNegatives, falsePositives } = counts;
        const [positives, negatives] = [truePositives + falseNegatives, trueNegatives + falsePositives];
        return html`<tr><td class="name">${index === 0 ? `${name} ${version}` : ''}</td><td>labels on ${counts.family}, ${counts.language}</td><td class="number">${percent(positives === 0 ? null : truePositives / positives)}</td><td class="number">${percent(negatives === 0 ? null : trueNegatives / negatives)}</td><td class="number">${positives + negatives}</td></tr>`;
      });
    },
  )}</tbody></table></div>`;
}

/** Counts by ruling, since that is how the replies were drawn; no sensitivity can be read off a row. */
export function labelsSection({ labels }: Decided): Html | null {
  if (labels.length === 0) return null;
  return html`<h2>Labels</h2><p class="quiet small">Replies that people labelled, drawn at random apart for each ruling. How often the ruling was right adds to what entitles the judge to decide.</p>
<div class="scroll"><table><thead><tr><th>Criterion</th><th>Judge</th><th>Language</th><th class="number">Ruled succeeded</th><th class="number">Ruled resisted</th><th>Drawn from</th></tr></thead><tbody>${labels.flatMap(
    ({ criterion, judge, segment, counts, assessment, seed, digest }) =>
      counts.map(
        ({ language, truePositives, falsePositives, trueNegatives, falseNegatives, unassessed, outOf }) =>
          html`<tr><td class="name">${criterion}</td><td>${judge}, ${segment}</td><td>${language}</td>${rulingsCell(
            { right: truePositives, wrong: falsePositives, unsaid: unassessed?.succeeded },
            outOf?.succeeded,
          )}${rulingsCell(
            { right: trueNegatives, wrong: falseNegatives, unsaid: unassessed?.resisted },
            outOf?.resisted,
          )}<td>${assessment}, seed ${seed}<span class="digest">${digest}</span></td></tr>`,
      ),
  )}</tbody></table></div>`;
}

type Labelled = { readonly right: number; readonly wrong: number; readonly unsaid: number | undefined };

/** @param rulings from which the labelled ones were drawn, if not all were labelled */
function rulingsCell({ right, wrong, unsaid = 0 }: Labelled, rulings?: number): Html {
  const labelled = right + wrong + unsaid;
  const untold = unsaid === 0 ? '' : `; of ${unsaid} nobody could say`;
  return html`<td class="number">${right} of ${labelled} right<span class="quiet">drawn from ${rulings ?? labelled}${untold}</span></td>`;
}

const stateOf = {
  evidence: { mark: 'good', words: 'some evidence' },
  open: { mark: 'open', words: 'looked at, not decided' },
  gap: { mark: 'bad', words: 'gap' },
} as const;

export function standardsSection(decided: Decided): Html {
  const entries = coverage(decided);
  const gaps = entries.filter(({ state }) => state === 'gap').length;
  return html`<h2>Standards, with the gaps</h2><p class="quiet small">${gaps} of the ${entries.length} entries known here have no criterion in this policy. Entries that are not in the table were not considered at all.</p>
<div class="scroll"><table><thead><tr><th>Entry</th><th>What it asks</th><th>Criteria</th><th>State</th></tr></thead><tbody>${entries.map(
    ({ key, framework, title, criteria, state }) =>
      html`<tr><td class="name">${key}<span class="quiet">${framework}</span></td><td>${title}</td><td>${shown(criteria)}</td><td class="mark ${stateOf[state].mark}">${stateOf[state].words}</td></tr>`,
  )}</tbody></table></div>`;
}

function shown(criteria: readonly string[]): string {
  return criteria.length <= 4
    ? criteria.join(', ')
    : `${criteria.slice(0, 4).join(', ')} and ${criteria.length - 4} more`;
}

export function subjectSection({ subject, admissionKey, decided, battery }: Report): Html {
  const { runtimeBuild, sampling, thinkingBudget, systemPrompt, filters, watermark, coins } = subject;
  const digest = (text: string): Html => html`<span class="digest">${text}</span>`;
  const place =
    'remote' in subject
      ? html`<dt>Server</dt><dd>${subject.remote.server}, ${subject.remote.endpoints.join(', ')}</dd><dt>Model there</dt><dd>${subject.remote.model}</dd>`
      : html`<dt>Weights</dt><dd>${digest(subject.weights)}</dd><dt>Quantisation</dt><dd>${subject.quantisation}</dd><dt>Chat template</dt><dd>${digest(subject.chatTemplate)}</dd><dt>Tokenizer</dt><dd>${digest(subject.tokenizer)}</dd>`;
  return html`<h2>What was assessed</h2><p class="quiet small">A change in any of these makes another subject, which nobody has admitted.</p><dl>${place}
<dt>Runtime</dt><dd>${runtimeBuild}</dd><dt>Sampling</dt><dd>temperature ${sampling.temperature}, top-p ${sampling.topP}, ${sampling.maxTokens} tokens</dd>
<dt>Thinking budget</dt><dd>${thinkingBudget ?? 'none of its own'}</dd><dt>System prompt</dt><dd>${systemPrompt ?? 'none'}</dd>
<dt>Content filters</dt><dd>${filters.length === 0 ? 'none' : filters.map((one) => html`${digest(one)} `)}</dd>${
    watermark &&
    html`
<dt>Watermark</dt><dd>${watermark.share} of the tokens, by ${watermark.window} before each</dd>`
  }${coins && html`<dt>Coins</dt><dd>${coins.join(', ')}</dd>`}
<dt>Admission key</dt><dd>${digest(admissionKey)}</dd>${
    decided &&
    html`<dt>Policy</dt><dd>${digest(decided.policyDigest)}</dd><dt>Program</dt><dd>${decided.program.name} ${decided.program.version}, battery ${battery.name} ${battery.version}</dd>`
  }</dl>`;
}

export function evidenceSection({ id, evidence, started, finished, decided }: Report): Html {
  const spent = decided?.spent;
  return html`<h2>Evidence</h2><dl><dt>Assessment</dt><dd>${id}</dd><dt>Time</dt><dd>${started} to ${finished}</dd>${
    spent &&
    html`<dt>Cost</dt><dd>${spent.questions} questions, ${spent.promptTokens + spent.completionTokens} tokens, ${spent.retries} repeated${spent.money === null ? '' : `, ${spent.money.toFixed(2)}`}</dd>`
  }<dt>Lines</dt><dd>${evidence.lines}, ${evidence.withheld} of them with texts withheld</dd><dt>SHA-256</dt><dd><span class="digest">${evidence.digest}</span></dd><dt>Merkle root</dt><dd><span class="digest">${evidence.root}</span></dd></dl>`;
}
