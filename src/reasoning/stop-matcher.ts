// Looks for stop strings in a stream. Text that may be the beginning of one is held back, so that no part of a stop
// string is ever given out, however it is spread over chunks.

type StopMatch = {
  /** What is certain not to belong to a stop string. */
  readonly text: string;
  /** The stop string that was found; the text after it is dropped and the matcher is at its end. */
  readonly stopped?: string;
};

export type StopMatcher = {
  readonly push: (text: string) => StopMatch;
  /** What was held back, at the end of the text. */
  readonly flush: () => string;
};

/** The stop string that is complete first wins; of two that end together, the longer one. Empty ones are ignored. */
export function createStopMatcher(stop: readonly string[]): StopMatcher {
  const wanted = stop.filter((text) => text !== '');
  let held = '';

  return {
    push: (text) => {
      const all = held + text;
      const match = firstComplete(all, wanted);
      if (match !== undefined) {
        held = '';
        return { text: all.slice(0, match.index), stopped: match.stop };
      }
      const keep = longestBeginning(all, wanted);
      held = all.slice(all.length - keep);
      return { text: all.slice(0, all.length - keep) };
    },
    flush: () => {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

function firstComplete(text: string, wanted: readonly string[]): { index: number; stop: string } | undefined {
  let best: { index: number; stop: string } | undefined;
  for (const stop of wanted) {
    const index = text.indexOf(stop);
    if (index < 0) continue;
    const end = index + stop.length;
    const bestEnd = best === undefined ? Number.POSITIVE_INFINITY : best.index + best.stop.length;
    if (end < bestEnd || (end === bestEnd && index < (best?.index ?? 0))) best = { index, stop };
  }
  return best;
}

/** Length of the longest end of `text` that a stop string begins with. */
export function longestBeginning(text: string, wanted: readonly string[]): number {
  let longest = 0;
  for (const stop of wanted) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (stop.startsWith(text.slice(text.length - length))) longest = length;
    }
  }
  return longest;
}
