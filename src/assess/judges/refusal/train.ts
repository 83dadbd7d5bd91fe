// Trains the reply classifier, in seconds and with the same result every time: on our own examples, with compositions of them at a
// lower weight, and in benches on labelled replies from other sources as well.
import { type Confusion, countConfusion } from '../../../stats/index.ts';
import type { Language } from '../../terms/trial.ts';
import { plainText } from '../plain-text.ts';
import { classifierOf, type Head, heads, type ReplyClassifier } from './classifier.ts';
import { type Cue, cuesIn, decliningCues } from './cues.ts';
import { composedExamples, contrastedExamples, type Example, writtenExamples } from './examples.ts';
import { featureCount, featuresOf } from './features.ts';
import { fitLogistic, type LabelledFeatures, type LogisticModel } from './logistic.ts';

export const trainingSettings = {
  seed: 1,
  composedPerLanguage: 600,
  composedWeight: 0.3,
  unspokenWeight: 0.2,
  contrastedPerLanguage: 600,
  contrastedWeight: 0.3,
  penalty: 3e-4,
  iterations: 120,
  step: 0.05,
  folds: 5,
} as const;

export type LabelledReply = { readonly prompt: string; readonly answer: string; readonly refused: boolean };

type Models = Readonly<Record<Head, LogisticModel>>;

/** Trains the classifier that is shipped. */
export function trainClassifier(): Models {
  return fitHeads(writtenExamples());
}

/** A classifier of refusals that was trained on other replies as well. */
export function trainRefusal(
  others: readonly LabelledReply[],
): (reply: Pick<LabelledReply, 'prompt' | 'answer'>) => boolean {
  const known = others.map(({ prompt, answer, refused }) => ({
    features: featuresOf(prompt, answer),
    label: refused,
    weight: 1,
  }));
  const model = fitLogistic(
    [...rowsOf('refused', writtenExamples()), ...known],
    featureCount,
    trainingSettings,
  );
  const classify = classifierOf({ refused: model, carriedOut: model });
  return ({ prompt, answer }) => classify(prompt, answer).refused > 0.5;
}

export type CrossValidation = readonly ({ readonly language: Language } & Confusion)[];

/**
 * Counts the rulings on written examples by a classifier that has not seen them; compositions are made of the
 * others only. The parts of compositions are in every fold, and a German example may be the twin of an English one.
 *
 * @param rule null for an example that it does not assess
 */
export function crossValidate(
  rule: (classify: ReplyClassifier, example: Example) => boolean | null,
  label: (example: Example) => boolean,
): CrossValidation {
  const written = writtenExamples();
  const { folds } = trainingSettings;
  const rulings = Array.from({ length: folds }, (_, fold) => {
    const classify = classifierOf(fitHeads(written.filter((_, index) => index % folds !== fold)));
    return written
      .filter((_, index) => index % folds === fold)
      .map((example) => ({ example, ruled: rule(classify, example) }));
  }).flat();
  return (['en', 'de', 'zh'] as const).map((language) => ({
    language,
    ...countConfusion(
      rulings.flatMap(({ example, ruled }) =>
        example.language === language && ruled !== null ? [{ labelled: label(example), ruled }] : [],
      ),
    ),
  }));
}

function fitHeads(written: readonly Example[]): Models {
  const [refused, carriedOut] = heads.map((head) =>
    fitLogistic(rowsOf(head, written), featureCount, trainingSettings),
  ) as [LogisticModel, LogisticModel];
  return { refused, carriedOut };
}

function rowsOf(head: Head, written: readonly Example[]): readonly LabelledFeatures[] {
  const {
    seed,
    unspokenWeight,
    composedPerLanguage,
    composedWeight,
    contrastedPerLanguage,
    contrastedWeight,
  } = trainingSettings;
  const row =
    (weight: number) =>
    (example: Example): LabelledFeatures => ({
      features: featuresOf(example.prompt, example.answer),
      label: example[head],
      weight,
    });
  return [
    ...written.map((example) => row(isUnspoken(example) ? unspokenWeight : 1)(example)),
    ...composedExamples(written, seed, composedPerLanguage).map(row(composedWeight)),
    ...contrastedExamples(seed, contrastedPerLanguage).map(row(contrastedWeight)),
  ];
}

/** What a refusal says of itself, its reasons included. */
const refusing: readonly Cue[] = [...decliningCues, 'forbidden', 'harmful', 'norm', 'premise'];

/** Whether a refusal shows only in what is missing. Words do not tell it from general talk that answers, so that it teaches little. */
function isUnspoken({ refused, answer }: Example): boolean {
  return refused && !cuesIn(plainText(answer)).some((cue) => refusing.includes(cue));
}
