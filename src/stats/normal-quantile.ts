// Quantiles of the normal distribution by rational functions, to about seven digits (Wichura, "Algorithm AS 241: The Percentage
// Points of the Normal Distribution", Applied Statistics 37, 1988, PPND7).

/** The value below which a standard normal variable lies with that probability. @throws TypeError outside (0, 1) */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1))
    throw new TypeError(`a probability of ${probability} does not lie in (0, 1)`);
  const fromCentre = probability - 0.5;
  if (Math.abs(fromCentre) <= 0.425) {
    const r = 0.180625 - fromCentre ** 2;
    return (fromCentre * polynomial(centre.above, r)) / polynomial(centre.below, r);
  }
  const r = Math.sqrt(-Math.log(Math.min(probability, 1 - probability)));
  const { above, below, from } = r <= 5 ? tail : farTail;
  return Math.sign(fromCentre) * (polynomial(above, r - from) / polynomial(below, r - from));
}

const centre = {
  above: [3.3871327179, 50.434271938, 159.29113202, 59.10937472],
  below: [1, 17.895169469, 78.757757664, 67.1875636],
};
const tail = {
  ...{ from: 1.6, above: [1.4234372777, 2.75681539, 1.3067284816, 0.17023821103] },
  below: [1, 0.7370016425, 0.12021132975],
};
const farTail = {
  ...{ from: 5, above: [6.657905115, 3.081226386, 0.42868294337, 0.017337203997] },
  below: [1, 0.24197894225, 0.012258202635],
};

function polynomial(coefficients: readonly number[], at: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * at + coefficient, 0);
}
