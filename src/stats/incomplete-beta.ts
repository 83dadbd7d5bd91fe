// The regularised incomplete beta function I_x(a, b) by Lentz's continued fraction (DLMF 8.17.22) over Lanczos'
// log-gamma (g = 7, nine terms), and its inverse in x by bisection: slower than Newton's method, never astray.

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x > 0.5; relative error about 1e-15. */
export function logGamma(x: number): number {
  const shifted = x - 1;
  const base = shifted + 7.5;
  const series = lanczos.reduce(
    (sum, term, index) => sum + (index === 0 ? term : term / (shifted + index)),
    0,
  );
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(series);
}

/**
 * I_x(a, b): the probability that a Beta(a, b) variable is at most x.
 *
 * @param a at least 0.5, as is b
 * @throws TypeError outside a, b >= 0.5 and 0 <= x <= 1
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(a >= 0.5 && b >= 0.5 && x >= 0 && x <= 1)) throw new TypeError(`incompleteBeta: (${x}, ${a}, ${b})`);
  if (x === 0 || x === 1) return x;
  // The fraction converges fast below the mean; above it the reflection I_x(a, b) = 1 - I_{1-x}(b, a) does.
  return x <= (a + 1) / (a + b + 2) ? belowMean(x, a, b) : 1 - belowMean(1 - x, b, a);
}

function belowMean(x: number, a: number, b: number): number {
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  return (Math.exp(logFront) / a) * continuedFraction(x, a, b);
}

/** 1 / (1 + d1 / (1 + d2 / (1 + …))) by Lentz's method in Thompson and Barnett's form. */
function continuedFraction(x: number, a: number, b: number): number {
  let numerator = 1;
  let denominator = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = denominator;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let step = 1;
    for (const coefficient of [even, odd]) {
      denominator = 1 / away(1 + coefficient * denominator);
      numerator = away(1 + coefficient / numerator);
      step = denominator * numerator;
      value *= step;
    }
    if (Math.abs(step - 1) < 1e-15) return value;
  }
  throw new TypeError(`incompleteBeta: no convergence at (${x}, ${a}, ${b})`);
}

/** Keeps a divisor away from zero. */
function away(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** The x with I_x(a, b) = probability, to the last bit that doubles can tell apart. */
export function betaQuantile(probability: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (incompleteBeta(middle, a, b) < probability) low = middle;
    else high = middle;
  }
}
