// SwiGLU (Shazeer 2020): silu(gate) · up.
import type { Tape } from '../tape.ts';
import { expectShape, matrixShape, type Tensor } from '../tensor.ts';

/**
 * joined [rows, 2·width] = [gate | up], as one product with joined weights leaves it → [rows, width]. The width is a
 * multiple of 4.
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function swiglu(tape: Tape, joined: Tensor): Tensor {
  const { rows, width: both } = matrixShape('swiglu', joined);
  expectShape(both % 8 === 0, 'swiglu', [joined], '[rows, 2·width], width a multiple of 4');
  const { kernels } = tape.runtime;
  const y = tape.allocate('swiglu', [rows, both / 2]);
  kernels.swigluForward(joined.offset, y.offset, rows, both / 2);
  tape.record(y, (dY) => {
    const { offset, accumulate } = tape.gradientTarget(joined);
    kernels.swigluBackward(joined.offset, dY, offset, rows, both / 2, accumulate);
  });
  return y;
}
