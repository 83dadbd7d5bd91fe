// The same problem at different steps, so that one sees how thinking changes.
import { type Html, html, shortened } from '../../base/index.ts';
import type { RunData, WatchedGroup } from './run-data.ts';

const mostSteps = 6;
const mostProblems = 2;
const maxTextLength = 1500;

export function watchedSection(runs: readonly RunData[]): Html | null {
  const stages = runs.flatMap(({ name, stages: all }) =>
    all
      .filter(({ watched }) => watched.length > 0)
      .map(({ stage, watched }) => ({
        title: runs.length === 1 ? stage.name : `${name}: ${stage.name}`,
        problems: [...Map.groupBy(watched, ({ prompt }) => prompt)].slice(0, mostProblems),
      })),
  );
  if (stages.length === 0) return null;
  return html`<h2>The same problem, step by step</h2><p class="quiet small">Held-out problems, completed at temperature 1 with the weights after so many steps; the first completion of each step.</p>${stages.map(
    ({ title, problems }) =>
      html`<h3>${title}</h3>${problems.map(([prompt, groups]) => html`<div class="case"><p><strong>${prompt}</strong></p>${spread(groups).map(stepCard)}</div>`)}`,
  )}`;
}

function stepCard({ step, completions }: WatchedGroup): Html {
  const { text, correct, tokens, stopped } = completions[0] as WatchedGroup['completions'][number];
  const mark = correct === null ? '' : correct ? 'right' : 'wrong';
  return html`<div class="rollout ${mark}"><p class="quiet small">after ${step} steps · ${tokens} tokens${stopped ? '' : ' · cut off'}</p><pre>${shortened(text, maxTextLength)}</pre></div>`;
}

/** The first group, the last one and some between them. */
function spread(groups: readonly WatchedGroup[]): readonly WatchedGroup[] {
  const wanted = Math.min(mostSteps, groups.length);
  return Array.from({ length: wanted }, (_, index) => {
    const at = wanted === 1 ? 0 : Math.round((index * (groups.length - 1)) / (wanted - 1));
    return groups[at] as WatchedGroup;
  });
}
