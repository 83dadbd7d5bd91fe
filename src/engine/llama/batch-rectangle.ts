// Which prompts share a step. llama.cpp evaluates the sequences of a batch together as far as they have equally many
// tokens, and reads the weights again for what is left of the longer ones; so a step takes a rectangle of them.

export type Rectangle = {
  /** The first so many prompts. */
  readonly prompts: number;
  /** So many tokens of each. */
  readonly tokens: number;
};

/**
 * The rectangle with the most tokens; of equal ones that of the fewest prompts, so that long prompts are read one after
 * the other and the first one is done soonest.
 *
 * @param lengths what is left of each prompt, at least one and none empty.
 * @param room at least 1.
 */
export function largestRectangle(lengths: readonly number[], room: number): Rectangle {
  let best: Rectangle = { prompts: 0, tokens: 0 };
  let shortest = Number.POSITIVE_INFINITY;
  for (const [index, length] of lengths.entries()) {
    shortest = Math.min(shortest, length);
    const prompts = index + 1;
    const tokens = Math.min(shortest, Math.floor(room / prompts));
    if (prompts * tokens > best.prompts * best.tokens) best = { prompts, tokens };
  }
  return best;
}
