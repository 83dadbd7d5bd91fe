// Which generations take part in the next step. All rows of a step are evaluated and sampled before the next one begins, so
// that each makes the others wait: noticeably where its sampling is dear (a large grammar over a large vocabulary), or where
// the model is so small that a row takes nearly as long as a step. So shortest rest first: what is dear, or may come to much
// more than the shortest, takes turns within half of the time that the others' steps take: deficit round-robin by measured
// time. Where rows cost nothing beside each other, as with large models, all take part in all steps.

import { createRowCost, median } from './row-cost.ts';

export type DecodingGeneration = {
  readonly generation: number;
  /** Most tokens that may still follow. */
  readonly rest: number;
};

export type StepPace = {
  /** Of the generations that are ready for their next token, those for the next step; all of them where none is cheap. */
  readonly next: (ready: readonly DecodingGeneration[]) => readonly number[];
  /** In the order in which they should be sampled: what is dear last, so that nobody queues behind it. */
  readonly cheapestFirst: (generations: readonly number[]) => readonly number[];
  /** A step was evaluated. @param rows absent where it read prompts as well, of which nothing can be told about rows */
  readonly decoded: (milliseconds: number, rows?: number) => void;
  readonly sampled: (generation: number, milliseconds: number) => void;
  readonly ended: (generation: number) => void;
};

/** Of the time of all steps, what those that take turns may add to it. */
const share = 0.5;
/** What may come to more than so many times what the shortest may is long. */
const longFactor = 4;
/** Sampling that takes at most this part of a step is cheap. */
const cheapShare = 0.5;
/** A median over so many measurements: the machine disturbs single ones. */
const remembered = 5;

export function createStepPace(): StepPace {
  const rowCost = createRowCost();
  let steps: readonly number[] = [];
  /** By generation, the last measurements and their median, once there are enough of them. */
  const samplings = new Map<number, { readonly times: readonly number[]; readonly median: number }>();
  /** Time that those who take turns may take now, in milliseconds. */
  let credit = 0;
  /** Those that were left out, longest first. */
  let turns: readonly number[] = [];
  /** What those that had a turn added to the step that was chosen last, in milliseconds, but for their sampling. */
  let added = 0;

  const samplingOf = (generation: number): number => samplings.get(generation)?.median ?? 0;

  return {
    next: (ready) => {
      added = 0;
      const limit = cheapShare * median(steps);
      const cheap = ready.filter(({ generation }) => samplingOf(generation) <= limit);
      const shortest = Math.min(...cheap.map(({ rest }) => rest));
      const first = new Set(
        cheap.filter(({ rest }) => rest <= longFactor * shortest).map(({ generation }) => generation),
      );
      const all = ready.map(({ generation }) => generation);
      if (first.size === 0 || first.size === all.length) {
        turns = [];
        credit = 0;
        return all;
      }
      const later = all.filter((generation) => !first.has(generation));
      turns = [
        ...turns.filter((generation) => later.includes(generation)),
        ...later.filter((generation) => !turns.includes(generation)),
      ];
      const row = rowCost.beyond(first.size);
      if (row === undefined) return [...first];
      const costOf = (generation: number): number => row + samplingOf(generation);
      credit = Math.min(
        credit,
        later.reduce((sum, generation) => sum + costOf(generation), 0),
      );
      for (const generation of turns) {
        if (costOf(generation) > credit) break;
        credit -= costOf(generation);
        added += row;
        first.add(generation);
      }
      turns = turns.filter((generation) => !first.has(generation));
      return all.filter((generation) => first.has(generation));
    },
    cheapestFirst: (generations) => generations.toSorted((one, other) => samplingOf(one) - samplingOf(other)),
    decoded: (milliseconds, rows) => {
      steps = [...steps, milliseconds].slice(-remembered);
      rowCost.evaluated(milliseconds, rows);
      if (turns.length > 0 || added > 0) credit += share * Math.max(0, milliseconds - added);
    },
    sampled: (generation, milliseconds) => {
      const times = [...(samplings.get(generation)?.times ?? []), milliseconds].slice(-remembered);
      samplings.set(generation, { times, median: times.length < remembered ? 0 : median(times) });
    },
    ended: (generation) => void samplings.delete(generation),
  };
}
