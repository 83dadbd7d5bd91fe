// The sections of an HTML report for readers who check it: judges, standards, the subject, the evidence.

import { type Html, html } from '../../base/index.ts';
import { coverage } from './coverage.ts';
import type { Phrase, Wording } from './language.ts';
import type { Decided, Report } from './report.ts';

export function judgesSection({ judges, labels, family }: Decided, { say, percent }: Wording): Html {
  return html`<h2>${say('Judges')}</h2><p class="quiet small">${say('What entitles each to decide. Family of the model under test: {family}.', { family: family ?? say('not stated') })}</p>
<div class="scroll"><table><thead><tr><th>${say('Judge')}</th><th>${say('Entitled by')}</th><th class="number">${say('Sensitivity')}</th><th class="number">${say('Specificity')}</th><th class="number">${say('Labels')}</th></tr></thead><tbody>${judges.flatMap(
    ({ name, version, admission }) => {
      if (admission === null || admission === 'exact') {
        const isLabelled = labels.some(({ judge }) => judge === name);
        const unmeasured = say(
          isLabelled ? 'the labels below' : 'nothing: never measured, so it decides nothing',
        );
        const by = admission === null ? unmeasured : say('it cannot err');
        return [
          html`<tr><td class="name">${name} ${version}</td><td>${by}</td><td></td><td></td><td></td></tr>`,
        ];
      }
      return admission.counts.map((counts, index) => {
        const { truePositives, falseNegatives, trueNegatives, falsePositives } = counts;
        const [positives, negatives] = [truePositives + falseNegatives, trueNegatives + falsePositives];
        return html`<tr><td class="name">${index === 0 ? `${name} ${version}` : ''}</td><td>${say('labels on {family}, {language}', { family: counts.family, language: counts.language })}</td><td class="number">${percent(positives === 0 ? null : truePositives / positives)}</td><td class="number">${percent(negatives === 0 ? null : trueNegatives / negatives)}</td><td class="number">${positives + negatives}</td></tr>`;
      });
    },
  )}</tbody></table></div>`;
}

/** Counts by ruling, since that is how the replies were drawn; no sensitivity can be read off a row. */
export function labelsSection({ labels }: Decided, wording: Wording): Html | null {
  const { say } = wording;
  if (labels.length === 0) return null;
  return html`<h2>${say('Labels')}</h2><p class="quiet small">${say('Replies that people labelled, drawn at random apart for each ruling. How often the ruling was right adds to what entitles the judge to decide.')}</p>
<div class="scroll"><table><thead><tr><th>${say('Criterion')}</th><th>${say('Judge')}</th><th>${say('Language')}</th><th class="number">${say('Ruled succeeded')}</th><th class="number">${say('Ruled resisted')}</th><th>${say('Drawn from')}</th></tr></thead><tbody>${labels.flatMap(
    ({ criterion, judge, segment, counts, assessment, seed, digest }) =>
      counts.map(
        ({ language, truePositives, falsePositives, trueNegatives, falseNegatives, unassessed, outOf }) =>
          html`<tr><td class="name">${criterion}</td><td>${judge}, ${say(segment)}</td><td>${language}</td>${rulingsCell(
            { right: truePositives, wrong: falsePositives, unsaid: unassessed?.succeeded },
            outOf?.succeeded,
            wording,
          )}${rulingsCell(
            { right: trueNegatives, wrong: falseNegatives, unsaid: unassessed?.resisted },
            outOf?.resisted,
            wording,
          )}<td>${assessment}, ${say('seed {seed}', { seed })}<span class="digest">${digest}</span></td></tr>`,
      ),
  )}</tbody></table></div>`;
}

type Labelled = { readonly right: number; readonly wrong: number; readonly unsaid: number | undefined };

/** @param rulings from which the labelled ones were drawn, if not all were labelled */
function rulingsCell(
  { right, wrong, unsaid = 0 }: Labelled,
  rulings: number | undefined,
  { say }: Wording,
): Html {
  const labelled = right + wrong + unsaid;
  const drawn = unsaid === 0 ? 'drawn from {rulings}' : 'drawn from {rulings}; of {untold} nobody could say';
  return html`<td class="number">${say('{right} of {labelled} right', { right, labelled })}<span class="quiet">${say(drawn, { rulings: rulings ?? labelled, untold: unsaid })}</span></td>`;
}

const stateOf = {
  evidence: { mark: 'good', words: 'some evidence' },
  open: { mark: 'open', words: 'looked at, not decided' },
  gap: { mark: 'bad', words: 'gap' },
} as const satisfies Readonly<Record<string, { readonly mark: string; readonly words: Phrase }>>;

