// An answer to a question by which a model is recognised, and how alike two of them are.

import type { Engine } from '../../engine/index.ts';
import { promptOfTurn, type ServedTuple, servedTurn } from '../../reasoning/index.ts';
import { distanceAlong, type Place, placeOf } from '../probes/probability-fingerprint.ts';
import type { Manner, RecognitionQuestion } from './question.ts';

export type RecognitionAnswer = {
  /** Reasoning and answer together, however the server splits them. */
  readonly text: string;
  /** The likeliest tokens at its first places; empty where no log-probabilities came. */
  readonly places: readonly Place[];
};

export type AnswerWithUsage = {
  readonly answer: RecognitionAnswer;
  readonly promptTokens: number;
  readonly completionTokens: number;
};

/** Tokens that compete for a place: what servers give at least. */
const alternatives = 5;

/** Later places add little, and are kept in a file. */
const maxPlaces = 16;

/** Asked in exactly the form in which the model is served. @throws what `Engine.generate` throws */
export async function askRecognition(
  engine: Engine,
  tuple: ServedTuple,
  { content, maxTokens }: RecognitionQuestion,
  manner: Manner,
  signal?: AbortSignal,
): Promise<AnswerWithUsage> {
  const { temperature, topP } = tuple.serving.sampling;
  const turn = servedTurn(tuple, { messages: [{ role: 'user', content }] });
  const request = {
    ...(await promptOfTurn(engine, turn)),
    maxTokens,
    sampling: manner === 'usual' ? { temperature, topP } : { temperature: 0, topP: 1 },
    ...(manner === 'probabilities' && { logProbabilities: alternatives }),
  };
  let text = '';
  const places: Place[] = [];
  let counted = { promptTokens: 0, completionTokens: 0 };
  for await (const events of engine.generate(request, signal)) {
    for (const event of events) {
      if (event.type === 'token') {
        text += event.text;
        if (event.logProbability !== undefined && places.length < maxPlaces) places.push(placeOf(event));
      } else if (event.type === 'prompt') counted = { ...counted, promptTokens: event.promptTokens };
      else if (event.type === 'end') {
        const { promptTokens } = event.counted ?? counted;
        counted = { promptTokens, completionTokens: event.completionTokens };
      }
    }
  }
  return { answer: { text, places }, ...counted };
}

/** Mean difference of log-probabilities, in nats, at which likeness has fallen to 1/e; rounding in batches stays below a tenth of it. */
const nearby = 0.15;

/** Words after which what answers at a temperature have in common counts half. */
const halfLife = 6;

/**
 * In [0, 1]: by log-probabilities where both have them, else by the words that stand at the same places (a Hamming kernel), the
 * first ones above all where the answers were drawn at a temperature and soon go different ways.
 */
export function likenessOf(one: RecognitionAnswer, other: RecognitionAnswer, manner: Manner): number {
  if (one.places.length > 0 && other.places.length > 0)
    return Math.exp(-distanceAlong(one.places, other.places) / nearby);
  const [words, others] = [wordsOf(one.text), wordsOf(other.text)];
  const fade = manner === 'usual' ? 0.5 ** (1 / halfLife) : 1;
  let [same, whole, weight] = [0, 0, 1];
  for (let place = 0; place < Math.max(words.length, others.length); place++) {
    if (words[place] === others[place]) same += weight;
    whole += weight;
    weight *= fade;
  }
  return whole === 0 ? 1 : same / whole;
}

/** Words, digits, signs; each character of Chinese. */
function wordsOf(text: string): readonly string[] {
  return text.match(/\p{Script=Han}|[\p{L}\p{M}]+|\S/gu) ?? [];
}
