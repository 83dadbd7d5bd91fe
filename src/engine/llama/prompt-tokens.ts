// A prompt as tokens of a model's vocabulary: the one way for what is generated and what is only counted.
import type { PromptPiece } from '../../formats/index.ts';
import type { Vocabulary } from './ffi/model.ts';

/** @throws Error for text that cannot be tokenised */
export function promptTokens(
  vocabulary: Pick<Vocabulary, 'tokenize'>,
  prompt: readonly PromptPiece[],
): readonly number[] {
  return prompt.flatMap(({ text, special }) => vocabulary.tokenize(text, special));
}
