// Learning rate: linear warm-up, then half a cosine down to a share of the peak (Loshchilov and Hutter 2017, one cycle).
import type { Recipe } from './recipe.ts';

/** The learning rate of a step, counted from 0. */
export function learningRateAt(training: Recipe['training'], step: number): number {
  const { learningRate, finalLearningRate, warmupSteps, steps } = training;
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  const cosine = (1 + Math.cos(Math.PI * progress)) / 2;
  return learningRate * (finalLearningRate + (1 - finalLearningRate) * cosine);
}
