// Which way of spending samples is worth it for a model, on tasks of one set: candidates are tried in an order from safe to cheap
// that is fixed beforehand, and the last one before the first that is not shown to be as good as all samples is selected.
import type { Random } from '../../base/index.ts';
import type { Strategy } from '../../reasoning/index.ts';
import { type Comparison, compareWithBaseline, lastPassing } from '../strategies/compare.ts';
import { type Pool, replay } from '../strategies/replay.ts';

export type Tried = Comparison & { readonly strategy: Strategy };

export type Selection = {
  /** Every sample votes. */
  readonly baseline: Strategy;
  readonly tried: readonly Tried[];
  /** Greedy: no strategy pays, and none is used. */
  readonly selected: Strategy;
};

/**
 * Where answers can be checked that is what is tried; where they cannot, votes are, by rules that stop earlier and earlier. Each
 * time the reply at temperature 0 is the last and cheapest candidate.
 */
function candidatesOf(samples: number, canCheck: boolean): readonly Strategy[] {
  const votes = [
    { type: 'e-value', alpha: 0.05 },
    { type: 'beta', level: 0.95 },
    { type: 'beta', level: 0.9 },
    { type: 'beta', level: 0.8 },
  ] as const;
  return [
    { type: 'vote', most: samples, rule: { type: 'exact' } },
    ...(canCheck
      ? [{ type: 'verify', most: samples } as const]
      : votes.map((rule) => ({ type: 'vote', most: samples, rule }) as const)),
    { type: 'greedy' },
  ];
}

/**
 * @param margin of non-inferiority, as a share
 * @throws TypeError for a pool of fewer samples
 */
export async function selectStrategy(
  pools: readonly Pool[],
  {
    samples,
    margin,
    canCheck,
  }: { readonly samples: number; readonly margin: number; readonly canCheck: boolean },
  random: Random,
): Promise<Selection> {
  const baseline: Strategy = { type: 'vote', most: samples, rule: { type: 'all' } };
  const base = await replay(baseline, pools, random);
  const tried: Tried[] = [];
  for (const strategy of candidatesOf(samples, canCheck)) {
    const results = await replay(strategy, pools, random);
    tried.push({ strategy, ...compareWithBaseline(results, base, margin, random) });
  }
  const [exact, ...others] = tried;
  if (exact === undefined) throw new TypeError('selectStrategy: there is no candidate');
  // What cannot be overtaken any more gives the same answer as all samples, whether or not few tasks show it.
  const passed = lastPassing(others.map((candidate) => ({ candidate, difference: candidate.difference })));
  return { baseline, tried, selected: (passed ?? exact).strategy };
}
