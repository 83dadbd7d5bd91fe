// Markers such as `</think>` as tokens: which of them a vocabulary has as tokens of their own, so that they can be told
// from the same characters written as text.
import type { Vocabulary } from './ffi/model.ts';

/** The markers that are control or user-defined tokens, by their ids. */
export function markerTokensOf(
  vocabulary: Pick<Vocabulary, 'tokenize' | 'isMarker'>,
  markers: readonly string[],
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const marker of new Set(markers)) {
    const [token, ...others] = marker === '' ? [] : vocabulary.tokenize(marker, true);
    if (token !== undefined && others.length === 0 && vocabulary.isMarker(token)) found.set(token, marker);
  }
  return found;
}
