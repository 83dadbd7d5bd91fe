// A tensor: a shape and a view into the runtime's memory. Values of activations are valid until their tape is reset.
import { TiegelError } from '../base/index.ts';

export type Tensor = {
  /** What made it, for messages: an operation or the name of a parameter. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Byte offset of the values. */
  readonly offset: number;
  /** Row-major values: a view, not a copy. */
  readonly values: Float32Array;
  /** Byte offset of the same values as `packWeight` left them, if it did. */
  readonly packed?: number;
};

/** A tensor with gradients that last, to be changed by the optimiser. */
export type Parameter = Tensor & {
  /** Byte offset of the gradients. */
  readonly gradientOffset: number;
  readonly gradients: Float32Array;
  /** Whether weight decay applies. */
  readonly decay: boolean;
};

export function isParameter(tensor: Tensor): tensor is Parameter {
  return 'gradientOffset' in tensor;
}

/** The two dimensions of a matrix. */
export function matrixShape(
  operation: string,
  tensor: Tensor,
): { readonly rows: number; readonly width: number } {
  expectShape(tensor.shape.length === 2, operation, [tensor], 'a matrix');
  const [rows, width] = tensor.shape as [number, number];
  return { rows, width };
}

/** @throws TGL_TENSOR_SHAPE naming the operation and every shape unless `fits`. */
export function expectShape(
  fits: boolean,
  operation: string,
  received: readonly (Tensor | string)[],
  expected: string,
): asserts fits {
  if (fits) return;
  throw new TiegelError('TGL_TENSOR_SHAPE', {
    operation,
    received: received
      .map((part) => (typeof part === 'string' ? part : `${part.name} [${part.shape.join(', ')}]`))
      .join(', '),
    expected,
  });
}
