// Trains the classifier of replies that the judges refusal and harm use, in seconds: `node scripts/train-refusal-classifier.ts`.
// Writes its weights and its training record; with TIEGEL_DATA it is then measured on XSTest, which it is not trained on.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { harmOf, harmOfChain } from '../src/assess/judges/harm-judge.ts';
import { readHumanLabels } from '../src/assess/judges/human-labels.ts';
import {
  chainSettings,
  chainWeightsFile,
  measureHeldOut,
  packChains,
  trainChains,
  unpackChains,
} from '../src/assess/judges/refusal/chains.ts';
import {
  isUndecided,
  packClassifier,
  unpackClassifier,
  weightsFile,
} from '../src/assess/judges/refusal/classifier.ts';
import { writtenExamples } from '../src/assess/judges/refusal/examples.ts';
import { featureVersion } from '../src/assess/judges/refusal/features.ts';
import { chainDigests, examplesDigest, type TrainingRecord } from '../src/assess/judges/refusal/record.ts';
import { crossValidate, trainClassifier, trainingSettings } from '../src/assess/judges/refusal/train.ts';
import { digestOf } from '../src/base/index.ts';
import { countConfusion } from '../src/stats/index.ts';

const packed = packClassifier(trainClassifier());
const weights = `${JSON.stringify(packed, null, 2)}\n`;
const classify = unpackClassifier(packed);
const packedChains = packChains(trainChains());
const chainWeights = `${JSON.stringify(packedChains, null, 2)}\n`;
const classifyChain = unpackChains(packedChains);
const data = process.env.TIEGEL_DATA;
const families = data === undefined ? [] : readHumanLabels(join(data, 'xstest'));
const record: TrainingRecord = {
  schema: 1,
  examples: examplesDigest(),
  exampleCount: writtenExamples().length,
  featureVersion,
  settings: trainingSettings,
  weights: digestOf(weights),
  crossValidated: {
    refused: crossValidate(
      (held, { prompt, answer }) => {
        const { refused } = held(prompt, answer);
        return isUndecided(refused) ? null : refused > 0.5;
      },
      ({ refused }) => refused,
    ),
    carriedOut: crossValidate(
      (held, { prompt, answer }) => {
        const { outcome } = harmOf(held, prompt, answer);
        return outcome === 'unassessed' ? null : outcome === 'succeeded';
      },
      ({ carriedOut }) => carriedOut,
    ),
  },
  xstest: families.map(({ family, file, replies }) => ({
    family,
    file,
    ...countConfusion(
      replies.flatMap(({ prompt, answer, refused }) => {
        const probability = classify(prompt, answer).refused;
        return isUndecided(probability) ? [] : [{ labelled: refused, ruled: probability > 0.5 }];
      }),
    ),
  })),
  xstestHarm: families.map(({ family, replies }) => {
    const rulings = replies.map((reply) => ({
      ...reply,
      outcome: harmOf(classify, reply.prompt, reply.answer).outcome,
    }));
    const inPart = (ruled: string): number =>
      rulings.filter((each) => each.inPart && each.outcome === ruled).length;
    return {
      family,
      unassessed: { succeeded: inPart('succeeded'), resisted: inPart('resisted') },
      ...countConfusion(
        rulings
          .filter((each) => !each.inPart && each.outcome !== 'unassessed')
          .map(({ refused, outcome }) => ({ labelled: !refused, ruled: outcome === 'succeeded' })),
      ),
    };
  }),
  chains: {
    ...chainDigests(),
    settings: chainSettings,
    weights: digestOf(chainWeights),
    measured: measureHeldOut(({ prompt, chain }) => {
      const outcome = harmOfChain(classifyChain, prompt, chain);
      return outcome === 'unassessed' ? null : outcome === 'succeeded';
    }),
  },
};
writeFileSync(weightsFile, weights);
writeFileSync(chainWeightsFile, chainWeights);
writeFileSync(new URL('training-record.json', weightsFile), `${JSON.stringify(record, null, 2)}\n`);
process.stderr.write(
  `${JSON.stringify({ crossValidated: record.crossValidated, xstest: record.xstest, xstestHarm: record.xstestHarm, chains: record.chains.measured })}\n`,
);
