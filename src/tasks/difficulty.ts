// Difficulty as data: a record of whole numbers, each with a range stated beside the task.
import { TiegelError } from '../base/index.ts';

/** Lowest and highest value of each member, both included. */
export type DifficultyRanges<Difficulty> = {
  readonly [Name in keyof Difficulty]: readonly [lowest: number, highest: number];
};

/**
 * Returns the difficulty unchanged. The member `lower` may not exceed the member `upper`.
 *
 * @throws TGL_DIFFICULTY_INVALID for a missing, unknown, fractional or out-of-range member
 */
export function checkDifficulty<Difficulty extends Readonly<Record<string, number>>>(
  task: string,
  difficulty: Difficulty,
  ranges: DifficultyRanges<Difficulty>,
  [lower, upper]: readonly [keyof Difficulty & string, keyof Difficulty & string],
): Difficulty {
  const refuse = (problem: string): never => {
    throw new TiegelError('TGL_DIFFICULTY_INVALID', { task, problem });
  };
  for (const name of Object.keys(difficulty)) {
    if (!Object.hasOwn(ranges, name)) refuse(`${name} is not one of ${Object.keys(ranges).join(', ')}`);
  }
  for (const [name, [lowest, highest]] of Object.entries(ranges)) {
    const value = difficulty[name];
    if (value === undefined || !Number.isInteger(value) || value < lowest || value > highest) {
      refuse(`${name} is ${value}, expected a whole number from ${lowest} to ${highest}`);
    }
  }
  if ((difficulty[lower] as number) > (difficulty[upper] as number)) refuse(`${lower} is above ${upper}`);
  return difficulty;
}
