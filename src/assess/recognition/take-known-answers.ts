// The questions that a model on a server is asked when it is admitted: each of them several times before anything else, and once
// more behind everything else, so that the model that was assessed is the one that is recognised from then on.
import { forEachConcurrently } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ServedTuple } from '../../reasoning/index.ts';
import { askRecognition, type RecognitionAnswer } from './answer.ts';
import {
  answersBefore,
  type KnownAnswers,
  noKnownAnswers,
  questionAt,
  questionsAtAdmission,
  withAnswer,
} from './known-answers.ts';

type Asking = {
  readonly engine: Engine;
  readonly tuple: ServedTuple;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
};

/** @param key 32 bytes in hexadecimal. @throws what the engine throws, the reason of `signal` */
export function takeKnownAnswers(asking: Asking, key: string): Promise<KnownAnswers> {
  const hasProbabilities = asking.engine.capabilities.logProbabilities === 'raw';
  return askAll(asking, noKnownAnswers(key, hasProbabilities), answersBefore);
}

/** @throws what the engine throws, the reason of `signal` */
export function askOnceMore(asking: Asking, known: KnownAnswers): Promise<KnownAnswers> {
  return askAll(asking, known, 1);
}

/** Several at once, as clients ask, so that the server's rounding in batches is part of what is known. */
async function askAll(
  { engine, tuple, onProgress, signal }: Asking,
  known: KnownAnswers,
  times: number,
): Promise<KnownAnswers> {
  const indices = Array.from(
    { length: times * questionsAtAdmission },
    (_, one) => one % questionsAtAdmission,
  );
  const answers: RecognitionAnswer[] = [];
  let done = 0;
  await forEachConcurrently(indices, engine.capabilities.slots, async (index, place) => {
    const { manner, ...question } = questionAt(known, index);
    answers[place] = (await askRecognition(engine, tuple, question, manner, signal)).answer;
    done++;
    onProgress?.(done, indices.length);
  });
  return indices.reduce(
    (since, index, place) => withAnswer(since, index, answers[place] as RecognitionAnswer),
    known,
  );
}
