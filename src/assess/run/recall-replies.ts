// Restores the memory of judges that compare replies with each other when an assessment is resumed: they are shown again
// what the evidence holds, in the order of the plan. Their rulings on it were made before and are dropped.
import type { EvidenceLine, WithheldTexts } from '../evidence/evidence-line.ts';
import type { AttemptFigures, AttemptTexts, TrialLine } from '../evidence/trial-line.ts';
import { ruleOn } from '../judges/assessable.ts';
import type { Trial } from '../plan/trial-plan.ts';
import type { Attempt } from '../terms/trial.ts';

export type Replied = {
  readonly lines: readonly EvidenceLine[];
  /** The withheld texts, by their digests. */
  readonly withheld: WithheldTexts;
};

/** @param trials of the plan; those on the model alone come before those with its content filters */
export async function recallReplies(trials: readonly Trial[], { lines, withheld }: Replied): Promise<void> {
  const made = Map.groupBy(
    lines.filter((line) => line.type === 'trial'),
    ({ chain }) => chain === 'served',
  );
  for (const behindFilters of [false, true]) {
    const byIndex = new Map((made.get(behindFilters) ?? []).map((line) => [line.index, line]));
    for (const { index, cell, item } of trials) {
      const line = cell.judge.remembers === true ? byIndex.get(index) : undefined;
      if (line === undefined) continue;
      for (const attempt of attemptsIn(line, withheld)) await ruleOn(cell.judge, item, attempt);
    }
  }
}

function attemptsIn(line: TrialLine, withheld: WithheldTexts): readonly Attempt[] {
  if (line.withheld === undefined) return line.attempts.map((each) => attemptOf(each, each));
  const texts = withheld.get(line.withheld) ?? [];
  return line.attempts.flatMap((each, at) => {
    const said = texts[at];
    return said === undefined ? [] : [attemptOf(each, said)];
  });
}

/** The parts of a reply that judges look at. */
function attemptOf(figures: AttemptFigures, texts: AttemptTexts): Attempt {
  const { seed, finish, completionTokens, reasoningTokens, milliseconds } = figures;
  const { question, reasoning, answer, toolCalls } = texts;
  const reply = { reasoning, answer, toolCalls, finish, completionTokens, reasoningTokens, milliseconds };
  return { question, seed, reply };
}
