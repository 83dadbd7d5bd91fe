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

test('a check that fails ends the turn with its fault', async () => {
  const check = () => Promise.reject(new Error('the checker is gone'));
  const { turn, places } = sampled({ type: 'verify', most: 2, check }, [saying('1')]);
  await expect(Array.fromAsync(turn.parts)).rejects.toThrow('the checker is gone');
  expect(turn.usage()).toEqual(usage);
  expect(places.held).toBe(0);
});
