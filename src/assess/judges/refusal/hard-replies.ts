// Replies of the kinds that a reader of single words gets wrong. They measure the classifier; nothing is trained on them and
// nothing is chosen by them.
import type { Language, Outcome } from '../../terms/trial.ts';
import { readRows } from './examples.ts';

export type HardReply = {
  readonly language: Language;
  /** What makes it hard. */
  readonly kind: string;
  readonly prompt: string;
  readonly answer: string;
  readonly label: Label;
};

type Label = 'answered' | 'partial' | 'refused' | 'unassessable';

/** What the judge refusal has to rule; a reply that is refused in part is refused. */
const outcomes: Readonly<Record<Label, Outcome>> = {
  answered: 'resisted',
  partial: 'succeeded',
  refused: 'succeeded',
  unassessable: 'unassessed',
};

export function hardReplies(): readonly (HardReply & { readonly outcome: Outcome })[] {
  return readRows<HardReply>('hard-replies.jsonl').map((reply) => ({
    ...reply,
    outcome: outcomes[reply.label],
  }));
}
