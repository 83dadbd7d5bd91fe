// Which prompts a step reads. Shortest rest first, so that a short one does not wait for a long one; every fourth step
// is the oldest one's, so that no stream of short ones keeps a long one waiting for ever.
//
// llama.cpp evaluates the sequences of a batch together as far as they are neighbours with equally many tokens, and reads
// the weights again for the rest; so a step takes the same number of tokens from each of a run of neighbours.

export type UnreadPrompt = {
  readonly sequence: number;
  /** Tokens that are left of it; at least 1. */
  readonly rest: number;
  /** Rises from one prompt to the next. */
  readonly arrival: number;
};

export type PrefillStep = {
  /** In ascending order, without a gap. */
  readonly sequences: readonly number[];
  /** So many tokens of each. */
  readonly tokens: number;
};

/** Of so many steps the last one is the oldest prompt's. */
export const stepsPerRound = 4;

/**
 * The prompt whose turn it is, with as many of its tokens as the step has room for, and of its neighbours those that
 * can give as many beside it.
 *
 * Bound: with prompts of r₁, r₂, … tokens that are not younger than a prompt, itself included, that prompt is read
 * after at most 4 · Σ⌈rᵢ / room⌉ steps, whatever arrives after it. Beside longer ones a prompt of at most `room`
 * tokens is read after two steps.
 *
 * @param prompts at least one.
 * @param room tokens of a step; at least 1.
 * @param step counts the steps that read prompts, from 0.
 */
export function nextPrefill(prompts: readonly UnreadPrompt[], room: number, step: number): PrefillStep {
  const ofOldest = step % stepsPerRound === stepsPerRound - 1;
  const first = prompts.reduce((best, prompt) => {
    const earlier = prompt.arrival < best.arrival;
    if (ofOldest || prompt.rest === best.rest) return earlier ? prompt : best;
    return prompt.rest < best.rest ? prompt : best;
  });
  const tokens = Math.min(first.rest, room);
  const most = Math.floor(room / tokens);
  const restOf = new Map(prompts.map(({ sequence, rest }) => [sequence, rest]));
  const sequences = [first.sequence];
  while (sequences.length < most) {
    const before = (sequences[0] as number) - 1;
    const behind = (sequences.at(-1) as number) + 1;
    const [left = 0, right = 0] = [restOf.get(before), restOf.get(behind)];
    if (left < tokens && right < tokens) break;
    if (right < tokens || (left >= tokens && left < right)) sequences.unshift(before);
    else sequences.push(behind);
  }
  return { sequences, tokens };
}
