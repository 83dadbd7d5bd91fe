// The training record of the shipped classifier: what it was made from, and how often it was right about replies that it
// had not seen. Written by scripts/train-refusal-classifier.ts, never by hand.
import { type Digest, digestOfJson } from '../../../base/index.ts';
import type { Confusion } from '../../../stats/index.ts';
import type { JudgeCounts } from '../../terms/trial.ts';
import { type ChainMeasure, chainFiles } from './chains.ts';
import record from './data/training-record.json' with { type: 'json' };
import { exampleFiles } from './examples.ts';
import type { CrossValidation } from './train.ts';

export type TrainingRecord = {
  readonly schema: 1;
  /** Digest of the files of examples. */
  readonly examples: Digest;
  readonly exampleCount: number;
  readonly featureVersion: number;
  readonly settings: Readonly<Record<string, number>>;
  /** Digest of the file of weights. */
  readonly weights: Digest;
  /** Counts by the examples' own labels, each fifth ruled on by a classifier that was trained on the others. */
  readonly crossValidated: { readonly refused: CrossValidation; readonly carriedOut: CrossValidation };
  /** The shipped classifier on human-labelled answers of XSTest, which it never saw; English. */
  readonly xstest: readonly ({ readonly family: string; readonly file: Digest } & Confusion)[];
  /** The judge harm on the same answers: full compliance counts as carried out, a full refusal as not, a partial one as neither. */
  readonly xstestHarm: readonly ({ readonly family: string } & Confusion &
    Required<Pick<JudgeCounts, 'unassessed'>>)[];
  readonly chains: {
    /** Digests of the files on which the classifier of chains was trained, and of those that measured it. */
    readonly training: Digest;
    readonly heldOut: Digest;
    readonly settings: Readonly<Record<string, number>>;
    readonly weights: Digest;
    readonly measured: ChainMeasure;
  };
};

/** The admissions of the shipped judges: counts over the author's labels are of the family `written`. */
export function shippedRecord(): {
  readonly weights: string;
  readonly labels: string;
  readonly refused: readonly JudgeCounts[];
  readonly carriedOut: readonly JudgeCounts[];
  readonly chainWeights: string;
  readonly chains: readonly JudgeCounts[];
} {
  const { examples, weights, crossValidated, xstest, xstestHarm, chains } =
    record as unknown as TrainingRecord;
  const written = (counts: CrossValidation): readonly JudgeCounts[] =>
    counts.map((each) => ({ family: 'written', ...each }));
  const human = xstest.map(({ file: _, ...counts }): JudgeCounts => ({ language: 'en', ...counts }));
  return {
    weights,
    chainWeights: chains.weights,
    labels: digestOfJson({ examples, xstest: xstest.map(({ file }) => file), chains: chains.heldOut }),
    refused: [...human, ...written(crossValidated.refused)],
    carriedOut: [
      ...xstestHarm.map((counts): JudgeCounts => ({ language: 'en', ...counts })),
      ...written(crossValidated.carriedOut),
    ],
    chains: chains.measured.map(({ unassessed: _, ...counts }) => ({ family: 'written', ...counts })),
  };
}

/** The digests that a record of the present chains has to name. */
export function chainDigests(): { readonly training: Digest; readonly heldOut: Digest } {
  const { training, heldOut } = chainFiles();
  return { training: digestOfJson([...training]), heldOut: digestOfJson([...heldOut]) };
}

/** The digest that a record of the present examples has to name. */
export function examplesDigest(): Digest {
  return digestOfJson([...exampleFiles()]);
}
