// Requests and answers of the reward server: our own POST /v1/rewards, and the two fields of OpenRLHF's
// remote reward model. Sizes are bounded here, before any verifier sees a byte.
import { z } from 'zod';

/** Maximum number of completions in one request. */
export const maxBatchItems = 1000;

const maxTextLength = 256 * 1024;
const text = z.string().max(maxTextLength);
const name = z.string().min(1).max(200);

export type RewardItem = {
  /** Unique within the run: the same id again gets the same answer. */
  readonly id: string;
  readonly task: string;
  readonly verifier: string;
  readonly prompt: string;
  readonly completion: string;
  /** In the form that the verifier expects; see `verifiers`. */
  readonly ground_truth: string;
  /** Tokens of the completion. */
  readonly n_tokens: number;
  /** Whether it was cut off by its limit. */
  readonly truncated: boolean;
};

const item: z.ZodType<RewardItem> = z.strictObject({
  id: name,
  task: name,
  verifier: name,
  prompt: text,
  completion: text,
  ground_truth: text,
  n_tokens: z.int().min(0),
  truncated: z.boolean(),
});

export type RewardRequest = {
  readonly run: string;
  readonly step: number;
  readonly items: readonly RewardItem[];
};

export const rewardRequest: z.ZodType<RewardRequest> = z.strictObject({
  run: name,
  step: z.int().min(0),
  items: z.array(item).min(1).max(maxBatchItems),
});

export type RewardVerdict = 'correct' | 'wrong' | 'unscorable';

export type ItemReward = {
  readonly id: string;
  /** Null if nothing can be said; it then counts in no mean, and its advantage is 0. */
  readonly reward: number | null;
  /** Each part before weighting. */
  readonly parts: Readonly<Record<string, number>>;
  readonly verdict: RewardVerdict;
  readonly reason: string;
};

export type RewardReply = { readonly rewards: readonly ItemReward[]; readonly verifier_version: string };

/** OpenRLHF posts prompt and completion as one text, and newer versions the two columns beside it. */
export type OpenRlhfRequest = {
  readonly query: readonly string[];
  readonly prompts: readonly string[];
  readonly labels: readonly string[];
};

const column = z.array(text).min(1).max(maxBatchItems);

export const openRlhfRequest: z.ZodType<OpenRlhfRequest> = z
  .object({ query: column, prompts: column, labels: column })
  .refine(({ query, prompts, labels }) => query.length === prompts.length && query.length === labels.length, {
    message: 'query, prompts and labels must have the same length',
  });

/** The content of a row of OpenRLHF's label column, which is a single text. */
export const openRlhfLabel: z.ZodType<{
  readonly task: string;
  readonly verifier: string;
  readonly ground_truth: string;
}> = z.strictObject({ task: name, verifier: name, ground_truth: text });
