// Recipes as JSON: shipped under a name or in a file, checked by a schema whose first complaint becomes the error.
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { lookUp, TiegelError } from '../base/index.ts';

/** The shipped recipe of this name, or the file at this path. @throws TGL_RECIPE_UNKNOWN, TGL_RECIPE_INVALID */
export function readRecipe(nameOrPath: string, shipped: Readonly<Record<string, unknown>>): unknown {
  const found = lookUp(shipped, nameOrPath);
  if (found !== undefined) return found;
  let text: string;
  try {
    text = readFileSync(nameOrPath, 'utf8');
  } catch (cause) {
    const known = Object.keys(shipped);
    throw new TiegelError('TGL_RECIPE_UNKNOWN', { received: nameOrPath, known }, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = (cause as Error).message;
    const details = { recipe: nameOrPath, path: 'the top level', problem };
    throw new TiegelError('TGL_RECIPE_INVALID', details, { cause });
  }
}

/** @throws TGL_RECIPE_INVALID that names the first key that is wrong. */
export function checkRecipe<Value>(name: string, value: unknown, schema: z.ZodType<Value>): Value {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') || 'the top level';
  throw new TiegelError('TGL_RECIPE_INVALID', { recipe: name, path, problem: issue?.message ?? '' });
}
