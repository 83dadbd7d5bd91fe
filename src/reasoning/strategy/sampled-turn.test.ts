import { expect, test } from 'vitest';
import { noUsage } from '../../traffic/index.ts';
import type { RunningTurn } from '../converse.ts';
import type { ConverseEnd, ConverseRequest, StreamPart } from '../parts.ts';
import { type SampledStrategy, sampledTurn } from './sampled-turn.ts';

const thinking = { outcome: 'none', tokens: 0, forcedTokens: 0, budget: null, stoppedBy: null } as const;
const usage = { promptTokens: 5, cachedPromptTokens: 2, completionTokens: 3, reasoningTokens: 1 };
const end: ConverseEnd = { type: 'end', finish: 'stop', usage, thinking };
const four = { type: 'vote', most: 4, rule: { type: 'all' }, answer: { type: 'number' } } as const;

/** Samples that say these things; the places that they held are counted. */
function sampled(strategy: SampledStrategy, said: readonly (readonly StreamPart[])[]) {
  const places = { held: 0, most: 0 };
  const turn = sampledTurn({
    strategy,
    requestOf: (sample) => ({ maxTokens: sample }) as ConverseRequest,
    converse: ({ maxTokens: sample }): RunningTurn => ({
      parts: (async function* () {
        for (const part of said[sample] ?? []) yield [part];
        yield [end];
      })(),
      usage: () => usage,
    }),
    place: async () => {
      places.most = Math.max(places.most, ++places.held);
      return { [Symbol.dispose]: () => void places.held-- };
    },
    signal: new AbortController().signal,
  });
  return { turn, places };
}

const likely = (text: string, ...probabilities: readonly number[]) =>
  probabilities.map((probability) => ({ text, logProbability: Math.log(probability), alternatives: [] }));
/** Thinks with one probability and answers with another. */
const sure = (text: string, thinking: number, answering: number): readonly StreamPart[] => [
  { type: 'reasoning-delta', text: 'so', tokens: likely('so', 0.9, thinking, thinking) },
  { type: 'answer-delta', text, tokens: likely(text, answering) },
];

const saying = (text: string): readonly StreamPart[] => [
  { type: 'reasoning-delta', text: `so ${text}` },
  { type: 'answer-delta', text },
];
const calling = (text: string): readonly StreamPart[] => [
  { type: 'tool-call', index: 0, name: 'f', arguments: text },
];

test('reads as the sample that was chosen, with the usage of all', async () => {
  const { turn, places } = sampled(four, ['1', '2', '2.0', 'none'].map(saying));
  expect([turn.samples(), turn.usage()]).toEqual([[], noUsage]);
  const [parts, ...rest] = await Array.fromAsync(turn.parts);
  expect(rest).toEqual([]);
  expect(parts?.slice(0, -1)).toEqual(saying('2'));
  expect(parts?.at(-1)).toEqual({
    ...end,
    usage: { promptTokens: 20, cachedPromptTokens: 8, completionTokens: 12, reasoningTokens: 4 },
    strategy: {
      ...{ type: 'vote', stoppedBy: 'most', chosen: 1, agreement: 0.5, verified: null },
      samples: [0, 1, 1, null].map((answer) => ({ usage, finish: 'stop', answer })),
    },
  });
  expect(places).toEqual({ held: 0, most: 1 });
});

test('calls of tools vote as a whole, however their arguments are written', async () => {
  const calls = ['{"a":1,"b":2}', '{"b": 2, "a": 1}', '{"a":1}', '{'].map(calling);
  const { turn } = sampled(four, calls);
  await Array.fromAsync(turn.parts);
  expect(turn.samples().map(({ answer }) => answer)).toEqual([0, 0, 1, 2]);
});

test('samples of one wave run side by side', async () => {
  const { turn, places } = sampled({ ...four, waves: [3] }, ['1', '1', '1', '1'].map(saying));
  await Array.fromAsync(turn.parts);
  expect(places).toEqual({ held: 0, most: 3 });
});

test('samples that the model is unsure of are broken off, have no vote and are paid for', async () => {
  const strategy = { ...four, breakOff: { window: 2, below: Math.log(0.5) } };
  const { turn, places } = sampled(strategy, [
    sure('1', 0.3, 1),
    sure('1', 0.3, 1),
    sure('2', 0.9, 1),
    sure('3', 0.3, 1),
  ]);
  const [parts] = await Array.fromAsync(turn.parts);
  // The last one is not broken off, however unsure it is.
  expect(turn.samples().map(({ answer, finish }) => [answer, finish])).toEqual([
    [null, null],
    [null, null],
    [0, 'stop'],
    [1, 'stop'],
  ]);
  expect(parts?.slice(0, -1)).toEqual([
    { type: 'reasoning-delta', text: 'so' },
    { type: 'answer-delta', text: '2' },
  ]);
  expect(turn.usage().completionTokens).toBe(12);
  expect(places.held).toBe(0);
});

test('where all were broken off but the last, that one is the reply, read or not', async () => {
  const strategy = { ...four, most: 2, breakOff: { window: 1, below: -0.2 } };
  const { turn } = sampled(strategy, [sure('1', 0.3, 1), sure('none', 0.3, 1)]);
  const [parts] = await Array.fromAsync(turn.parts);
  expect(parts?.at(-1)).toMatchObject({ strategy: { chosen: 1, agreement: 0 } });
});

test.each([
  [0.99, 1],
  [0.5, 4],
])(
  'a first sample that is %d sure of its answer, of 0.9, ends the vote after %d',
  async (probability, count) => {
    const { turn } = sampled(
      { ...four, gate: 0.9 },
      ['1', '2', '2', '2'].map((text) => sure(text, 1, probability)),
    );
    await Array.fromAsync(turn.parts);
    expect(turn.samples()).toHaveLength(count);
  },
);

const tiers = { type: 'cascade', budgets: [8, 64, null] } as const;

test.each([
  ['1', 1, 'rule', true],
  ['3', 3, 'most', false],
])(
  'a cascade asks tier by tier until %s passes, and the last answer stands',
  async (wanted, asked, stoppedBy, verified) => {
    const accept = { type: 'check', check: (answer: string) => answer === wanted && wanted !== '3' } as const;
    const { turn, places } = sampled({ ...tiers, accept }, ['1', '2', '3'].map(saying));
    const [parts] = await Array.fromAsync(turn.parts);
    expect(parts?.slice(0, -1)).toEqual(saying(wanted));
    expect(parts?.at(-1)).toMatchObject({
      usage: { completionTokens: 3 * asked },
      strategy: { type: 'cascade', stoppedBy, chosen: asked - 1, verified, agreement: null },
    });
    expect([turn.samples().length, places.held, places.most]).toEqual([asked, 0, 1]);
  },
);

test('a cascade that goes by how sure the model is reads the tokens of its answers', async () => {
  const accept = { type: 'confidence', level: 0.9 } as const;
  const { turn } = sampled({ ...tiers, accept }, [sure('1', 1, 0.5), sure('2', 0.1, 0.95), sure('3', 1, 1)]);
  const [parts] = await Array.fromAsync(turn.parts);
  expect(parts?.at(-1)).toMatchObject({ strategy: { chosen: 1, stoppedBy: 'rule', verified: null } });
});

test('a check that fails ends the turn with its fault', async () => {
  const check = () => Promise.reject(new Error('the checker is gone'));
  const { turn, places } = sampled({ type: 'verify', most: 2, check }, [saying('1')]);
  await expect(Array.fromAsync(turn.parts)).rejects.toThrow('the checker is gone');
  expect(turn.usage()).toEqual(usage);
  expect(places.held).toBe(0);
});
