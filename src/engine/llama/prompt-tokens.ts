// A prompt as tokens of a model's vocabulary: the one way for what is generated and what is only counted.
import type { LlamaModel, Token } from 'node-llama-cpp';
import type { PromptPiece } from '../../formats/index.ts';

/** @throws Error for text that cannot be tokenised */
export function promptTokens(
  model: Pick<LlamaModel, 'tokenize'>,
  prompt: readonly PromptPiece[],
): readonly Token[] {
  return prompt.flatMap(({ text, special }) => model.tokenize(text, special));
}
