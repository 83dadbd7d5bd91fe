// Draws from a Beta distribution as a ratio of Gamma draws, those by Marsaglia and Tsang ("A simple method for
// generating gamma variables", 2000).
import { firstAccepted, type Random } from '../base/index.ts';

/** At most one draw in twenty is refused, so this many refusals in a row mean that the shape is not a number. */
const maxDraws = 1000;

/**
 * One draw from Beta(a, b).
 *
 * @param a at least 0.5, as is b
 * @throws TypeError for a shape that is not a number
 */
export function randomBeta(random: Random, a: number, b: number): number {
  const first = randomGamma(random, a);
  return first / (first + randomGamma(random, b));
}

/**
 * One draw from Gamma(shape) with scale 1.
 *
 * @throws TypeError for a shape that is not a number
 */
export function randomGamma(random: Random, shape: number): number {
  if (shape < 1) return randomGamma(random, shape + 1) * uniform(random) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const drawn = firstAccepted(maxDraws, () => {
    const normal = randomNormal(random);
    const cube = (1 + c * normal) ** 3;
    const accepts =
      cube > 0 && Math.log(uniform(random)) < 0.5 * normal ** 2 + d - d * cube + d * Math.log(cube);
    return accepts ? d * cube : undefined;
  });
  if (drawn === undefined) throw new TypeError(`randomGamma: no draw was accepted for the shape ${shape}`);
  return drawn;
}

/** Box and Muller (1958); the second value is thrown away. */
function randomNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(uniform(random))) * Math.cos(2 * Math.PI * random.next());
}

/** In (0, 1), without the zero that has no logarithm. */
function uniform(random: Random): number {
  return random.next() + 2 ** -33;
}
