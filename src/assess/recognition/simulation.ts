// Simulations of servers that stay what they were and of others that do not, by the very code that asks and decides: for the test of
// known answers.
import { seededRandom } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ServedTuple } from '../../reasoning/index.ts';
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
  /** Of the requests that what it has become answers; it was admitted with the others. @default 1 */
  readonly share?: number;
  /** Questions while it serves, before that happens. */
  readonly after: number;
  /** Questions while it serves in all. */
  readonly questions: number;
  readonly hasProbabilities: boolean;
};

/** Deviations of logits that batches cause: while it is assessed, and under load. */
const [noiseAtAdmission, noiseUnderLoad] = [0.01, 0.03];

const sampling = { temperature: 0.6, topP: 1, maxTokens: 200 };

/** How many questions after the change it was withdrawn, below 0 before it; null: not at all. */
export function simulateServer(
  seed: number,
  { becomes, share = 1, ...server }: SimulatedServer,
): Promise<number | null> {
  const random = seededRandom(seed, 6);
  const admitted = randomModel(seed);
  let [other, noise]: [RandomModel, number] = [admitted, noiseAtAdmission];
  const { hasProbabilities } = server;
  const model = (): RandomModel => (random.next() < share ? other : admitted);
  const engine = randomServer({ model, random, noise: () => noise, hasProbabilities });
  return simulateWatch(seed, {
    ...{ ...server, engine: () => engine, template: null },
    onAdmitted: () => {
      noise = noiseUnderLoad;
    },
    onChange: () => {
      other = exchanged(admitted, becomes, seed);
    },
  });
}

export type SimulatedWatch = Omit<SimulatedServer, 'becomes' | 'share'> & {
  /** What answers at the moment. */
  readonly engine: () => Engine;
  readonly template: ServedTuple['template'];
  readonly onAdmitted?: () => void;
  readonly onChange: () => void;
};

/** The same for any server. */
export async function simulateWatch(
  seed: number,
  { engine, template, after, questions, hasProbabilities, onAdmitted, onChange }: SimulatedWatch,
): Promise<number | null> {
  const random = seededRandom(seed, 5);
  const tuple = { serving: { sampling, thinkingBudget: null, systemPrompt: null }, template };
  let known = noKnownAnswers(seed.toString(16).padStart(64, '0'), hasProbabilities);
  const ask = async (index: number): Promise<void> => {
    const { manner, ...question } = questionAt(known, index);
    const { answer } = await askRecognition(engine(), tuple, question, manner);
    known = withAnswer(known, index, answer);
  };
  for (let asked = 0; asked < answersBefore * questionsAtAdmission; asked++)
    await ask(asked % questionsAtAdmission);
  onAdmitted?.();
  for (let asked = 0; asked < questions; asked++) {
    if (asked === after) onChange();
    await ask(drawQuestion(known, random));
    if (hasChanged(known)) return asked - after + 1;
  }
  return null;
}

function exchanged(model: RandomModel, becomes: SimulatedServer['becomes'], seed: number): RandomModel {
  if (becomes === 'same') return model;
  return becomes === 'another' ? randomModel(seed + 1_000_000) : quantised(model, becomes);
}
