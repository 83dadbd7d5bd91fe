// When a vote over samples of one question may end before all of them are drawn. Answers are looked at in the order in which
// the samples were begun: to stop at those that finish first would favour short thinking.
//
// - `all`: never; all of them are drawn.
// - `exact`: the leader cannot be overtaken by what is left; the same answer as from all samples.
// - `beta`: P(p > 1/2) under Beta(a + 1, b + 1) for the counts of the two leaders (Aggarwal et al., "Let's Sample Step by
//   Step", 2023). A heuristic level: it is looked at after each sample, and a tie passes 0.95 in 29 of 100 votes of 16.
// - `window`: the last answers are all the same (Li et al., "Escape Sky-high Cost", 2024).
// - `e-value`: the hypothesis that no answer has more than half of the votes is refuted by betting (Waudby-Smith and Ramdas
//   2024): before each sample something is put on the answer that leads so far. The leader is known before the bet, so that no
//   correction for having chosen it is due: while no answer has more than half, a vote stops with probability at most α,
//   however often it is looked at. Three equal answers are then never enough for α = 0.2, since a coin gives them in one vote
//   of four.
import { incompleteBeta } from '../../stats/index.ts';

export type StoppingRule =
  | { readonly type: 'all' }
  | { readonly type: 'exact' }
  | { readonly type: 'beta'; readonly level: number }
  | { readonly type: 'window'; readonly size: number }
  | { readonly type: 'e-value'; readonly alpha: number };

/** One answer of a vote: how often it was given, and at which sample first. */
export type Votes = { readonly key: string; readonly count: number; readonly first: number };

/** @param answers in the order of their samples; null for what cannot be read, which has no vote */
export function countVotes(answers: readonly (string | null)[]): readonly Votes[] {
  const counts = new Map<string, { key: string; count: number; first: number }>();
  for (const [first, key] of answers.entries()) {
    if (key === null) continue;
    const votes = counts.get(key);
    if (votes === undefined) counts.set(key, { key, count: 1, first });
    else votes.count++;
  }
  return [...counts.values()].sort((one, other) => other.count - one.count || one.first - other.first);
}

/**
 * Whether the vote may end with these answers.
 *
 * @param answers in the order of their samples; null for what cannot be read
 * @param most samples that there are at most
 */
export function mayStop(rule: StoppingRule, answers: readonly (string | null)[], most: number): boolean {
  const [leader, ...others] = countVotes(answers);
  if (leader === undefined) return false;
  switch (rule.type) {
    case 'all':
      return false;
    case 'exact':
      return cannotBeOvertaken(leader, others, most - answers.length);
    case 'beta':
      return 1 - incompleteBeta(0.5, leader.count + 1, (others[0]?.count ?? 0) + 1) >= rule.level;
    case 'window':
      return answers.length >= rule.size && answers.slice(-rule.size).every((key) => key === leader.key);
    case 'e-value':
      return evidenceForLeaders(answers) >= 1 / rule.alpha;
  }
}

/** Equal counts go to what was given first, so that an answer not given yet loses them. */
function cannotBeOvertaken(leader: Votes, others: readonly Votes[], left: number): boolean {
  if (left > leader.count) return false;
  return others.every(({ count, first }) => {
    const reach = count + left;
    return reach < leader.count || (reach === leader.count && leader.first < first);
  });
}

/** Shares of what a bet risks each time, with the part of the stake on it. Most of it is on answers that never differ. */
const bets = [
  { risked: 1, stake: 0.64 },
  { risked: 0.8, stake: 0.12 },
  { risked: 0.6, stake: 0.12 },
  { risked: 0.35, stake: 0.12 },
] as const;

/** What a stake of 1 has become by betting at even odds on the leader before each sample. */
function evidenceForLeaders(answers: readonly (string | null)[]): number {
  const capital: number[] = bets.map(({ stake }) => stake);
  const counts = new Map<string, number>();
  let leader: string | null = null;
  for (const key of answers) {
    if (leader !== null)
      for (const [index, { risked }] of bets.entries())
        capital[index] = (capital[index] as number) * (key === leader ? 1 + risked : 1 - risked);
    if (key === null) continue;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (leader === null || (counts.get(key) ?? 0) > (counts.get(leader) ?? 0)) leader = key;
  }
  return capital.reduce((sum, part) => sum + part, 0);
}
