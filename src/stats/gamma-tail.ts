// How unlikely a sum of exponential variables is: the upper tail of the gamma distribution, as a logarithm, since what proves something
// is far out. By Lentz's continued fraction above the mean and by the series below it (DLMF 8.9.2 and 8.11.4).
import { logGamma } from './incomplete-beta.ts';

/**
 * ln P(X > x) for the sum X of `shape` independent exponential variables of mean 1.
 *
 * @param shape at least 1 @param x at least 0
 * @throws TypeError for others
 * @example
 * import { logGammaTail } from './src/stats/index.ts';
 * logGammaTail(1, 3).toFixed(6); // → '-3.000000'
 */
export function logGammaTail(shape: number, x: number): number {
  if (!(shape >= 1 && x >= 0 && x < Number.POSITIVE_INFINITY))
    throw new TypeError(`logGammaTail: (${shape}, ${x})`);
  if (x === 0) return 0;
  const logDensity = shape * Math.log(x) - x - logGamma(shape);
  if (x > shape + 1) return logDensity + Math.log(fractionAbove(shape, x));
  return Math.log1p(-Math.min(1, Math.exp(logDensity + Math.log(seriesBelow(shape, x)))));
}

/** Terms that are enough for shapes of some millions: the number grows with their root. */
const mostTerms = 1_000_000;

function fractionAbove(shape: number, x: number): number {
  let b = x + 1 - shape;
  let numerator = 1e300;
  let denominator = 1 / b;
  let value = denominator;
  for (let term = 1; term <= mostTerms; term++) {
    const a = -term * (term - shape);
    b += 2;
    denominator = 1 / away(a * denominator + b);
    numerator = away(b + a / numerator);
    const step = denominator * numerator;
    value *= step;
    if (Math.abs(step - 1) < 1e-15) return value;
  }
  throw new TypeError(`logGammaTail: no convergence at (${shape}, ${x})`);
}

function seriesBelow(shape: number, x: number): number {
  let [term, sum] = [1 / shape, 1 / shape];
  for (let index = 1; index <= mostTerms; index++) {
    term *= x / (shape + index);
    sum += term;
    if (term < sum * 1e-17) return sum;
  }
  throw new TypeError(`logGammaTail: no convergence at (${shape}, ${x})`);
}

/** Keeps a divisor away from zero. */
function away(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
