// RMSNorm (Zhang and Sennrich 2019).
import type { Tape } from '../tape.ts';
import { expectShape, matrixShape, type Tensor } from '../tensor.ts';

/**
 * x [rows, width], weight [width] → x · weight / sqrt(mean(x²) + epsilon). The width is a multiple of 4.
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function rmsNorm(tape: Tape, x: Tensor, weight: Tensor, epsilon: number): Tensor {
  const { rows, width } = matrixShape('rmsNorm', x);
  const fits = weight.shape.join() === `${width}` && width % 4 === 0;
  expectShape(fits, 'rmsNorm', [x, weight], 'x [rows, width] and weight [width], width a multiple of 4');
  const { kernels, floats } = tape.runtime;
  const y = tape.allocate('rmsNorm', [rows, width]);
  const inverse = tape.allocate('rmsNorm', [rows]).offset;
  kernels.rmsNormForward(x.offset, weight.offset, y.offset, inverse, rows, width, epsilon);
  tape.record(y, (dY) => {
    const dX = tape.gradientTarget(x);
    const dWeight = tape.gradientTarget(weight);
    if (!dWeight.accumulate) floats.fill(0, dWeight.offset / 4, dWeight.offset / 4 + width);
    // biome-ignore format: one call
    kernels.rmsNormBackward(x.offset, weight.offset, inverse, dY, dX.offset, dWeight.offset, rows, width, dX.accumulate);
  });
  return y;
}
