// Turns on the embedded engine with the shipped model, whose chains are long enough to be cut: both ways of ending
// thinking against real tokens.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLlamaEngine, type Engine } from '../engine/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import { type Conversation, collect, converse } from './converse.ts';
import type { ConverseRequest } from './parts.ts';
import { thinkingRequestOf } from './thinking-request.ts';

const modelPath = join(import.meta.dirname, '../../models/tiegel-nano/tiegel-nano.q8_0.gguf');

const request = (budget: number | null, maxTokens = 256): ConverseRequest => ({
  template: tiegelTemplate,
  messages: [{ role: 'user', content: 'What is 47 * 28?' }],
  thinking: thinkingRequestOf({ maxThinkingTokens: budget }, null),
  maxTokens,
  sampling: { temperature: 0, topP: 1 },
  stop: [],
});

let engine: Engine;
beforeAll(async () => {
  engine = await createLlamaEngine({ model: 'nano', modelPath, compared: [], slots: 1, contextLength: 256 });
});
afterAll(async () => await engine[Symbol.asyncDispose]());

const turn = (on: Engine, asked: ConverseRequest): Promise<Conversation> => collect(converse(on, asked));
const withoutForcing = (able: Engine): Engine => ({
  ...able,
  capabilities: { ...able.capabilities, thinkingStop: 'continuation' },
});

describe('the shipped model', () => {
  test('thinks to its end where it may', async () => {
    const { reasoning, thinking } = await turn(engine, request(null));
    expect(thinking).toMatchObject({ outcome: 'closed', forcedTokens: 0, stoppedBy: 'model' });
    expect(thinking.tokens).toBeGreaterThan(64);
    expect(reasoning).not.toBe('');
  });

  test.each([1, 16, 64])('thinks %i tokens and then answers, forced or interrupted', async (budget) => {
    const forced = await turn(engine, request(budget));
    expect(forced.thinking).toMatchObject({ tokens: budget, forcedTokens: 3, stoppedBy: 'budget' });
    expect(forced.answer).not.toBe('');
    // Three tokens are forced, and the interrupted turn keeps room for as many as they could be.
    expect(await turn(withoutForcing(engine), request(budget))).toEqual(forced);
  });

  test.each(['Use 3, 5 and 6 once each with + - * to make 21.', 'What is 47 * 28?'])(
    'says the same for every limit that its reply does not reach: %s',
    async (content) => {
      await using whole = await createLlamaEngine({ model: 'nano', modelPath, compared: [], slots: 1 });
      const messages = [{ role: 'user' as const, content }];
      const unlimited = await turn(whole, { ...request(null), messages });
      const { thinking, usage } = unlimited;
      expect(thinking).toMatchObject({ outcome: 'closed', forcedTokens: 0, stoppedBy: 'model' });
      expect(unlimited.answer).not.toBe('');
      // Thinking, the bytes of the text that could have ended it, and what is kept for an answer.
      const exact = Math.max(usage.completionTokens, Math.ceil(((thinking.tokens + 10) * 8) / 7) + 16);
      for (const maxTokens of [exact, 512, 4096, 1_000_000]) {
        expect(await turn(whole, { ...request(null, maxTokens), messages })).toEqual(unlimited);
        const interrupted = await turn(withoutForcing(whole), { ...request(null, maxTokens), messages });
        expect(interrupted).toEqual(unlimited);
      }
    },
  );

  test('keeps room for its answer in a context that its chain would fill', async () => {
    await using small = await createLlamaEngine({
      model: 'nano',
      modelPath,
      compared: [],
      slots: 1,
      contextLength: 96,
    });
    for (const able of [small, withoutForcing(small)]) {
      const { answer, thinking, usage } = await turn(able, request(null));
      expect(thinking).toMatchObject({ outcome: 'closed', stoppedBy: 'length' });
      expect(answer).not.toBe('');
      expect(usage.promptTokens + usage.completionTokens).toBeLessThanOrEqual(96);
    }
  });

  test('answers in JSON after it has thought freely', async () => {
    const schema = { type: 'object', properties: { product: { enum: [1316] } }, required: ['product'] };
    const { reasoning, answer } = await turn(engine, {
      ...request(64),
      constraint: { type: 'json-schema', schema },
    });
    expect(reasoning).not.toContain('{');
    expect(JSON.parse(answer)).toEqual({ product: 1316 });
  });
});
