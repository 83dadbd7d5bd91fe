// Learning rate: linear warm-up, then half a cosine down to a share of the peak (Loshchilov and Hutter 2017, one cycle).
import type { Optimiser } from './stages/fields.ts';

/**
 * The learning rate of a step, counted from 0.
 *
 * @param progress how much of what follows the warm-up is done, from 0 to 1
 */
export function learningRateAt(
  { learningRate, finalLearningRate, warmupSteps }: Optimiser,
  step: number,
  progress: number,
): number {
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const cosine = (1 + Math.cos(Math.PI * Math.min(1, progress))) / 2;
  return learningRate * (finalLearningRate + (1 - finalLearningRate) * cosine);
}
