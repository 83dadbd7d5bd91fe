// AdamW (Loshchilov and Hutter 2019) over all parameters, as torch.optim.AdamW computes it.
import type { Parameters } from './parameters.ts';

export type AdamWOptions = {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Per unit of learning rate; taken from parameters with `decay` only. */
  readonly weightDecay: number;
  /** Number of this step, from 1; it corrects the bias of the moments. */
  readonly step: number;
  /** Multiplies every gradient first: clipping, averaging over workers. @default 1 */
  readonly gradientScale?: number;
};

/** One step: changes values and moments; the gradients stay as they are. */
export function adamW(parameters: Parameters, options: AdamWOptions): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay, step, gradientScale = 1 } = options;
  const { kernels } = parameters.runtime;
  const arrays = [parameters.values, parameters.gradients, parameters.firstMoments, parameters.secondMoments];
  const [values, gradients, firstMoments, secondMoments] = arrays.map((array) => array.byteOffset) as [
    number,
    number,
    number,
    number,
  ];
  for (const tensor of parameters.tensors.values()) {
    const start = tensor.offset - values;
    kernels.adamW(
      tensor.offset,
      gradients + start,
      firstMoments + start,
      secondMoments + start,
      tensor.values.length,
      learningRate,
      beta1,
      beta2,
      1 / (1 - beta1 ** step),
      1 / (1 - beta2 ** step),
      epsilon,
      tensor.decay ? learningRate * weightDecay : 0,
      gradientScale,
    );
  }
}
