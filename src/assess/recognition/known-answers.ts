// What is known of a model on a server since it was admitted: its answers to questions of the operator's own, and the test
// whether what answers today is still the same. A value that is kept in a file; every answer makes a new one.
//
// It does not see a change of which neither texts nor log-probabilities tell, such as one to 8 bits; a server that tells all of
// these questions from those of clients; or one that repeats old answers to old questions, before enough new ones have been added.
import type { Random } from '../../base/index.ts';
import { betOnChange, type ChangeTest, changeEvidence, noBets } from '../../stats/index.ts';
import { likenessOf, type RecognitionAnswer } from './answer.ts';
import { type Manner, manners, type RecognitionQuestion, recognitionQuestion } from './question.ts';

export type AnsweredQuestion = {
  readonly index: number;
  readonly manner: Manner;
  readonly answers: readonly RecognitionAnswer[];
};

export type KnownAnswers = {
  /** 32 bytes in hexadecimal, under which the questions are drawn. */
  readonly key: string;
  /** Manners in which this server can be asked. */
  readonly manners: readonly Manner[];
  /** Those still in use, the one that was answered last at the end; one that was answered often enough is left out. */
  readonly questions: readonly AnsweredQuestion[];
  /** Index of the next new question. */
  readonly next: number;
  /** One for each manner, so that a server which serves some manners honestly is found by the others. */
  readonly tests: Readonly<Record<Manner, ChangeTest>>;
};

/** Answers to a question before it is bet on. */
export const answersBefore = 4;

/** Then it makes room for a new one. */
const mostAnswers = 16;

/** Questions that the model is asked when it is admitted. */
export const questionsAtAdmission = 48;

/** Share of questions that go to new ones. */
const shareOfNew = 0.25;

/** New questions that are on their way at the same time, so that one is not repeated at once. */
const newAtOnce = 6;

/**
 * Share of answers of an unchanged model that may be unlike every earlier one: with other requests in its batch a server rounds
 * differently, and now and then another token follows.
 */
const tolerance = 0.1;

/** A model that did not change is withdrawn at any time with a probability of at most this. */
const falseAlarmRate = 0.001;

export function noKnownAnswers(key: string, hasProbabilities: boolean): KnownAnswers {
  return {
    key,
    manners: manners.filter((manner) => hasProbabilities || manner !== 'probabilities'),
    questions: [],
    next: 0,
    tests: { greedy: noBets, usual: noBets, probabilities: noBets },
  };
}

/** The texts of a question, and how it is asked. */
export function questionAt(
  { key, manners: usable }: Pick<KnownAnswers, 'key' | 'manners'>,
  index: number,
): RecognitionQuestion & { readonly manner: Manner } {
  const manner = usable[index % usable.length] as Manner;
  return { ...recognitionQuestion(Buffer.from(key, 'hex'), index), manner };
}

/** Which question is asked next; nothing that was answered decides it. */
export function drawQuestion({ questions, next }: KnownAnswers, random: Random): number {
  const answered = questions.filter(({ answers }) => answers.length >= answersBefore);
  const begun = questions.filter(({ answers }) => answers.length < answersBefore);
  if (answered.length > 0 && random.next() >= shareOfNew) return random.pick(longestUnasked(answered)).index;
  return begun.length < newAtOnce ? next : random.pick(begun).index;
}

/** Those of which nothing was heard for longest, in an order that nobody can tell: their answers are from before most changes. */
function longestUnasked(questions: readonly AnsweredQuestion[]): readonly AnsweredQuestion[] {
  return questions.slice(0, Math.ceil(questions.length / 2));
}

/** Adds an answer, and bets on it where the question had been answered before. */
export function withAnswer(known: KnownAnswers, index: number, answer: RecognitionAnswer): KnownAnswers {
  const { questions, next, tests } = known;
  const found = questions.find((question) => question.index === index);
  const { manner } = found ?? questionAt(known, index);
  const answers = [...(found?.answers ?? []), answer];
  const others = questions.filter((question) => question.index !== index);
  return {
    ...known,
    next: Math.max(next, index + 1),
    questions: answers.length < mostAnswers ? [...others, { index, manner, answers }] : others,
    tests:
      answers.length <= answersBefore
        ? tests
        : { ...tests, [manner]: betOnChange(tests[manner], likenessAmong(answers, manner), { tolerance }) },
  };
}

/** Whether what answers is another model than the one that was admitted. */
export function hasChanged(known: KnownAnswers): boolean {
  return evidenceOfChange(known) >= Math.log(1 / falseAlarmRate);
}

/** Natural logarithm of the evidence of all manners together: the mean of three such tests is one. */
export function evidenceOfChange({ manners: usable, tests }: KnownAnswers): number {
  const each = usable.map((manner) => changeEvidence(tests[manner]));
  const largest = Math.max(...each);
  const sum = each.reduce((total, one) => total + Math.exp(one - largest), 0);
  return largest + Math.log(sum / each.length);
}

/** Answers that were bet on. */
export function answersTested({ tests }: KnownAnswers): number {
  return manners.reduce((sum, manner) => sum + tests[manner].answers, 0);
}

function likenessAmong(
  answers: readonly RecognitionAnswer[],
  manner: Manner,
): readonly (readonly number[])[] {
  return answers.map((one) => answers.map((other) => (one === other ? 1 : likenessOf(one, other, manner))));
}
