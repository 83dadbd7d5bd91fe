// Signs that a stage which samples is going wrong while its loss looks as it should: no group has signal, completions fall to a
// fraction of what they were, or most of them are cut off. They follow from the metrics of the steps alone, so that the
// terminal and the report say the same.
import { mean } from '../stats/index.ts';
import type { PolicyMetrics } from './metrics.ts';

export type Symptom = 'without signal' | 'length collapse' | 'length at the limit';

/** Steps over which a symptom is looked for, and after which it is one. */
const stretch = 5;
/** Share of the length of the first steps below which completions have collapsed. */
const collapsed = 1 / 3;
/** Share of completions that the limit cuts off. */
const mostCutOff = 0.5;

/** The symptoms after step `end`, of the steps of a stage. */
function symptomsAt(steps: readonly PolicyMetrics[], end: number = steps.length): readonly Symptom[] {
  const last = steps.slice(Math.max(0, end - stretch), end);
  if (last.length < stretch) return [];
  const found: Symptom[] = [];
  if (last.every(({ withoutSignal }) => withoutSignal === 1)) found.push('without signal');
  const lengthOf = (some: readonly PolicyMetrics[]): number =>
    mean(some.map(({ completionLength }) => completionLength));
  if (end >= 2 * stretch && lengthOf(last) < collapsed * lengthOf(steps.slice(0, stretch)))
    found.push('length collapse');
  if (mean(last.map(({ cutOff }) => cutOff)) > mostCutOff) found.push('length at the limit');
  return found;
}

/** How long a symptom has lasted at the end of these steps, in steps. */
function lastingSteps(steps: readonly PolicyMetrics[], symptom: Symptom): number {
  const isSo = (end: number): boolean => symptomsAt(steps, end).includes(symptom);
  let begin = steps.length;
  while (begin > 0 && isSo(begin)) begin -= 1;
  return begin === steps.length ? 0 : steps.length - begin + stretch - 1;
}

const words: Readonly<Record<Symptom, (steps: readonly PolicyMetrics[], lasting: number) => string>> = {
  'without signal': (_, lasting) =>
    `nothing was learned in the last ${lasting} steps, because in every group all completions had the same reward`,
  'length collapse': (steps) =>
    `completions have ${lengthText(steps.slice(-stretch))} tokens, ${lengthText(steps.slice(0, stretch))} in the first steps: the reward may pay for not thinking`,
  'length at the limit': (steps) =>
    `the token limit cut off ${(100 * mean(steps.slice(-stretch).map(({ cutOff }) => cutOff))).toFixed(0)} % of the last completions, whose answers were never seen: \`maxTokens\` may be too small`,
};

function lengthText(steps: readonly PolicyMetrics[]): string {
  return mean(steps.map(({ completionLength }) => completionLength)).toFixed(0);
}

/** Sentences for a person at the end of these steps: of each symptom when it begins and whenever it has lasted twice as long. */
export function warningsAt(steps: readonly PolicyMetrics[]): readonly string[] {
  return symptomsAt(steps).flatMap((symptom) => {
    const lasting = lastingSteps(steps, symptom);
    return Number.isInteger(Math.log2(lasting / stretch)) ? [`${words[symptom](steps, lasting)}.`] : [];
  });
}

/** What a report says of a stage, in sentences. */
export function symptomsText(steps: readonly PolicyMetrics[]): readonly string[] {
  const counts = new Map<Symptom, number>();
  for (let end = 1; end <= steps.length; end++)
    for (const symptom of symptomsAt(steps, end)) counts.set(symptom, (counts.get(symptom) ?? 0) + 1);
  const atEnd = symptomsAt(steps);
  return [...counts].map(([symptom, count]) =>
    atEnd.includes(symptom)
      ? `${titles[symptom]}, and so it was at its last step: ${words[symptom](steps, lastingSteps(steps, symptom))}.`
      : `${titles[symptom]} for a time: after ${count} of its ${steps.length} steps, but not after the last one.`,
  );
}

const titles: Readonly<Record<Symptom, string>> = {
  'without signal': 'There was nothing to learn from',
  'length collapse': 'Completions fell to less than a third of their length',
  'length at the limit': 'Most completions were cut off',
};
