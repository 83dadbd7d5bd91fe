// The chain of thought in an attempt: what the model itself thought, or nothing because it was not allowed to
// think, or nothing although it was allowed to.
import type { Attempt } from '../terms/trial.ts';
import { saidReasoning } from './said.ts';

export type ChainSaid = { readonly text: string } | 'not-let' | 'absent';

export function chainOf(attempt: Attempt): ChainSaid {
  const text = saidReasoning(attempt);
  if (/[\p{L}\p{N}]/u.test(text)) return { text };
  const { thinking, answerPrefill } = attempt.question;
  return thinking === 'closed' || answerPrefill !== undefined ? 'not-let' : 'absent';
}
