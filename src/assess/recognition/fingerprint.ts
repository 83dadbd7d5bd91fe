// Fingerprint of a model whose bytes nobody here can see: digests of its greedy answers to questions that are drawn under a
// key of the operator's own, so that no server has answers to them ready. It detects an exchanged model, quantisation,
// template or sampling default; a server that repeats old answers is for the questions that are asked while it serves.
import { type Digest, digestOf } from '../../base/index.ts';
import type { Fingerprint } from '../../catalog/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ServedTuple } from '../../reasoning/index.ts';
import type { ProbeOutcome } from '../terms/probe.ts';
import { askRecognition } from './answer.ts';
import { recognitionQuestion } from './question.ts';

/** Questions of one fingerprint. */
const fingerprintQuestions = 8;

/** Fewest questions whose answers have to repeat for a fingerprint to say anything. */
const minRepeated = fingerprintQuestions / 2;

/**
 * Asks every question the given number of times, greedily.
 *
 * @param key under which the questions are drawn, in hexadecimal
 * @returns one digest per question, null if its answers differ from each other or say nothing
 * @throws what `Engine.generate` throws
 */
export async function takeFingerprint(
  engine: Engine,
  tuple: ServedTuple,
  { key, times }: { readonly key: string; readonly times: number },
  signal?: AbortSignal,
): Promise<Fingerprint> {
  const secret = Buffer.from(key, 'hex');
  const fingerprint: (Digest | null)[] = [];
  for (let index = 0; index < fingerprintQuestions; index++) {
    const question = recognitionQuestion(secret, index);
    const answers = new Set<string>();
    for (let time = 0; time < times; time++)
      answers.add((await askRecognition(engine, tuple, question, 'greedy', signal)).answer.text);
    const [only = ''] = answers;
    fingerprint.push(answers.size === 1 && only !== '' ? digestOf(only) : null);
  }
  return fingerprint;
}

/** The result of the probe for a fingerprint. */
export function judgeFingerprint(fingerprint: Fingerprint): ProbeOutcome {
  const repeated = fingerprint.filter((digest) => digest !== null).length;
  const reason = `${repeated} of ${fingerprint.length} greedy answers were the same each time`;
  const figures = { repeated, fingerprint };
  if (repeated >= minRepeated) return { verdict: 'pass', reason, trials: fingerprint.length, figures };
  const tooFew = `${reason}; with fewer than ${minRepeated} it could not be recognised again`;
  return { verdict: 'inconclusive', reason: tooFew, trials: fingerprint.length, figures };
}
