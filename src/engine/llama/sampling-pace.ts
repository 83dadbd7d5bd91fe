// Which generations take part in the next step. All rows of a step are sampled before the next one begins, so that one row
// whose sampling is dear (a large grammar over a large vocabulary) would set the pace of all. Such generations take turns
// instead, within a share of the time that the steps of the others take: deficit round-robin by measured time.

export type SamplingPace = {
  /** Of the generations that are ready, those for the next step; all of them where none is cheap. */
  readonly next: (ready: readonly number[]) => readonly number[];
  /** In the order in which they should be begun: what is dear last, so that nobody queues behind it. */
  readonly cheapestFirst: (generations: readonly number[]) => readonly number[];
  readonly decoded: (milliseconds: number) => void;
  readonly sampled: (generation: number, milliseconds: number) => void;
  readonly ended: (generation: number) => void;
};

/** Of the time of all steps, what sampling may add to it on behalf of dear generations. */
const share = 0.5;
/** Sampling that takes at most this part of a step is cheap. */
const cheapShare = 0.5;
/** A median over so many measurements: the machine disturbs single ones. */
const remembered = 5;

export function createSamplingPace(): SamplingPace {
  let steps: readonly number[] = [];
  const measured = new Map<number, readonly number[]>();
  /** Time that dear generations may take now, in milliseconds. */
  let credit = 0;
  /** Dear ones that were left out, longest first. */
  let turns: readonly number[] = [];

  const costOf = (generation: number): number => {
    const times = measured.get(generation) ?? [];
    return times.length < remembered ? 0 : median(times);
  };

  return {
    next: (ready) => {
      const limit = cheapShare * median(steps);
      const dear = ready.filter((generation) => costOf(generation) > limit);
      if (dear.length === 0 || dear.length === ready.length) {
        turns = [];
        credit = 0;
        return ready;
      }
      turns = [
        ...turns.filter((generation) => dear.includes(generation)),
        ...dear.filter((generation) => !turns.includes(generation)),
      ];
      const chosen = new Set<number>();
      for (const generation of turns) {
        if (costOf(generation) > credit) break;
        credit -= costOf(generation);
        chosen.add(generation);
      }
      turns = turns.filter((generation) => !chosen.has(generation));
      return ready.filter((generation) => !dear.includes(generation) || chosen.has(generation));
    },
    cheapestFirst: (generations) => generations.toSorted((one, other) => costOf(one) - costOf(other)),
    decoded: (milliseconds) => {
      steps = [...steps, milliseconds].slice(-remembered);
      if (turns.length > 0) credit += share * milliseconds;
    },
    sampled: (generation, milliseconds) => {
      measured.set(generation, [...(measured.get(generation) ?? []), milliseconds].slice(-remembered));
    },
    ended: (generation) => void measured.delete(generation),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
}
