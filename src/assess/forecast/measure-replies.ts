// A few questions of the plan, asked in earnest: how long replies are and how fast they come. Brief, so that it says about how
// long an assessment takes and nothing more.
import type { Clock } from '../../base/index.ts';
import type { Trial } from '../plan/trial-plan.ts';
import { askServed } from '../run/ask-served.ts';
import { createBudget } from '../terms/budget.ts';
import type { Question, Reply } from '../terms/trial.ts';
import type { RehearsalOptions } from './rehearse.ts';

export type MeasuredReplies = {
  readonly replies: number;
  /** Asked at the same time. */
  readonly sequences: number;
  /** Replies that were cut off for being measured; each counts as long as a reply may be. */
  readonly cut: number;
  /** Mean length of a reply that nothing but the served tuple limits, reasoning included. */
  readonly replyTokens: number;
  /** Of all sequences together, with the time that their prompts took. */
  readonly tokensPerSecond: number;
  readonly promptTokensPerSecond: number;
};

/** Of a plan without questions, which takes no time. */
const nothingAsked: MeasuredReplies = {
  ...{ replies: 0, sequences: 0, cut: 0, replyTokens: 0 },
  ...{ tokensPerSecond: Number.POSITIVE_INFINITY, promptTokensPerSecond: Number.POSITIVE_INFINITY },
};

const maxReplies = 4;
/** Tokens of one reply. */
const maxReplyTokens = 1024;

/**
 * @param longest the longest question, which is asked for one token, to see how fast prompts are read
 * @throws what engines throw, the reason of `signal`
 */
export async function measureReplies(
  trials: readonly Trial[],
  longest: Question | null,
  { engine, template, serving, signal, clock }: RehearsalOptions & { readonly clock: Clock },
): Promise<MeasuredReplies> {
  const chosen = wordyTrials(trials).slice(0, Math.min(maxReplies, engine.capabilities.slots));
  if (chosen.length === 0 || longest === null) return nothingAsked;
  const seconds = (from: number): number => Math.max(1e-3, (clock.monotonic() - from) / 1000);
  const asking = { engine, template, serving, clock, signal };

  const read = createBudget({});
  const readFrom = clock.monotonic();
  await askServed({ ...asking, budget: read })({ ...longest, maxTokens: 1 }, 1);
  const promptTokensPerSecond = read.spent().promptTokens / seconds(readFrom);

  const maxTokens = Math.min(maxReplyTokens, serving.sampling.maxTokens);
  const budget = createBudget({});
  const ask = askServed({ ...asking, budget });
  const from = clock.monotonic();
  const replies = await Promise.all(
    chosen.map(({ item, seed }) => ask({ messages: item.messages, ...item.asked, maxTokens }, seed)),
  );
  const elapsed = seconds(from);
  const { completionTokens } = budget.spent();
  const isCut = ({ finish }: Reply): boolean => finish === 'length' && maxTokens < serving.sampling.maxTokens;
  const lengths = replies.map((reply) =>
    isCut(reply) ? serving.sampling.maxTokens : reply.completionTokens,
  );
  return {
    replies: replies.length,
    sequences: replies.length,
    cut: replies.filter(isCut).length,
    replyTokens: lengths.reduce((sum, length) => sum + length, 0) / lengths.length,
    tokensPerSecond: completionTokens / elapsed,
    promptTokensPerSecond,
  };
}

/** One trial of each probe that is answered in words as long as the model likes, then more of them. */
function wordyTrials(trials: readonly Trial[]): readonly Trial[] {
  const wordy = trials.filter(
    ({ cell, item }) =>
      cell.attack.name === 'direct' && item.asked?.maxTokens === undefined && item.tools === undefined,
  );
  const seen = new Map<string, number>();
  const round = ({ cell }: Trial): number => {
    const before = seen.get(cell.probe.name) ?? 0;
    seen.set(cell.probe.name, before + 1);
    return before;
  };
  return wordy
    .map((trial) => ({ trial, round: round(trial) }))
    .toSorted((one, other) => one.round - other.round)
    .map(({ trial }) => trial);
}
