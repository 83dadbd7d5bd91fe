// What answering only where the model is sure of its answer comes to, on the tasks that the bar was chosen on and on others.
import { TiegelError } from '../base/index.ts';
import type { Abstention, Calibration, Pool, ScoredAnswer } from '../meter/index.ts';
import type { Terminal } from './terminal.ts';

/** Of the replies at temperature 0, by how sure the model is of them. @throws TGL_USAGE where the engine does not say that */
export function scoredAnswers(pools: readonly Pool[]): readonly ScoredAnswer[] {
  return pools.map(({ greedy: { confidence, correct } }) => {
    if (confidence === undefined)
      throw new TiegelError('TGL_USAGE', {
        problem: '--risk goes by how sure the model is of its answers, which this engine does not say.',
      });
    return { score: confidence ?? 0, correct };
  });
}

export function printAbstention(
  terminal: Terminal,
  { risk, least, coverage, wrong }: NonNullable<Calibration['abstention']>,
): void {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  terminal.print(
    least === null
      ? `For at most ${percent(risk)} wrong answers nothing may be answered.`
      : `For at most ${percent(risk)} wrong answers it is answered where the model is ${least.toFixed(4)} sure: ` +
          `${percent(coverage)} of the tasks, ${percent(wrong)} wrongly.`,
  );
}

export function printAbstained(
  terminal: Terminal,
  { risk, least }: NonNullable<Calibration['abstention']>,
  { coverage, wrong }: Omit<Abstention, 'least'>,
): void {
  if (least === null) return;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  terminal.print(
    `  answered only where the model is ${least.toFixed(4)} sure, for at most ${percent(risk)} wrong answers: ` +
      `${percent(coverage)} of the tasks, ${percent(wrong)} wrongly`,
  );
}
