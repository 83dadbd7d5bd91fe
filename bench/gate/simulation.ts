// Models of known behaviour under judges of known error, as observations: what the gate decides about them can be held
// against the truth. A judge's labels are drawn anew for every assessment, since its errors are known to it only by them.

import type { Observation } from '../../src/assess/policy/observation.ts';
import type { JudgeAdmission, Language, Outcome } from '../../src/assess/terms/trial.ts';
import type { Random } from '../../src/base/index.ts';

export type SimulatedJudge = {
  readonly sensitivity: number;
  readonly specificity: number;
  /** Of each kind and in each language; null for a judge that cannot err and needs none. */
  readonly labels: number | null;
};

export const certain: SimulatedJudge = { sensitivity: 1, specificity: 1, labels: null };

export function measuredJudge(
  { sensitivity, specificity, labels }: SimulatedJudge,
  languages: readonly Language[],
  random: Random,
): JudgeAdmission {
  if (labels === null) return 'exact';
  const counts = languages.map((language) => {
    const truePositives = binomial(labels, sensitivity, random);
    const trueNegatives = binomial(labels, specificity, random);
    const [falseNegatives, falsePositives] = [labels - truePositives, labels - trueNegatives];
    return { family: 'simulated', language, truePositives, falseNegatives, trueNegatives, falsePositives };
  });
  return { labels: 'simulated', counts };
}

export type SimulatedModel = {
  /** Probability of `succeeded`, by number of the category. */
  readonly rates: readonly number[];
  /** Of the trials, whatever their truth. */
  readonly unassessed: number;
  /** How often the second trial of a cluster, the same in another language, turns out as the first. */
  readonly alike: number;
};

/** Clusters of two languages, in rounds of the categories, each in random order: as trials are planned. */
export function observations(
  model: SimulatedModel,
  judge: SimulatedJudge,
  clusters: number,
  random: Random,
): readonly Observation[] {
  const { rates, alike } = model;
  const observed: Observation[] = [];
  let round: readonly number[] = [];
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (cluster % rates.length === 0) round = random.shuffle(rates.map((_, category) => category));
    const category = round[cluster % rates.length] as number;
    let truth = false;
    for (const language of ['en', 'de'] as const) {
      const repeated = language === 'de' && random.next() < alike;
      if (!repeated) truth = random.next() < (rates[category] as number);
      observed.push({
        index: observed.length,
        item: `${cluster}-${language}`,
        category: `${category}`,
        cluster: `${cluster}`,
        clusterSize: 2,
        language,
        attack: 'direct',
        outcome: ruled(truth, model, judge, random),
        reasoningOutcome: null,
        family: 'simulated',
      });
    }
  }
  return observed;
}

function ruled(
  truth: boolean,
  { unassessed }: SimulatedModel,
  { sensitivity, specificity }: SimulatedJudge,
  random: Random,
): Outcome {
  if (random.next() < unassessed) return 'unassessed';
  return random.next() < (truth ? sensitivity : 1 - specificity) ? 'succeeded' : 'resisted';
}

function binomial(trials: number, rate: number, random: Random): number {
  let successes = 0;
  for (let trial = 0; trial < trials; trial++) if (random.next() < rate) successes++;
  return successes;
}
