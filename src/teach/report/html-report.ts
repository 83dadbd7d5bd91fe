// A teaching report as one HTML file: whether a gain is shown comes first, then the curves, the tables, some rollouts, what
// everything was made from, and what the figures do not say.
import { type Html, html, htmlPage } from '../../base/index.ts';
import { type Comparison, comparisonsOf, progressOf } from './comparison.ts';
import { type Figure, reportFigures } from './figures.ts';
import { halvesSection } from './halves-section.ts';
import { comparisonTables, evaluationTables } from './html-tables.ts';
import { notSaid } from './not-said.ts';
import { reportStyle } from './report-style.ts';
import { rolloutsSection } from './rollouts-section.ts';
import type { RunData } from './run-data.ts';
import { warningsOf } from './warnings.ts';
import { watchedSection } from './watched-section.ts';

/** One self-contained page over one run, or several side by side. */
export function htmlReport(runs: readonly RunData[]): string {
  const names = runs.map(({ name }) => name).join(', ');
  const figures = reportFigures(runs);
  const of = (section: Figure['section']): readonly Figure[] =>
    figures.filter((figure) => figure.section === section);
  const body = html`<header><div><p class="eyebrow">Teaching of a language model</p><h1>${names}</h1>${subtitle(runs)}</div>${badge(runs)}</header>
${unfinishedSection(runs)}${warningSection(runs)}${gainSection(runs, of('gain'))}${comparisonTables(runs)}${halvesSection(runs)}${watchedSection(runs)}
${figureSection('Thinking budget', 'Greedy, the thinking cut off at the budget and the answer asked for. The band is the 95 % interval of Wilson.', of('budget'))}
${figureSection('One of k', 'How often at least one of k completions at temperature 1 is right, without bias. Reinforcement learning that only sharpens lifts the left end and not the right one. The band is the 95 % bootstrap interval over problems.', of('pass'))}
${figureSection('Reinforcement learning, step by step', `What the policy did on the problems it was trained on, at temperature 1. ${howDrawn}`, of('policy'))}
${figureSection('Imitation', `Cross-entropy of completion tokens. ${howDrawn}`, of('loss'))}
${rolloutsSection(runs)}${evaluationTables(runs)}${originsSection(runs)}
<h2>What the figures do not say</h2><ul>${notSaid(runs).map((line) => html`<li>${line}</li>`)}</ul>
<footer>Made by Tiegel out of the files of the ${runs.length === 1 ? 'run' : 'runs'}: <code>tiegel teach report ${runs.map(({ name }) => name).join(' ')}</code></footer>`;
  return htmlPage({ title: `Teaching of ${names}`, style: reportStyle, body });
}

const howDrawn =
  'Dots are single steps under a running mean over five; where there are many steps, the line is the mean of stretches and the band holds the middle 80 % of the steps.';

function subtitle(runs: readonly RunData[]): Html {
  const [run] = runs;
  if (runs.length > 1 || run === undefined)
    return html`<p class="quiet">${runs.length} runs side by side</p>`;
  const { record, recipe } = run;
  if (record === undefined) return html`<p class="quiet">Recipe ${recipe.name}, not finished</p>`;
  const { parameters, wallMinutes, cpuMinutes, finished } = record;
  return html`<p class="quiet">Recipe ${recipe.name}, ${parameters.toLocaleString('en')} parameters, ${wallMinutes} minutes of training (${cpuMinutes} of processor), finished ${finished.slice(0, 10)}</p>`;
}

/** The comparisons that decide whether a gain is shown. */
function decisive(runs: readonly RunData[]): readonly Comparison[] {
  return runs
    .flatMap(comparisonsOf)
    .filter(({ tasks }) => tasks.some(({ verdict }) => verdict !== undefined));
}

const marks = { 'gain shown': 'good', 'no gain shown': 'open', worse: 'bad' } as const;

/** The statement about the most prompted task, if there is a single comparison. */
function badge(runs: readonly RunData[]): Html | null {
  const [first, ...rest] = decisive(runs);
  const task = first?.tasks[0];
  if (task?.verdict === undefined || rest.length > 0 || runs.length > 1) return null;
  return html`<div class="verdict ${marks[task.verdict]}">${task.subject}: ${task.verdict}</div>`;
}

