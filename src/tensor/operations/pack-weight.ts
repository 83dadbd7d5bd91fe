// Weights in the layout of the product, for those that are used often between two changes.
import type { Region, TensorRuntime } from '../runtime.ts';
import { matrixShape, type Tensor } from '../tensor.ts';

/**
 * The same weight [out, in] for `linear`, packed once instead of at every product: worth it where few rows meet it, many
 * times over. Results are the same bits. It holds the values of now; the addon packs by itself, and gets the weight as it is.
 *
 * @throws TGL_TENSOR_SHAPE, TGL_TENSOR_MEMORY
 */
export function packWeight<Weight extends Tensor>(
  runtime: TensorRuntime,
  region: Region,
  weight: Weight,
): Weight {
  if (runtime.matmul === 'native') return weight;
  const { rows: outputs, width: inputs } = matrixShape('packWeight', weight);
  const { kernels } = runtime;
  const packed = region.allocate('packWeight', [kernels.packedWeightBytes(outputs, inputs) / 4]);
  kernels.packWeight(weight.offset, inputs, outputs, inputs, packed);
  return { ...weight, packed };
}
