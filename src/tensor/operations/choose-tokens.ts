// The next token of every row of logits, with its log-probability.
import type { Tape } from '../tape.ts';
import { expectShape, matrixShape, type Tensor } from '../tensor.ts';

/** One each a row; views, valid until the tape is reset. */
export type ChosenTokens = { readonly tokens: Int32Array; readonly logProbabilities: Float32Array };

/**
 * Draws a token of each row of logits [rows, vocabulary] from softmax(logits / temperature) by the uniform numbers
 * `draws` [rows]; a temperature of 0 takes the most likely one. Log-probabilities are at temperature 1, with the bits that
 * `tokenLogProbabilities` gives.
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function chooseTokens(
  tape: Tape,
  logits: Tensor,
  draws: Float64Array,
  temperature: number,
): ChosenTokens {
  const { rows, width: vocabulary } = matrixShape('chooseTokens', logits);
  expectShape(draws.length === rows, 'chooseTokens', [logits, `draws [${draws.length}]`], 'a draw a row');
  const { kernels, floats, integers } = tape.runtime;
  const uniform = tape.allocate('chooseTokens', [rows, 2]).offset;
  new Float64Array(floats.buffer, uniform, rows).set(draws);
  const tokens = tape.allocate('chooseTokens', [rows]).offset;
  const { offset, values: logProbabilities } = tape.allocate('chooseTokens', [rows]);
  const spare = tape.allocate('chooseTokens', [vocabulary]).offset;
  // biome-ignore format: one call
  kernels.chooseTokens(logits.offset, uniform, temperature, tokens, offset, rows, vocabulary, spare);
  return { tokens: integers.subarray(tokens / 4, tokens / 4 + rows), logProbabilities };
}
