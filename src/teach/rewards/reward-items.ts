// Rewards of one batch: each completion is split into reasoning and answer, verified, and its parts are weighted. Parts
// that need token ids (repetition) are not available here, since trainers send texts.
import { lookUp } from '../../base/index.ts';
import {
  groupRewards,
  type Judged,
  type RewardLimits,
  type RewardName,
  rewardNames,
} from '../objective/rewards.ts';
import type { ItemReward, RewardItem, RewardVerdict } from './protocol.ts';
import { type Judgement, verifiers } from './verifiers.ts';

type ServedReward = Exclude<RewardName, 'repetition'>;
export const servedRewards: readonly ServedReward[] = rewardNames.filter((name) => name !== 'repetition');

export type RewardRules = {
  /** Weights of the parts; a part that is not named has weight 0. */
  readonly weights: Readonly<Partial<Record<ServedReward, number>>>;
  readonly limits: RewardLimits;
};

/** Accuracy alone: the format is learned in the cold start, and a bonus for it becomes a goal of its own. */
export const accuracyAlone: RewardRules = {
  weights: { accuracy: 1 },
  limits: { maxLength: 8192, overlongCache: 1024 },
};

/** One reward per item, in order. Completions of one prompt are a group. */
export function rewardItems(
  items: readonly RewardItem[],
  { weights, limits }: RewardRules,
): readonly ItemReward[] {
  const judged = items.map((item) => judgeItem(item, weights));
  const rewards = new Map<JudgedItem, Rewarded>();
  for (const group of Map.groupBy(judged, ({ item }) => item.prompt).values()) {
    for (const [place, reward] of groupRewards(group, weights, limits).entries()) {
      rewards.set(group[place] as JudgedItem, reward);
    }
  }
  return judged.map((one) => {
    const { reward, parts } = rewards.get(one) as Rewarded;
    return { id: one.item.id, reward, parts, verdict: verdictOf(one), reason: one.reason };
  });
}

type Rewarded = ReturnType<typeof groupRewards>[number];
type JudgedItem = Judged & Judgement & { readonly item: RewardItem };

function judgeItem(item: RewardItem, weights: RewardRules['weights']): JudgedItem {
  const { closed, reasoning, answer } = segmentsOf(item.completion);
  return {
    item,
    ...judge(item, closed, answer),
    wellFormed: closed && answer.trim() !== '',
    // Computed only if it has weight, since it looks at every letter.
    languageShare: weights.language ? scriptShare(item.prompt, reasoning + answer) : null,
    length: item.n_tokens,
  };
}

function judge(item: RewardItem, closed: boolean, answer: string): Judgement {
  const verifier = lookUp(verifiers, item.verifier);
  if (verifier === undefined) return { correct: null, reason: `there is no verifier ${item.verifier}` };
  const judgement = verifier.judge(item.ground_truth, answer);
  if (judgement.correct === null || closed) return judgement;
  // A result within the think block is not an answer: rewarding it would teach the model to leave the block open.
  return {
    correct: false,
    reason: item.truncated ? 'cut off while thinking' : 'the think block is not closed',
  };
}

function verdictOf({ correct }: Judgement): RewardVerdict {
  if (correct === null) return 'unscorable';
  return correct ? 'correct' : 'wrong';
}

type Segments = { readonly closed: boolean; readonly reasoning: string; readonly answer: string };

/** Whether thinking is closed: exactly one `</think>`, and no `<think>` except at the beginning. The prompt may contain the opening tag. */
function segmentsOf(completion: string): Segments {
  const [before = '', after, ...more] = completion.split('</think>');
  const reasoning = before.replace(/^\s*<think>/, '');
  const clean = !reasoning.includes('<think>') && after?.includes('<think>') === false;
  return { closed: after !== undefined && more.length === 0 && clean, reasoning, answer: after ?? '' };
}

const scripts = [/\p{Script=Latin}/gu, /\p{Script=Han}/gu, /\p{Script=Cyrillic}/gu] as const;

/**
 * R1's language consistency by script: the share of the letters that belong to the main script of the prompt. It
 * does not distinguish languages of one script. 1 if there are no letters to count.
 */
function scriptShare(prompt: string, completion: string): number {
  const count = (text: string, script: RegExp): number => text.match(script)?.length ?? 0;
  const counts = scripts.map((script) => count(prompt, script));
  const wanted = scripts[counts.indexOf(Math.max(...counts))] as RegExp;
  const all = scripts.reduce((sum, script) => sum + count(completion, script), 0);
  return all === 0 ? 1 : count(completion, wanted) / all;
}
