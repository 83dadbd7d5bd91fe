// Trials that differ only in their judge ask the same questions with the same seeds. The reply to one of them
// serves the others too: it is generated once, and every judge rules on it.

import type { Trial } from '../plan/trial-plan.ts';
import type { Ask, Reply } from '../terms/trial.ts';

/** The `Ask` of each trial of the plan. A question that failed is asked again. */
export function shareReplies(trials: readonly Trial[], ask: Ask): (trial: Trial) => Ask {
  // The seed of a trial follows from probe, item and attack.
  const sharers = Map.groupBy(trials, ({ seed }) => seed);
  const replies = new Map<string, Promise<Reply>>();
  const askOnce: Ask = (question, seed) => {
    const key = JSON.stringify([question, seed]);
    const known = replies.get(key);
    if (known !== undefined) return known;
    const reply = ask(question, seed);
    replies.set(key, reply);
    reply.catch(() => replies.delete(key));
    return reply;
  };
  return ({ seed }) => (sharers.get(seed)?.length === 1 ? ask : askOnce);
}
