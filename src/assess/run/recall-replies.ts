// Gives judges that compare replies with each other their memory back when an assessment is resumed: they are shown again
// what the evidence holds, in the order of the plan. What they rule on it has been ruled already and is dropped.
import type { Json } from '../../base/index.ts';
import type { EvidenceLine } from '../evidence/evidence-line.ts';
import { ruleOn } from '../judges/assessable.ts';
import type { Trial } from '../plan/trial-plan.ts';
import type { Attempt } from '../terms/trial.ts';

export type Replied = {
  readonly lines: readonly EvidenceLine[];
  /** The texts that were put aside, by their digests. */
  readonly withheld: ReadonlyMap<string, Json>;
};

/** @param trials of the plan; those on the model alone come before those behind its guards */
export async function recallReplies(trials: readonly Trial[], { lines, withheld }: Replied): Promise<void> {
  const made = Map.groupBy(
    lines.filter(({ type }) => type === 'trial'),
    ({ chain }) => chain === 'served',
  );
  for (const behindGuards of [false, true]) {
    const byIndex = new Map((made.get(behindGuards) ?? []).map((line) => [line.index, line]));
    for (const { index, cell, item } of trials) {
      const line = cell.judge.remembers === true ? byIndex.get(index) : undefined;
      if (line === undefined) continue;
      for (const attempt of attemptsIn(line, withheld)) await ruleOn(cell.judge, item, attempt);
    }
  }
}

type Figures = Pick<Attempt, 'seed'> & Pick<Attempt['reply'], 'finish' | 'completionTokens'>;
type Texts = Pick<Attempt, 'question'> & Pick<Attempt['reply'], 'reasoning' | 'answer' | 'toolCalls'>;

function attemptsIn(line: EvidenceLine, withheld: ReadonlyMap<string, Json>): readonly Attempt[] {
  const figures = line.attempts as unknown as readonly Figures[];
  const aside = typeof line.withheld === 'string' ? withheld.get(line.withheld) : undefined;
  return figures.map((each, at) => {
    const texts = aside === undefined ? each : (aside as unknown as readonly Texts[])[at];
    const { question, seed, ...reply } = { ...each, ...texts } as Attempt & Attempt['reply'];
    return { question, seed, reply };
  });
}