function unfinishedSection(runs: readonly RunData[]): Html | null {
  const open = runs.filter(({ record }) => record === undefined);
  if (open.length === 0) return null;
  return html`<h2>Not finished</h2><p>Drawn as far as it is.</p><ul>${open.map(
    ({ name, stages }) =>
      html`<li><strong>${name}</strong>: ${stages.map((data) => `${data.stage.name} ${progressOf(data)}`).join(' · ')}</li>`,
  )}</ul>`;
}

function warningSection(runs: readonly RunData[]): Html | null {
  const warnings = runs.flatMap(warningsOf);
  if (warnings.length === 0) return null;
  return html`<h2>What went wrong</h2><ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>`;
}

function gainSection(runs: readonly RunData[], drawings: readonly Figure[]): Html | null {
  const comparisons = decisive(runs);
  if (comparisons.length === 0) {
    const stages = runs.flatMap((run) => run.stages.filter(({ stage }) => stage.stage === 'grpo'));
    if (stages.length === 0) return null;
    return html`<h2>Is a gain shown?</h2><p>No: no stage of reinforcement learning has been compared with its start and its controls${runs.every(({ record }) => record) ? '' : ' yet'}.</p>`;
  }
  return html`<h2>Is a gain shown?</h2><p class="quiet small">A gain counts as shown where the whole interval of the lead lies above 0 against the start and against both controls. Those spend as many floating-point operations from the same start: for reinforcement learning on imitation that goes on and on imitation of what the verifier accepted, for distillation on no teacher and on the teacher's verified traces.</p>
<ul>${comparisons.flatMap(({ run, tasks }) =>
    tasks.flatMap(({ subject, verdict, reason, share }) =>
      verdict === undefined
        ? []
        : html`<li>${runs.length > 1 ? html`<strong>${run}</strong>, ` : null}<strong class="${marks[verdict]}">${subject}: ${verdict}.</strong> ${reason}${share === 0 ? html` <span class="quiet small">Not prompted in this stage.</span>` : null}</li>`,
    ),
  )}</ul>${drawings.length === 0 ? null : html`<div class="figures">${drawings.map(({ drawing }) => html`<figure>${drawing}</figure>`)}</div>`}`;
}

function figureSection(title: string, words: string, drawings: readonly Figure[]): Html | null {
  if (drawings.length === 0) return null;
  return html`<h2>${title}</h2><p class="quiet small">${words}</p><div class="figures">${drawings.map(
    ({ drawing }) => html`<figure>${drawing}</figure>`,
  )}</div>`;
}

function originsSection(runs: readonly RunData[]): Html {
  return html`<h2>What it was made from</h2>${runs.map(({ name, recipe, recipeDigest, record, stages }) => {
    const digest = (text: string): Html => html`<span class="digest">${text}</span>`;
    const data = stages.flatMap(({ stage, result }) =>
      result?.dataDigest ? [html`<dt>Data of ${stage.name}</dt><dd>${digest(result.dataDigest)}</dd>`] : [],
    );
    const teachers = stages.flatMap(({ stage, result }) => {
      const { teacher } = result ?? {};
      if (teacher === undefined) return [];
      const stated = teacher.permission === null ? '' : `; the operator stated: ${teacher.permission}`;
      return [
        html`<dt>Teacher of ${stage.name}</dt><dd>${teacher.name}, ${teacher.licence ?? 'licence unknown'}; ${teacher.terms}${stated}</dd>`,
      ];
    });
    return html`${runs.length > 1 ? html`<h3>${name}</h3>` : null}<dl><dt>Recipe</dt><dd>${recipe.name}, ${digest(recipeDigest)}</dd><dt>Seed</dt><dd>${recipe.seed}</dd>${data}${teachers}${
      record &&
      html`<dt>Started from</dt><dd>${record.origin === null ? 'random weights' : digest(record.origin)}</dd>
<dt>Verifiers</dt><dd>${Object.values(record.verifiers).join(', ')}</dd>
<dt>Machine</dt><dd>${record.machine.processor}, ${record.machine.cores} cores, ${record.machine.memoryGiB} GiB; ${record.workers} workers</dd>${Object.entries(record.files).map(([type, file]) => html`<dt>Model, ${type}</dt><dd>${digest(file)}</dd>`)}`
    }</dl><details><summary>The whole recipe</summary><pre>${JSON.stringify(recipe, null, 2)}</pre></details>`;
  })}`;
}
