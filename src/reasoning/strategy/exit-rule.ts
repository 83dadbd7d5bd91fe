// When thinking may end before the model ends it, judged by what the model would answer at several places of it.
//
// - `agreement`: the last answers are equal, and none of them hesitates (Fu et al., "Efficiently Scaling LLM Reasoning with
//   Certaindex", 2024; the probes of Dynasor).
// - `confidence`: the model is so sure of the tokens of its answer (Yang et al., "Dynamic Early Exit in Reasoning Models",
//   2025). The first token often says only that an answer begins, so that it counts only where it is all there is.
//
// Neither promises anything: a model can be sure of what it has not finished, so that both are to be calibrated.
import type { TokenDetail } from '../parts.ts';

export type ExitRule =
  /** So many probes in a row. */
  | { readonly type: 'agreement'; readonly equal: number }
  /** Mean probability of the tokens, in (0, 1). */
  | { readonly type: 'confidence'; readonly level: number };

/** What a probe found. */
export type ProbedAnswer = {
  /** Null where no answer can be read, or the model hesitates. */
  readonly key: string | null;
  /** Null where it is not known. */
  readonly confidence: number | null;
};

/** @param probes in the order of their places in the thinking */
export function mayExit(rule: ExitRule, probes: readonly ProbedAnswer[]): boolean {
  const last = probes.at(-1);
  if (last === undefined) return false;
  switch (rule.type) {
    case 'agreement':
      return (
        last.key !== null &&
        probes.length >= rule.equal &&
        probes.slice(-rule.equal).every(({ key }) => key === last.key)
      );
    case 'confidence':
      return last.confidence !== null && last.confidence >= rule.level;
  }
}

/** Mean probability of the chosen tokens; null without one. */
export function confidenceOf(tokens: readonly Pick<TokenDetail, 'logProbability'>[]): number | null {
  const counted = tokens.length > 1 ? tokens.slice(1) : tokens;
  if (counted.length === 0) return null;
  const sum = counted.reduce((total, { logProbability }) => total + Math.exp(logProbability), 0);
  return sum / counted.length;
}

const hesitation = /\b(?:wait|hmm+|hold on|maybe|perhaps|not sure|let me)\b/i;

/** Whether an answer takes itself back, as one does that was asked for too early. */
export function hesitates(answer: string): boolean {
  return hesitation.test(answer);
}
