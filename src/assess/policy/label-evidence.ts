// What labels of a judge's rulings say against a supposed rate of its rulings, as an e-value. Where what is watched for happens at the rate
// of a threshold, the observed rate is a sum of the judge's error rates with known weights, which labels estimate. Each bet supposes
// these rates a little higher, all in the proportion in which they count (the exponential family through the supposed ones), so that the errors
// of all languages and of both kinds are weighed together and not each at its own worst. Labels are counted before the trials, so their
// e-value multiplies with that of a test of the trials (Grünwald, de Heide and Koolen, "Safe testing", JRSS B 86, 2024).

/** One share of rulings that labels estimate: so many `hits` among so many `labels`. It counts `weight` in the observed rate. */
export type LabelledShare = { readonly weight: number; readonly hits: number; readonly labels: number };

/** An observed rate: the weighted sum of shares that are known by labels only. */
export type ObservedRate = readonly LabelledShare[];

/** Bets by how far they suppose the rates to be off, in standard errors of a usual judge; what is left is not bet. */
const bets = [
  { errors: 1, stake: 0.2 },
  { errors: 2, stake: 0.4 },
  { errors: 4, stake: 0.2 },
] as const;
const unbet = 0.2;

const leastWeight = 1e-9;

/** p (1 - p) of a judge that errs in about 6 of 100 rulings. */
const usualVariance = 0.06;

/**
 * The natural logarithm of the evidence against the observed rate being at most `rate`: the least over all shares that add up to it.
 * Under any of them it is, on average over labels, at most 1.
 */
export function labelEvidence(observed: ObservedRate, rate: number): number {
  const shares = observed.map(positive);
  const left = rate + shares.reduce((sum, { turned }) => sum + turned, 0);
  if (left < 0) return Number.POSITIVE_INFINITY;
  const variance = shares.reduce(
    (sum, { weight, labels }) => (labels === 0 ? sum : sum + (weight ** 2 * usualVariance) / labels),
    0,
  );
  let evidence = unbet;
  for (const { errors, stake } of bets)
    evidence += stake * Math.exp(leastOf(shares, errors / Math.sqrt(variance), left));
  return Math.log(evidence);
}

/** A share with a negative weight is that of what was no hit, with a positive one. */
function positive({ weight, hits, labels }: LabelledShare): LabelledShare & { readonly turned: number } {
  return weight >= 0
    ? { weight, hits, labels, turned: 0 }
    : { weight: -weight, hits: labels - hits, labels, turned: -weight };
}

type Tilted = { readonly weight: number; readonly labels: number; readonly gain: number };

/** The logarithm of one bet against the shares that it says least against. */
function leastOf(shares: readonly LabelledShare[], tilt: number, rate: number): number {
  let won = 0;
  const tilted: Tilted[] = [];
  for (const { weight, hits, labels } of shares) {
    // What nobody labelled may be never, and what hardly counts is taken for that.
    if (labels === 0 || weight < leastWeight) continue;
    const shift = (tilt * weight) / labels;
    won += shift * hits;
    tilted.push({ weight, labels, gain: Math.expm1(shift) });
  }
  return won - mostNormalised(tilted, rate);
}

/**
 * The largest sum of n ln(1 + p (e^shift - 1)) over shares p whose weighted sum is at most `rate`. It is concave with one linear
 * constraint, so every share stands where its gain per weight is the same.
 */
function mostNormalised(tilted: readonly Tilted[], rate: number): number {
  let logPrice = cheapest;
  if (spentAt(tilted, Math.exp(cheapest)) > rate) {
    let dearest = 40;
    for (let halving = 0; halving < 26; halving++) {
      const middle = (logPrice + dearest) / 2;
      if (spentAt(tilted, Math.exp(middle)) > rate) logPrice = middle;
      else dearest = middle;
    }
  }
  // The lower price spends no less than what is there, so that nothing is claimed which does not hold.
  const price = Math.exp(logPrice);
  let sum = 0;
  for (const one of tilted) sum += one.labels * Math.log1p(shareAt(one, price) * one.gain);
  return sum;
}

/** The logarithm of a price at which every share is whole. */
const cheapest = -40;

function shareAt({ weight, labels, gain }: Tilted, price: number): number {
  return Math.min(1, Math.max(0, labels / (price * weight) - 1 / gain));
}

function spentAt(tilted: readonly Tilted[], price: number): number {
  let sum = 0;
  for (const one of tilted) sum += one.weight * shareAt(one, price);
  return sum;
}
