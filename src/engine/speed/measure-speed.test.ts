import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import type { Engine, EngineEvent, GenerateRequest } from '../engine.ts';
import { createScriptedEngine } from '../scripted/scripted-engine.ts';
import { type EngineSpeed, measureSpeed } from './measure-speed.ts';

type Machine = {
  readonly slots?: number;
  readonly contextLength?: number;
  /** Milliseconds that each token of a prompt takes, and each that is decoded. */
  readonly promptMs?: number;
  readonly tokenMs?: number;
  /** Tokens after which a reply ends. */
  readonly endsAfter?: number;
};

/** Two tokens a word, prompts 64 tokens at a time, and a clock that only this work moves. */
function simulation({
  slots = 16,
  contextLength = 8_192,
  promptMs = 1,
  tokenMs = 10,
  endsAfter = Infinity,
}: Machine) {
  const clock = manualClock();
  const asked: number[] = [];
  let active = 0;
  async function* generate(
    request: GenerateRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<readonly EngineEvent[]> {
    active++;
    try {
      const promptTokens = 2 * (request.prompt?.[0]?.text.split(' ').length ?? 0);
      asked.push(promptTokens);
      for (let left = promptTokens; left > 0; left -= 64) {
        await turn();
        signal?.throwIfAborted();
        clock.advance(promptMs * Math.min(64, left));
      }
      yield [{ type: 'prompt', promptTokens }];
      for (let count = 0; count < request.maxTokens; count++) {
        await turn();
        signal?.throwIfAborted();
        clock.advance(tokenMs);
        if (count === endsAfter) return yield [{ type: 'end', reason: 'stop', completionTokens: count }];
        yield [{ type: 'token', text: 'x' }];
      }
      yield [{ type: 'end', reason: 'length', completionTokens: request.maxTokens }];
    } finally {
      active--;
    }
  }
  const { capabilities, ...rest } = createScriptedEngine({ model: 'simulated', reply: () => [] });
  const engine: Engine = {
    ...rest,
    capabilities: { ...capabilities, slots, contextLength },
    load: () => ({ active, waiting: 0 }),
    generate,
  };
  const pause = async (milliseconds: number): Promise<void> => {
    const until = clock.monotonic() + milliseconds;
    while (clock.monotonic() < until) {
      await turn();
      if (active === 0) clock.advance(until - clock.monotonic());
    }
  };
  const parts: string[] = [];
  const measure = (signal: AbortSignal = new AbortController().signal): Promise<EngineSpeed> =>
    measureSpeed(engine, { clock, pause, signal, onPart: (part) => parts.push(part) });
  return { measure, asked, parts };
}

/** Within a tenth: the rates are those of the machine but for the first token of each prompt. */
function about(value: number | null | undefined, expected: number): void {
  expect(value).toBeGreaterThan(0.9 * expected);
  expect(value).toBeLessThan(1.1 * expected);
}

describe('speed of an engine', () => {
  test('rates of prompts and decoding, of as many sequences as it takes', async () => {
    const { rates } = await simulation({}).measure();
    expect(rates.map(({ sequences }) => sequences)).toEqual([1, 4, 16]);
    for (const { promptTokensPerSecond, tokensPerSecond } of rates) {
      about(promptTokensPerSecond, 1000);
      about(tokensPerSecond, 100);
    }
    const few = await simulation({ slots: 5 }).measure();
    expect(few.rates.map(({ sequences }) => sequences)).toEqual([1, 4]);
  });

  test('the wait for a first token, alone and beside a long prompt, and the freed place of an abort', async () => {
    const { firstTokenMs, longPrompt, abort } = await simulation({}).measure();
    expect(firstTokenMs).toBe(16 + 10);
    expect(longPrompt.tokens).toBe(4_000);
    expect(longPrompt.aloneMs).toBe(4_000 + 10);
    // Steps of the long prompt come between.
    expect(longPrompt.firstTokenBesideMs).toBeGreaterThan(26);
    expect(longPrompt.firstTokenBesideMs).toBeLessThan(300);
    expect(abort?.count).toBe(10);
    expect(abort?.longestMs).toBeLessThanOrEqual(64);
  });

  test('the long prompt is what the context holds and what is read within a minute', async () => {
    const short = await simulation({ contextLength: 512 }).measure();
    expect(short.longPrompt.tokens).toBe(480);
    const slow = await simulation({ promptMs: 100 }).measure();
    expect(slow.longPrompt.aloneMs).toBeLessThan(66_000);
  });

  test('what cannot be seen is said to be unseen', async () => {
    const { rates, longPrompt, abort } = await simulation({
      endsAfter: 0,
      promptMs: 0.001,
      slots: 1,
    }).measure();
    expect(rates).toMatchObject([{ sequences: 1, tokensPerSecond: null }]);
    expect(longPrompt.firstTokenBesideMs).toBe(null);
    expect(abort).toBe(null);
  });

  test('no prompt is longer than the context', async () => {
    const { measure, asked } = simulation({ contextLength: 256 });
    await measure();
    expect(Math.max(...asked)).toBeLessThan(256);
  });

  test('its signal ends it', async () => {
    const { measure, parts } = simulation({});
    const reason = new Error('enough');
    await expect(measure(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(parts).toEqual([]);
  });
});
