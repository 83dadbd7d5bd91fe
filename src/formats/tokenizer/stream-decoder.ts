// Token ids to text as they are generated; a character whose bytes are spread over tokens appears when it is whole.
import type { Tokenizer } from './tokenizer.ts';

export type StreamDecoder = {
  /** The text that this token completes, possibly empty. */
  readonly push: (id: number) => string;
  /** What is left of a character that never became whole, as U+FFFD; the decoder then starts afresh. */
  readonly end: () => string;
};

/** A decoder for one generation; the concatenated output equals `tokenizer.decode` of all ids. */
export function createStreamDecoder(tokenizer: Tokenizer): StreamDecoder {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    push: (id) => decoder.decode(tokenizer.bytesOf(id), { stream: true }),
    end: () => decoder.decode(),
  };
}
