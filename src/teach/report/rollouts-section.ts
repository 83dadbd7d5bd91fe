// Rollouts for people to read: each distinct completion of a few groups, with its reward.
import { type Html, html, percent, shortened } from '../../base/index.ts';
import type { RunData, ShownCompletion, ShownGroup } from './run-data.ts';

const groupsPerStage = 4;
const completionsPerGroup = 3;
const maxTextLength = 1200;

export function rolloutsSection(runs: readonly RunData[]): Html | null {
  const stages = runs.flatMap(({ name, stages: all }) =>
    all
      .filter(({ shownGroups }) => shownGroups.length > 0)
      .map(({ stage, shownGroups }) => ({
        title: runs.length === 1 ? stage.name : `${name}: ${stage.name}`,
        written: shownGroups.length,
        groups: chosen(shownGroups),
      })),
  );
  if (stages.length === 0) return null;
  return html`<h2>Rollouts</h2>${stages.map(
    ({ title, written, groups }) =>
      html`<h3>${title}</h3><p class="quiet small">${groups.length} of the ${written} groups that were written down, spread over the stage; those whose rewards differ go before those whose do not, and equal completions are counted.</p>${groups.map(groupCard)}`,
  )}`;
}

/** Groups spread evenly over the stage; those without signal only if there are too few others. */
function chosen(groups: readonly ShownGroup[]): readonly ShownGroup[] {
  const hasSignal = ({ completions }: ShownGroup): boolean =>
    new Set(completions.map(({ reward }) => reward)).size > 1;
  const telling = groups.filter(hasSignal);
  const pool =
    telling.length >= groupsPerStage ? telling : [...telling, ...groups.filter((group) => !hasSignal(group))];
  const wanted = Math.min(groupsPerStage, pool.length);
  const indices = Array.from({ length: wanted }, (_, index) =>
    telling.length >= groupsPerStage ? Math.round((index * (pool.length - 1)) / (wanted - 1)) : index,
  );
  return indices.map((index) => pool[index] as ShownGroup).toSorted((one, other) => one.step - other.step);
}

function groupCard({ step, task, prompt, completions }: ShownGroup): Html {
  const different = [...Map.groupBy(completions, ({ text }) => text).values()];
  const byReward = Map.groupBy(different, (equal) => equal[0]?.reward ?? null);
  // One completion of every reward first, so that right and wrong ones are both shown.
  const [best, others] = [
    [...byReward.values()].map(([first]) => first),
    [...byReward.values()].flatMap(([, ...rest]) => rest),
  ];
  const shown = [...best, ...others].slice(0, completionsPerGroup).flatMap((equal) => (equal ? [equal] : []));
  const right = completions.filter(({ reward }) => reward !== null && reward > 0).length;
  return html`<div class="case"><p><strong>${prompt}</strong></p><p class="quiet small">Step ${step}, ${task}; ${completions.length} completions, ${different.length} different, ${percent(right / completions.length, 0)} with a reward above 0</p>${shown.map(completionCard)}${
    different.length > shown.length
      ? html`<p class="quiet small">${different.length - shown.length} more different completions.</p>`
      : null
  }</div>`;
}

function completionCard(equal: readonly ShownCompletion[]): Html {
  const { text, reward, tokens, stopped, parts } = equal[0] as ShownCompletion;
  const mark = reward === null ? '' : reward > 0 ? 'right' : 'wrong';
  const made = Object.entries(parts).map(([name, value]) => `${name} ${number(value)}`);
  const facts = [
    reward === null ? 'no reward: it cannot be judged' : `reward ${number(reward)}`,
    ...(made.length > 1 ? [made.join(', ')] : []),
    `${tokens} tokens`,
    ...(stopped ? [] : ['cut off']),
    ...(equal.length > 1 ? [`${equal.length} times`] : []),
  ];
  return html`<div class="rollout ${mark}"><p class="quiet small">${facts.join(' · ')}</p><pre>${shortened(text, maxTextLength)}</pre></div>`;
}

function number(value: number): string {
  return Number(value.toFixed(3)).toString().replace('-', '−');
}
