// Fingerprint of a model whose bytes nobody here can see: digests of its greedy answers to fixed prompts. It detects an
// exchanged model, quantisation, template or sampling default; it does not detect a server that replays old answers,
// and it is blind to what differs only on other prompts.
import { type Digest, digestOf } from '../../base/index.ts';
import type { Fingerprint } from '../../catalog/index.ts';
import type { Engine, GenerateRequest } from '../../engine/index.ts';
import type { ProbeOutcome } from '../terms/probe.ts';

/** Prompts that different models answer differently: lists, choices, translations and open-ended continuations. */
const prompts: readonly string[] = [
  'Name five things that float, in one line.',
  'Continue the series and explain it briefly: 3, 7, 16, 35,',
  'Write one sentence about a lighthouse that does not use the letter e.',
  'Übersetze ins Englische: „Der Tiegel stand noch auf dem Herd, als es klopfte.“',
  'Is a hot dog a sandwich? Answer with one reason.',
  'Invent a name for a colour between green and grey.',
  'What is 37 * 43? Say how you found it.',
  'Complete the line: function flatten(list) {',
];

const maxTokens = 24;

/** Fewest prompts whose answers have to repeat for a fingerprint to say anything. */
const minRepeated = prompts.length / 2;

/**
 * Asks every prompt the given number of times, greedily.
 *
 * @returns one digest per prompt, null if its answers differ from each other or say nothing
 * @throws what `Engine.generate` throws
 */
export async function takeFingerprint(
  engine: Engine,
  times: number,
  signal?: AbortSignal,
): Promise<Fingerprint> {
  const fingerprint: (Digest | null)[] = [];
  for (const prompt of prompts) {
    const answers = new Set<string>();
    for (let time = 0; time < times; time++) answers.add(await answerTo(prompt, engine, signal));
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

/** Digest over reasoning and answer together, however a server splits them into pieces. */
async function answerTo(content: string, engine: Engine, signal: AbortSignal | undefined): Promise<string> {
  let text = '';
  const request: GenerateRequest = {
    ...(engine.capabilities.promptForm === 'tokens'
      ? { prompt: [{ text: content, special: false }] }
      : { turn: { messages: [{ role: 'user', content }], thinking: 'open', thinkingBudget: null } }),
    maxTokens,
    sampling: { temperature: 0, topP: 1 },
  };
  for await (const events of engine.generate(request, signal)) {
    for (const event of events) {
      if (event.type === 'token') text += event.text;
    }
  }
  return text;
}
