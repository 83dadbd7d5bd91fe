// Remembers what was answered under which id. A trainer that got no reply asks again; the same completion then gets the same
// reward, even if that depends on the group it came with, and another completion under a known id is an error.
import { type Digest, digestOf, TiegelError } from '../../base/index.ts';
import type { ItemReward, RewardItem } from './protocol.ts';

/** The slot of one item's answer: the reward already given, if any, and how to keep a new one. */
type Answer = { readonly given: ItemReward | undefined; readonly keep: (reward: ItemReward) => void };

/**
 * @param maxAnswers number of answers to keep; the oldest are dropped first
 * @returns the slot of one item's answer; throws TGL_REWARD_CONFLICT when its id was answered for another completion
 */
export function createAnswered(maxAnswers: number): (run: string, item: RewardItem) => Answer {
  const known = new Map<string, { readonly content: Digest; readonly reward: ItemReward }>();
  return (run, item) => {
    const key = JSON.stringify([run, item.id]);
    const content = digestOf(JSON.stringify(item));
    const found = known.get(key);
    if (found !== undefined && found.content !== content) {
      throw new TiegelError('TGL_REWARD_CONFLICT', { id: item.id, run });
    }
    return {
      given: found?.reward,
      keep: (reward) => {
        known.set(key, { content, reward });
        if (known.size > maxAnswers) known.delete(known.keys().next().value as string);
      },
    };
  };
}
