// stats: what counts say, with how much certainty.
export { agreementOf, type Confusion, countConfusion } from './agreement.ts';
export { betOnChange, type ChangeTest, changeEvidence, noBets } from './change-test.ts';
export { type ClusterCount, clusterBootstrap, quantileOf } from './cluster-bootstrap.ts';
export { accusedByEbh } from './e-bh.ts';
export { logGammaTail } from './gamma-tail.ts';
export { hitsTail } from './hits-tail.ts';
export { holmAdjusted } from './holm.ts';
export { incompleteBeta } from './incomplete-beta.ts';
export { uniformityTest } from './kolmogorov.ts';
export { mean, sum } from './mean.ts';
export { type NonInferiority, testNonInferiority } from './non-inferiority.ts';
export { pairedDifference } from './paired.ts';
export { clopperPearsonInterval, exactLowerBound, wilsonInterval } from './proportion.ts';
export { randomGamma } from './random-beta.ts';
export { anytimeUpperBound, type RateTest, testRate } from './rate-test.ts';
export {
  type PairedRatioCluster,
  pairedRatio,
  type Ratio,
  type RatioCluster,
  ratioOfMeans,
} from './ratio.ts';
export { correctedRate, trueRate } from './rogan-gladen.ts';
