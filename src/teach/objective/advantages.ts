// Advantages of a group of completions of one prompt: GRPO (Shao et al. 2024), Dr. GRPO (Liu et al. 2025) without the
// division, Lite-PPO (Liu et al. 2025) with the deviation of the whole batch. An unscorable reward is left out.

import { mean } from '../../stats/index.ts';
/** The divisor of the distance to the group's mean: the group's deviation, nothing, or the batch's deviation. */
export type AdvantageScale = 'std' | 'none' | 'batch';

export type AdvantageOptions = {
  readonly scale: AdvantageScale;
  /** Added to the deviation. 1e-4 in TRL, 1e-6 in verl. @default 1e-4 */
  readonly epsilon?: number;
  /** Divide squared distances by n − 1, as TRL and verl do, not by n. @default true */
  readonly bessel?: boolean;
};

/**
 * Advantages in the shape of the rewards. A completion whose reward is null, or which has no other to be compared
 * with, gets 0.
 *
 * @param groups rewards of the completions of each prompt; null is unscorable
 */
export function groupAdvantages(
  groups: readonly (readonly (number | null)[])[],
  { scale, epsilon = 1e-4, bessel = true }: AdvantageOptions,
): readonly (readonly number[])[] {
  const deviation = (rewards: readonly number[]): number => {
    const centre = mean(rewards);
    const squares = rewards.reduce((sum, reward) => sum + (reward - centre) ** 2, 0);
    return Math.sqrt(squares / Math.max(1, rewards.length - (bessel ? 1 : 0)));
  };
  const batchDeviation = deviation(groups.flatMap(scorable));
  return groups.map((group) => {
    const rewards = scorable(group);
    if (rewards.length < 2) return group.map(() => 0);
    const centre = mean(rewards);
    const divisor = { std: deviation(rewards) + epsilon, none: 1, batch: batchDeviation + epsilon }[scale];
    return group.map((reward) => (reward === null ? 0 : (reward - centre) / divisor));
  });
}

/** Whether the group's rewards differ: otherwise every advantage is 0 and the group teaches nothing. */
export function hasSignal(group: readonly (number | null)[]): boolean {
  const rewards = scorable(group);
  return rewards.some((reward) => reward !== rewards[0]);
}

function scorable(rewards: readonly (number | null)[]): readonly number[] {
  return rewards.filter((reward) => reward !== null);
}
