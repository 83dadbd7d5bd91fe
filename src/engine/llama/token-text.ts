// Token ids to text as they come. A character whose bytes are spread over tokens appears with the last of them.

/** A character has at most four bytes, and a token at least one. */
const longestCharacter = 4;
const replacement = '\uFFFD';

/**
 * A function that gives the text which each token completes, possibly none. Bytes at the end that never became a
 * character are dropped.
 *
 * @param detokenise text of ids, given the ids before them; incomplete characters as U+FFFD.
 */
export function createTokenText<Id>(
  detokenise: (ids: readonly Id[], before: readonly Id[]) => string,
): (id: Id) => string {
  let before: Id[] = [];
  let pending: Id[] = [];
  const flush = (count: number): string => {
    const ids = pending.slice(0, count);
    const text = detokenise(ids, before);
    before = [...before, ...ids].slice(-longestCharacter);
    pending = pending.slice(count);
    return text;
  };
  return (id) => {
    pending.push(id);
    if (!detokenise(pending, before).endsWith(replacement)) return flush(pending.length);
    // What the first token began would be a whole character by now, if it ever became one.
    return pending.length < longestCharacter ? '' : flush(1);
  };
}
