// Log-probabilities of given tokens as a tensor, and a way back for derivatives that were worked out outside the tape:
// what a policy's loss needs, whose formula stands in `teach` and whose gradient by the logits stands here.
import type { Tape } from '../tape.ts';
import { expectShape, matrixShape, type Tensor } from '../tensor.ts';
import { expectIndices } from './embedding.ts';

/**
 * log softmax(logits[r])[targets[r]]: logits [rows, vocabulary], targets [rows] → [rows].
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function tokenLogProbabilities(tape: Tape, logits: Tensor, targets: Int32Array): Tensor {
  const operation = 'tokenLogProbabilities';
  const { rows, width: vocabulary } = matrixShape(operation, logits);
  expectShape(targets.length === rows, operation, [logits, `targets [${targets.length}]`], 'a target a row');
  expectIndices(operation, targets, vocabulary);

  const { kernels, floats } = tape.runtime;
  const y = tape.allocate(operation, [rows]);
  const targetList = tape.integers(operation, targets);
  const weights = tape.allocate(operation, [rows]);
  const logSumExp = tape.allocate(operation, [rows]).offset;
  weights.values.fill(0); // the kernel's own sum is not wanted
  // biome-ignore format: one call
  kernels.lossForward(logits.offset, targetList, weights.offset, y.offset, logSumExp, rows, vocabulary);
  tape.record(y, (dY) => {
    const { offset, accumulate } = tape.gradientTarget(logits);
    weights.values.set(floats.subarray(dY / 4, dY / 4 + rows));
    // The kernel goes down −Σ weight · log-probability, so the sign turns.
    // biome-ignore format: one call
    kernels.lossBackward(
      logits.offset, targetList, weights.offset, logSumExp, offset, rows, vocabulary, -1, accumulate,
    );
  });
  return y;
}

/**
 * A scalar for `tape.backward` whose value and derivatives were computed elsewhere.
 *
 * @param derivatives dValue/dInput, one for each element of the input
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function scalarOf(tape: Tape, input: Tensor, value: number, derivatives: Float32Array): Tensor {
  const count = input.values.length;
  const received = [input, `derivatives [${derivatives.length}]`];
  expectShape(derivatives.length === count, 'scalarOf', received, 'a derivative an element');
  const { floats } = tape.runtime;
  const y = tape.allocate('scalarOf', [1]);
  y.values[0] = value;
  tape.record(y, (dY) => {
    const scale = floats[dY / 4] as number;
    const { offset, accumulate } = tape.gradientTarget(input);
    const target = floats.subarray(offset / 4, offset / 4 + count);
    for (let index = 0; index < count; index++) {
      target[index] = (accumulate ? (target[index] as number) : 0) + scale * (derivatives[index] as number);
    }
  });
  return y;
}

/** Entropy of softmax(logits[r]) in nats: logits [rows, vocabulary] → [rows]. Nothing flows back through it. */
export function entropies(tape: Tape, logits: Tensor): Float32Array {
  const { rows, width: vocabulary } = matrixShape('entropies', logits);
  const entropy = tape.allocate('entropies', [rows]);
  tape.runtime.kernels.entropies(logits.offset, entropy.offset, rows, vocabulary);
  return entropy.values;
}
