// With a cache for each sequence llama.cpp evaluates neighbouring sequences together only: at each gap between them it goes
// through the weights once more. So the sequences in a gap are evaluated along, and what that left is taken back.

export type EvaluatedSequence = { readonly sequence: number; readonly tokens: number };

/** Neighbouring sequences. */
type Stretch = { readonly first: EvaluatedSequence; readonly last: EvaluatedSequence };

/**
 * The sequences to evaluate along, with a token each, in ascending order. A gap is filled between two that decode, where that
 * takes no more rows than the shorter stretch beside it has: two single rows cost less apart than three together.
 *
 * @param evaluated in ascending order of their sequences.
 * @param room for so many tokens; no gap is filled in part.
 */
export function gapsToFill(evaluated: readonly EvaluatedSequence[], room: number): readonly number[] {
  const fillers: number[] = [];
  const [start, ...others] = stretchesOf(evaluated);
  let before = start;
  for (const next of others) {
    const { first, last } = before as Stretch;
    const gap = next.first.sequence - last.sequence - 1;
    const shorter = Math.min(lengthOf(before as Stretch), lengthOf(next));
    const longer = Math.max(lengthOf(before as Stretch), lengthOf(next));
    const decode = last.tokens === 1 && next.first.tokens === 1;
    const isFilled = decode && gap <= shorter && longer > 1 && fillers.length + gap <= room;
    if (isFilled) for (let index = 1; index <= gap; index++) fillers.push(last.sequence + index);
    before = isFilled ? { first, last: next.last } : next;
  }
  return fillers;
}

function lengthOf({ first, last }: Stretch): number {
  return last.sequence - first.sequence + 1;
}

function stretchesOf(evaluated: readonly EvaluatedSequence[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const one of evaluated) {
    const before = stretches.at(-1);
    if (before?.last.sequence === one.sequence - 1) stretches.splice(-1, 1, { ...before, last: one });
    else stretches.push({ first: one, last: one });
  }
  return stretches;
}
