// Sequences that share a batch share nothing else. Each is compared with itself alone in the same engine: its tokens
// exactly, its log-probabilities to within the rounding of a batch of another size (largest seen: 0.0002).
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect } from '../contract-case.ts';
import type { EngineEvent, RenderedRequest } from '../engine.ts';
import { createLlamaEngine, type LlamaEngine } from './llama-engine.ts';
import { patience, writeTestModel } from './test-model.ts';

type Token = Extract<EngineEvent, { type: 'token' }>;

const file = writeTestModel({ contextLength: 2048 });
let engine: LlamaEngine;
beforeAll(async () => {
  engine = await createLlamaEngine({
    model: 'test',
    modelPath: file.path,
    compared: [],
    contextLength: 2048,
    slots: 16,
  });
}, patience);
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  file[Symbol.dispose]();
});

/** The values of different sequences lie some tenths apart. */
const rounding = 0.005;

const requestOf = (seed: number): RenderedRequest => ({
  prompt: [{ text: `prompt ${seed} of ${seed % 2 === 0 ? 'three apples' : 'Äpfel'}`, special: false }],
  maxTokens: 48,
  sampling: { temperature: 1.5, topP: 0.95, seed },
  cacheScope: seed % 2 === 0 ? 'one' : 'another',
  logProbabilities: 5,
});

async function tokensOf(request: RenderedRequest): Promise<readonly Token[]> {
  const events = await collect(engine, request);
  return events.filter((event) => event.type === 'token');
}

/** Its own log-probability first, then those of the alternatives. */
const logProbabilitiesOf = ({ logProbability, alternatives = [] }: Token): readonly number[] =>
  [logProbability, ...alternatives.map((alternative) => alternative.logProbability)].map(Number);

/** The largest distance between two generations' log-probabilities, place by place. */
function distance(one: readonly Token[], other: readonly Token[]): number {
  const [left, right] = [one, other].map((tokens) => tokens.flatMap(logProbabilitiesOf)) as [
    number[],
    number[],
  ];
  expect(left).toHaveLength(right.length);
  return Math.max(...left.map((value, index) => Math.abs(value - (right[index] as number))));
}

test('sixteen sequences of two accounts get the log-probabilities of each alone, thirty times', {
  timeout: patience,
}, async () => {
  const seeds = [...Array(16).keys()];
  const alone: (readonly Token[])[] = [];
  for (const seed of seeds) alone.push(await tokensOf(requestOf(seed)));
  expect(distance(alone[0] as Token[], alone[1] as Token[])).toBeGreaterThan(20 * rounding);
  for (let round = 0; round < 30; round++) {
    const together = await Promise.all(seeds.map((seed) => tokensOf(requestOf(seed))));
    for (const seed of seeds) {
      const [own, shared] = [alone[seed], together[seed]] as [readonly Token[], readonly Token[]];
      expect(shared.map(({ id }) => id)).toEqual(own.map(({ id }) => id));
      expect(distance(shared, own), `round ${round}, seed ${seed}`).toBeLessThan(rounding);
    }
  }
});

test('a short request beside a long prompt is answered while that is still being read', {
  timeout: patience,
}, async () => {
  const long = { ...requestOf(1), prompt: [{ text: 'x'.repeat(2000), special: false }], maxTokens: 1 };
  const answered: string[] = [];
  const reading = tokensOf(long).then(() => answered.push('long'));
  const short = tokensOf({ ...requestOf(2), maxTokens: 4 }).then(() => answered.push('short'));
  await Promise.all([reading, short]);
  expect(answered).toEqual(['short', 'long']);
});
