// The weighted log-likelihood loss that serves SFT (weight 1 on completion tokens), policy gradients (the advantage)
// and distillation. Every token's log-probability comes with it.
import { TiegelError } from '../../base/index.ts';
import type { Tape } from '../tape.ts';
import { expectShape, matrixShape, type Tensor } from '../tensor.ts';
import { expectIndices } from './embedding.ts';

export type LogProbabilityLoss = {
  /** A scalar for `tape.backward`; its value is also `value`. */
  readonly loss: Tensor;
  readonly value: number;
  /** log p(target) of every row, whatever its weight; valid until the tape is reset. */
  readonly logProbabilities: Float32Array;
};

/**
 * loss = −Σ weights[r] · log softmax(logits[r])[targets[r]] / normaliser.
 *
 * @param options.weights one a row: 0 leaves the row out, negative values lower the token's probability.
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY; TGL_TENSOR_NOT_FINITE for a loss that is NaN or infinite
 */
export function logProbabilityLoss(
  tape: Tape,
  logits: Tensor,
  options: { readonly targets: Int32Array; readonly weights: Float32Array; readonly normaliser: number },
): LogProbabilityLoss {
  const operation = 'logProbabilityLoss';
  const { targets, weights, normaliser } = options;
  const { rows, width: vocabulary } = matrixShape(operation, logits);
  const received = [logits, `targets [${targets.length}], weights [${weights.length}]`];
  const fits = targets.length === rows && weights.length === rows;
  expectShape(fits, operation, received, 'one target and one weight a row');
  expectIndices(operation, targets, vocabulary);

  const { kernels, floats } = tape.runtime;
  const targetList = tape.integers(operation, targets);
  const weightList = tape.allocate(operation, [rows]);
  weightList.values.set(weights);
  const logProbabilities = tape.allocate(operation, [rows]);
  const logSumExp = tape.allocate(operation, [rows]).offset;
  const loss = tape.allocate(operation, [1]);
  // biome-ignore format: one call
  const total = kernels.lossForward(
    logits.offset, targetList, weightList.offset, logProbabilities.offset, logSumExp, rows, vocabulary,
  );
  const value = total / normaliser;
  if (!Number.isFinite(value)) {
    const shape = `${logits.name} [${logits.shape.join(', ')}]`;
    throw new TiegelError('TGL_TENSOR_NOT_FINITE', { operation, received: value, shape });
  }
  loss.values[0] = value;
  tape.record(loss, (dLoss) => {
    const { offset, accumulate } = tape.gradientTarget(logits);
    const scale = (floats[dLoss / 4] as number) / normaliser;
    // biome-ignore format: one call
    kernels.lossBackward(
      logits.offset, targetList, weightList.offset, logSumExp, offset, rows, vocabulary, scale, accumulate,
    );
  });
  return { loss, value, logProbabilities: logProbabilities.values };
}
