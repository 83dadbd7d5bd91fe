// e-BH (Wang and Ramdas 2022): of many accounts, which are accused so that on average at most a share q of the accusations is false,
// however the evidence on one depends on that on others.

/**
 * @param eValues of mean at most 1 for whoever is honest
 * @returns for each whether it is accused
 * @throws TypeError for an e-value below 0, and for q outside (0, 1)
 * @example
 * import { accusedByEbh } from './src/stats/index.ts';
 * accusedByEbh([100, 0, 30, 1], 0.1); // → [true, false, true, false]
 */
export function accusedByEbh(eValues: readonly number[], q: number): readonly boolean[] {
  if (!(q > 0 && q < 1) || eValues.some((e) => !(e >= 0)))
    throw new TypeError(`accusedByEbh: q = ${q}, ${eValues.length} e-values`);
  const falling = eValues.toSorted((a, b) => b - a);
  const count = falling.findLastIndex((e, index) => e * (index + 1) * q >= eValues.length) + 1;
  const least = count === 0 ? Number.POSITIVE_INFINITY : falling[count - 1]!;
  return eValues.map((e) => e >= least);
}
