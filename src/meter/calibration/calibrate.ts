// Which way of answering is worth it for a model, on tasks of one set. Candidates stand in families from safe to cheap, in an order
// that is fixed beforehand. First samples: the last one before the first that is not shown to be as good as all of them. Then what
// spares some of what that one takes; it is chosen only where it is shown both to be as good and to cost less.
import type { Random } from '../../base/index.ts';
import type { Strategy } from '../../reasoning/index.ts';
import type { SettledShare } from '../policy/drift.ts';
import { type Comparison, compareWithBaseline, lastPassing } from '../strategies/compare.ts';
import type { Pool } from '../strategies/pool.ts';
import { type Replayed, replay } from '../strategies/replay.ts';
import { gatedCandidates, type Probing, sampleCandidates, thinkingCandidates } from './candidates.ts';

/** Beside the strategy that it was compared with. */
export type Tried = Comparison & {
  readonly strategy: Strategy;
  readonly baseline: 'all samples' | 'selected';
};

export type Selection = {
  /** Every sample votes. */
  readonly baseline: Strategy;
  readonly tried: readonly Tried[];
  /** What was selected before anything that spares some of it. */
  readonly amongSamples: Strategy;
  /** Greedy: no strategy pays, and none is used. */
  readonly selected: Strategy;
  /** How often the selected one settles a question; null where it has nothing to settle. */
  readonly expected: SettledShare | null;
};

export type SelectionOptions = {
  readonly samples: number;
  /** Of non-inferiority, as a share. */
  readonly margin: number;
  /** A server can check the answers. */
  readonly canCheck: boolean;
  /** How the thinking was probed; @default it was not */
  readonly probing?: Probing | undefined;
};

/** Results of all candidates, task by task, by which a selection is made; made once for all selections of the same tasks. */
export type Results = ReadonlyMap<Strategy, readonly Replayed[]>;

export type Candidates = {
  readonly baseline: Strategy;
  readonly samples: readonly Strategy[];
  /** By the strategy that they would stand in for. */
  readonly sparing: ReadonlyMap<Strategy, readonly (readonly Strategy[])[]>;
};

export function candidatesOf({ samples, canCheck, probing }: SelectionOptions): Candidates {
  const ofSamples = sampleCandidates(samples, canCheck);
  const sparing = new Map<Strategy, readonly (readonly Strategy[])[]>();
  for (const strategy of ofSamples) {
    if (strategy.type === 'greedy' && probing !== undefined)
      sparing.set(strategy, thinkingCandidates(probing, canCheck));
    if (strategy.type === 'vote' && probing?.knowsConfidence === true)
      sparing.set(strategy, gatedCandidates(strategy));
  }
  return { baseline: { type: 'vote', most: samples, rule: { type: 'all' } }, samples: ofSamples, sparing };
}

/** @throws TypeError for a pool of fewer samples */
export function replayCandidates(candidates: Candidates, pools: readonly Pool[], random: Random): Results {
  const { baseline, samples, sparing } = candidates;
  const all = [baseline, ...samples, ...[...sparing.values()].flat(2)];
  return new Map(all.map((strategy) => [strategy, replay(strategy, pools, random)]));
}

/** @param resamples of each interval; @default what the statistics take */
export function selectFrom(
  { baseline, samples, sparing }: Candidates,
  results: Results,
  margin: number,
  random: Random,
  resamples?: number,
): Selection {
  const resultsOf = (strategy: Strategy): readonly Replayed[] => {
    const found = results.get(strategy);
    if (found === undefined) throw new TypeError('selectFrom: a candidate was not replayed');
    return found;
  };
  const compare = (strategy: Strategy, base: Strategy, families = 1): Comparison =>
    compareWithBaseline(resultsOf(strategy), resultsOf(base), margin, random, { families, resamples });
  const ofSamples = samples.map(
    (strategy): Tried => ({ strategy, baseline: 'all samples', ...compare(strategy, baseline) }),
  );
  const [exact, ...others] = ofSamples;
  if (exact === undefined) throw new TypeError('selectFrom: there is no candidate');
  // What cannot be overtaken any more gives the same answer as all samples, whether or not few tasks show it.
  const passed = lastPassing(others.map((candidate) => ({ candidate, difference: candidate.difference })));
  const chosen = (passed ?? exact).strategy;
  const families = sparing.get(chosen) ?? [];
  const spared = families.map((family) =>
    family.map(
      (strategy): Tried => ({
        strategy,
        baseline: 'selected',
        ...compare(strategy, chosen, families.length),
      }),
    ),
  );
  const [best] = spared
    .flatMap((family) => cheaper(family))
    .sort((one, other) => one.costRatio.estimate - other.costRatio.estimate);
  const selected = best?.strategy ?? chosen;
  return {
    ...{ baseline, tried: [...ofSamples, ...spared.flat()], amongSamples: chosen },
    selected,
    expected: expectedOf(selected, resultsOf(selected)),
  };
}

function expectedOf({ type }: Strategy, results: readonly Replayed[]): SettledShare | null {
  if (type === 'greedy' || type === 'plain') return null;
  const sum = results.reduce((total, { settled }) => total + settled, 0);
  return { share: sum / results.length, tasks: results.length };
}

/** Of a family, up to the first that is not shown to be as good, those that are shown to cost less. */
function cheaper(family: readonly Tried[]): readonly Tried[] {
  const failed = family.findIndex(({ difference }) => !difference.shown);
  const passing = failed < 0 ? family : family.slice(0, failed);
  return passing.filter(({ costRatio }) => costRatio.upper < 1);
}

/**
 * @throws TypeError for a pool of fewer samples
 */
export function selectStrategy(pools: readonly Pool[], options: SelectionOptions, random: Random): Selection {
  const candidates = candidatesOf(options);
  return selectFrom(candidates, replayCandidates(candidates, pools, random), options.margin, random);
}
