// Simulations of servers that stay what they were and of others that do not, by the very code that asks and decides: for the test of
// known answers.
import { seededRandom } from '../../base/index.ts';
import { askRecognition } from './answer.ts';
import { quantised, type RandomModel, randomModel, randomServer } from './fixture.ts';
import {
  answersBefore,
  drawQuestion,
  hasChanged,
  noKnownAnswers,
  questionAt,
  questionsAtAdmission,
  withAnswer,
} from './known-answers.ts';

export type SimulatedServer = {
  /** What becomes of the model; a number is the bits of a copy. */
  readonly becomes: 'same' | 'another' | number;
  /** Questions while it serves, before that happens. */
  readonly after: number;
  /** Questions while it serves in all. */
  readonly questions: number;
  readonly hasProbabilities: boolean;
};

/** Deviations of logits that batches cause: while it is assessed, and under load. */
const [noiseAtAdmission, noiseUnderLoad] = [0.01, 0.03];

const tuple = {
  serving: {
    ...{ sampling: { temperature: 0.6, topP: 1, maxTokens: 200 }, thinkingBudget: null, systemPrompt: null },
  },
  template: null,
};

/** How many questions after the change it was withdrawn, below 0 before it; null: not at all. */
export async function simulateServer(
  seed: number,
  { becomes, after, questions, hasProbabilities }: SimulatedServer,
): Promise<number | null> {
  const random = seededRandom(seed, 5);
  const admitted = randomModel(seed);
  let [model, noise]: [RandomModel, number] = [admitted, noiseAtAdmission];
  const engine = randomServer({ model: () => model, random, noise: () => noise, hasProbabilities });
  let known = noKnownAnswers(seed.toString(16).padStart(64, '0'), hasProbabilities);
  const ask = async (index: number): Promise<void> => {
    const { manner, ...question } = questionAt(known, index);
    const { answer } = await askRecognition(engine, tuple, question, manner);
    known = withAnswer(known, index, answer);
  };
  for (let asked = 0; asked < answersBefore * questionsAtAdmission; asked++)
    await ask(asked % questionsAtAdmission);
  noise = noiseUnderLoad;
  for (let asked = 0; asked < questions; asked++) {
    if (asked === after) model = exchanged(admitted, becomes, seed);
    await ask(drawQuestion(known, random));
    if (hasChanged(known)) return asked - after + 1;
  }
  return null;
}

function exchanged(model: RandomModel, becomes: SimulatedServer['becomes'], seed: number): RandomModel {
  if (becomes === 'same') return model;
  return becomes === 'another' ? randomModel(seed + 1_000_000) : quantised(model, becomes);
}
