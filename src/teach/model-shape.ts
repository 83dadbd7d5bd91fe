// The decoder that a recipe describes, once its vocabulary is known.
import type { Tokenizer } from '../formats/index.ts';
import { type ModelShape, parameterShapes } from './model.ts';
import type { Recipe } from './recipe.ts';

export function modelShapeOf(recipe: Recipe, tokenizer: Tokenizer): ModelShape {
  return {
    ...recipe.model,
    vocabularySize: tokenizer.vocabulary.length,
    ropeBase: 10_000,
    normEpsilon: 1e-6,
  };
}

/** Number of trained values of a model. */
export function parameterCount(shape: ModelShape): number {
  return parameterShapes(shape).reduce(
    (sum, parameter) => sum + parameter.shape.reduce((a, b) => a * b, 1),
    0,
  );
}
