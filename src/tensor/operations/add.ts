// The residual connection.
import type { Tape } from '../tape.ts';
import { expectShape, type Tensor } from '../tensor.ts';

/**
 * a + b of one shape.
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function add(tape: Tape, a: Tensor, b: Tensor): Tensor {
  expectShape(a.shape.join() === b.shape.join(), 'add', [a, b], 'two tensors of one shape');
  const { kernels, floats } = tape.runtime;
  const count = a.values.length;
  const y = tape.allocate('add', a.shape);
  kernels.add(a.offset, b.offset, y.offset, count);
  tape.record(y, (dY) => {
    const { offset, accumulate } = tape.gradientTarget(b);
    if (accumulate) kernels.add(offset, dY, offset, count);
    else floats.copyWithin(offset / 4, dY / 4, dY / 4 + count);
    tape.passGradient(y, a);
  });
  return y;
}
