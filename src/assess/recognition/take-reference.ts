// The questions that a model on a server is asked when it is admitted: each of them several times before anything else, and once
// more behind everything else, so that the model that was assessed is the one that is recognised from then on.
import { forEachConcurrently } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ServedTuple } from '../../reasoning/index.ts';
import { askRecognition, type RecognitionAnswer } from './answer.ts';
import {
  answersBefore,
  emptyReference,
  questionAt,
  questionsAtAdmission,
  type Reference,
  withAnswer,
} from './reference.ts';

type Asking = {
  readonly engine: Engine;
  readonly tuple: ServedTuple;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
};

/** @param key 32 bytes in hexadecimal. @throws what the engine throws, the reason of `signal` */
export function takeReference(asking: Asking, key: string): Promise<Reference> {
  const hasProbabilities = asking.engine.capabilities.logProbabilities === 'raw';
  return askAll(asking, emptyReference(key, hasProbabilities), answersBefore);
}

/** @throws what the engine throws, the reason of `signal` */
export function askOnceMore(asking: Asking, reference: Reference): Promise<Reference> {
  return askAll(asking, reference, 1);
}

/** Several at once, as clients ask, so that the server's rounding in batches is part of what is known. */
async function askAll(
  { engine, tuple, onProgress, signal }: Asking,
  reference: Reference,
  times: number,
): Promise<Reference> {
  const indices = Array.from(
    { length: times * questionsAtAdmission },
    (_, one) => one % questionsAtAdmission,
  );
  const answers: RecognitionAnswer[] = [];
  let done = 0;
  await forEachConcurrently(indices, engine.capabilities.slots, async (index, place) => {
    const { manner, ...question } = questionAt(reference, index);
    answers[place] = (await askRecognition(engine, tuple, question, manner, signal)).answer;
    done++;
    onProgress?.(done, indices.length);
  });
  return indices.reduce(
    (known, index, place) => withAnswer(known, index, answers[place] as RecognitionAnswer),
    reference,
  );
}