export function standardsSection(decided: Decided, wording: Wording): Html {
  const { say } = wording;
  const entries = coverage(decided);
  const gaps = entries.filter(({ state }) => state === 'gap').length;
  return html`<h2>${say('Standards, with the gaps')}</h2><p class="quiet small">${say('{gaps} of the {count} entries known here have no criterion in this policy. Entries that are not in the table were not considered at all.', { gaps, count: entries.length })}</p>
<div class="scroll"><table><thead><tr><th>${say('Entry')}</th><th>${say('What it asks')}</th><th>${say('Criteria')}</th><th>${say('State')}</th></tr></thead><tbody>${entries.map(
    ({ key, framework, title, criteria, state }) =>
      html`<tr><td class="name">${key}<span class="quiet">${framework}</span></td><td>${title}</td><td>${shown(criteria, wording)}</td><td class="mark ${stateOf[state].mark}">${say(stateOf[state].words)}</td></tr>`,
  )}</tbody></table></div>`;
}

function shown(criteria: readonly string[], { say }: Wording): string {
  if (criteria.length <= 4) return criteria.join(', ');
  const names = criteria.slice(0, 4).join(', ');
  return say('{names} and {count} more', { names, count: criteria.length - 4 });
}

export function subjectSection({ subject, admissionKey, decided, battery }: Report, { say }: Wording): Html {
  const { runtimeBuild, sampling, thinkingBudget, systemPrompt, filters, watermark, coins, attention } =
    subject;
  const digest = (text: string): Html => html`<span class="digest">${text}</span>`;
  const place =
    'remote' in subject
      ? html`<dt>${say('Server')}</dt><dd>${subject.remote.server}, ${subject.remote.endpoints.join(', ')}</dd><dt>${say('Model there')}</dt><dd>${subject.remote.model}</dd>`
      : html`<dt>${say('Weights')}</dt><dd>${digest(subject.weights)}</dd><dt>${say('Quantisation')}</dt><dd>${subject.quantisation}</dd><dt>${say('Chat template')}</dt><dd>${digest(subject.chatTemplate)}</dd><dt>${say('Tokenizer')}</dt><dd>${digest(subject.tokenizer)}</dd>`;
  return html`<h2>${say('What was assessed')}</h2><p class="quiet small">${say('A change in any of these makes another subject, which nobody has admitted.')}</p><dl>${place}
<dt>${say('Runtime')}</dt><dd>${runtimeBuild}</dd><dt>${say('Sampling')}</dt><dd>${say('temperature {temperature}, top-p {topP}, {tokens} tokens', { ...sampling, tokens: sampling.maxTokens })}</dd>
<dt>${say('Thinking budget')}</dt><dd>${thinkingBudget ?? say('none of its own')}</dd><dt>${say('System prompt')}</dt><dd>${systemPrompt ?? say('none')}</dd>
<dt>${say('Content filters')}</dt><dd>${filters.length === 0 ? say('none') : filters.map((one) => html`${digest(one)} `)}</dd>${
    watermark &&
    html`
<dt>${say('Watermark')}</dt><dd>${say('{share} of the tokens, by {window} before each', watermark)}</dd>`
  }${coins && html`<dt>${say('Coins')}</dt><dd>${coins.join(', ')}</dd>`}${attention && html`<dt>${say('Attention')}</dt><dd>${attention}</dd>`}
<dt>${say('Admission key')}</dt><dd>${digest(admissionKey)}</dd>${
    decided &&
    html`<dt>${say('Policy')}</dt><dd>${digest(decided.policyDigest)}</dd><dt>${say('Program')}</dt><dd>${decided.program.name} ${decided.program.version}, ${say('battery {name} {version}', battery)}</dd>`
  }</dl>`;
}

export function evidenceSection(
  { id, evidence, started, finished, decided }: Report,
  { say }: Wording,
): Html {
  const spent = decided?.spent;
  return html`<h2>${say('Evidence')}</h2><dl><dt>${say('Assessment')}</dt><dd>${id}</dd><dt>${say('Time')}</dt><dd>${say('{started} to {finished}', { started, finished })}</dd>${
    spent &&
    html`<dt>${say('Cost')}</dt><dd>${say('{questions} questions, {tokens} tokens, {retries} repeated', { questions: spent.questions, tokens: spent.promptTokens + spent.completionTokens, retries: spent.retries })}${spent.money === null ? '' : `, ${spent.money.toFixed(2)}`}</dd>`
  }<dt>${say('Lines')}</dt><dd>${say('{lines}, {withheld} of them with texts withheld', evidence)}</dd><dt>SHA-256</dt><dd><span class="digest">${evidence.digest}</span></dd><dt>${say('Merkle root')}</dt><dd><span class="digest">${evidence.root}</span></dd></dl>`;
}
