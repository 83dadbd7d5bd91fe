// Markers such as `</think>` as tokens: which of them a vocabulary has as tokens of their own, so that they can be told
// from the same characters written as text.
import type { LlamaModel } from 'node-llama-cpp';

/** The markers that are control or user-defined tokens, by their ids. */
export function markerTokensOf(
  model: Pick<LlamaModel, 'tokenize' | 'getTokenAttributes'>,
  markers: readonly string[],
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const marker of new Set(markers)) {
    const [token, ...others] = marker === '' ? [] : model.tokenize(marker, true);
    if (token === undefined || others.length > 0) continue;
    const { control, userDefined } = model.getTokenAttributes(token);
    if (control || userDefined) found.set(token, marker);
  }
  return found;
}
