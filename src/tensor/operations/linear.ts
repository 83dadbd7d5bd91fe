// y = x·Wᵀ (+ bias), with the weight stored [out, in] as Hugging Face and GGUF store it.
import type { Tape } from '../tape.ts';
import { expectShape, matrixShape, type Tensor } from '../tensor.ts';

/**
 * x [rows, in], weight [out, in], bias [out] → [rows, out].
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function linear(tape: Tape, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const { rows, width: inputs } = matrixShape('linear', x);
  const { rows: outputs, width } = matrixShape('linear', weight);
  expectShape(inputs === width, 'linear', [x, weight], 'x [rows, in] and weight [out, in]');
  expectShape(!bias || bias.shape.join() === `${outputs}`, 'linear', [weight, bias ?? ''], 'a bias [out]');

  const { kernels, workspace } = tape.runtime;
  const y = tape.allocate('linear', [rows, outputs]);
  const addend = bias?.offset ?? 0;
  if (weight.packed !== undefined) {
    // biome-ignore format: the operands of a product belong together
    kernels.gemmPacked(
      x.offset, inputs, weight.packed, y.offset, outputs, rows, outputs, inputs, addend, 0, workspace,
    );
  } else {
    // biome-ignore format: the operands of a product belong together
    kernels.gemm(
      x.offset, inputs, false, weight.offset, inputs, true, y.offset, outputs,
      rows, outputs, inputs, addend, 0, workspace,
    );
  }
  tape.record(y, (dY) => {
    const dX = tape.gradientTarget(x);
    // biome-ignore format: dX[rows, in] = dY[rows, out] · W[out, in]
    kernels.gemm(
      dY, outputs, false, weight.offset, inputs, false, dX.offset, inputs,
      rows, inputs, outputs, dX.accumulate ? dX.offset : 0, inputs, workspace,
    );
    const dW = tape.gradientTarget(weight);
    // biome-ignore format: dW[out, in] = dY[rows, out]ᵀ · x[rows, in]
    kernels.gemm(
      dY, outputs, true, x.offset, inputs, false, dW.offset, inputs,
      outputs, inputs, rows, dW.accumulate ? dW.offset : 0, inputs, workspace,
    );
    if (!bias) return;
    const dBias = tape.gradientTarget(bias);
    if (!dBias.accumulate) tape.runtime.floats.fill(0, dBias.offset / 4, dBias.offset / 4 + outputs);
    kernels.addColumnSums(dY, dBias.offset, rows, outputs);
  });
  return y;
}
