// Parameters as four contiguous arrays (values, gradients, first and second moments), so that a checkpoint, a gradient
// exchange and an optimiser step are each one pass. Neighbours can be joined into one matrix without a copy.
import { TiegelError } from '../base/index.ts';
import { elementCount, type TensorRuntime } from './runtime.ts';
import { expectShape, type Parameter } from './tensor.ts';

export type ParameterShape = {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies; by custom to matrices only. */
  readonly decay: boolean;
};

export type Parameters = {
  readonly runtime: TensorRuntime;
  /** Number of floats in each of the flat arrays. */
  readonly count: number;
  /** All values in the order of the shapes, without gaps. The other three arrays run parallel to it. */
  readonly values: Float32Array;
  readonly gradients: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
  readonly tensors: ReadonlyMap<string, Parameter>;
  /** The parameter of that name. A name that does not exist is a mistake of the programmer. */
  readonly get: (name: string) => Parameter;
};

/**
 * Allocates parameters for the life of the runtime; all four arrays start as zeros.
 *
 * @throws TGL_TENSOR_MEMORY
 */
export function createParameters(runtime: TensorRuntime, shapes: readonly ParameterShape[]): Parameters {
  const count = shapes.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const flat = (): Float32Array => {
    const offset = runtime.permanent.allocate('createParameters', [count]);
    return runtime.floats.subarray(offset / 4, offset / 4 + count).fill(0);
  };
  const [values, gradients, firstMoments, secondMoments] = [flat(), flat(), flat(), flat()];
  const tensors = new Map<string, Parameter>();
  let start = 0;
  for (const { name, shape, decay } of shapes) {
    const end = start + elementCount(shape);
    const [ownValues, ownGradients] = [values.subarray(start, end), gradients.subarray(start, end)];
    const [offset, gradientOffset] = [ownValues.byteOffset, ownGradients.byteOffset];
    tensors.set(name, {
      name,
      shape,
      offset,
      values: ownValues,
      gradientOffset,
      gradients: ownGradients,
      decay,
    });
    start = end;
  }
  const get = (name: string): Parameter => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new TypeError(`There is no parameter ${name}`);
    return tensor;
  };
  return { runtime, count, values, gradients, firstMoments, secondMoments, tensors, get };
}

/**
 * One parameter over several that lie side by side in memory: matrices [n_i, width] become [Σ n_i, width], vectors
 * one vector. Values and gradients are shared, so one product serves several weights while each keeps its name.
 */
export function joinParameters(parameters: Parameters, names: readonly string[]): Parameter {
  const parts = names.map(parameters.get);
  const first = parts[0] as Parameter;
  const width = first.shape.slice(1);
  let end = first.offset;
  for (const part of parts) {
    const fits = part.offset === end && part.shape.slice(1).join() === width.join();
    expectShape(fits, 'joinParameters', parts, 'neighbours of one width');
    end += part.values.byteLength;
  }
  const { floats } = parameters.runtime;
  const length = (end - first.offset) / 4;
  const view = (offset: number): Float32Array => floats.subarray(offset / 4, offset / 4 + length);
  return {
    ...first,
    name: names.join('+'),
    shape: [parts.reduce((sum, part) => sum + (part.shape[0] as number), 0), ...width],
    values: view(first.offset),
    gradients: view(first.gradientOffset),
  };
}

/** Sets every gradient to zero; backward passes add. */
export function zeroGradients(parameters: Parameters): void {
  parameters.gradients.fill(0);
}

/**
 * Euclidean norm over all gradients.
 *
 * @throws TGL_TENSOR_NOT_FINITE naming the first parameter whose gradient holds NaN or an infinity.
 */
export function gradientNorm(parameters: Parameters): number {
  const { sumOfSquares } = parameters.runtime.kernels;
  let total = 0;
  for (const { name, shape, gradientOffset, gradients } of parameters.tensors.values()) {
    const sum = sumOfSquares(gradientOffset, gradients.length);
    if (!Number.isFinite(sum)) {
      const at = `${name} [${shape.join(', ')}]`;
      throw new TiegelError('TGL_TENSOR_NOT_FINITE', { operation: 'gradientNorm', received: sum, shape: at });
    }
    total += sum;
  }
  return Math.sqrt(total);
}
