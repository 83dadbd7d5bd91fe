// teach: makes small reasoners. Recipes, training, evaluation on held-out problems, export.
export type { Accuracy } from './evaluation.ts';
export { loadRecipe, type Recipe } from './recipe.ts';
export { type TeachProgress, type TeachResult, teach } from './run.ts';
