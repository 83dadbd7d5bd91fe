import { describe, expect, test } from 'vitest';
import { createScriptedEngine, type Engine, type GenerateRequest } from '../engine/index.ts';
import { tiegelTemplate } from '../formats/index.ts';
import type { ConverseRequest } from './parts.ts';
import { planTurn } from './plan.ts';
import { countPromptTokens, promptOfTurn } from './turn-prompt.ts';

const request: ConverseRequest = {
  ...{ template: tiegelTemplate, messages: [{ role: 'user', content: '3 + 4?' }] },
  ...{ thinking: { mode: 'open', budget: null }, maxTokens: 100 },
  ...{ sampling: { temperature: 0.5, topP: 0.9 }, stop: [] },
};

function engine(change: Partial<Engine['capabilities']> = {}) {
  const asked: GenerateRequest[] = [];
  const scripted = createScriptedEngine({
    ...{ model: 'm', capabilities: change },
    reply: (received) => {
      asked.push(received);
      return ['a', 'b'];
    },
  });
  return { scripted, asked };
}

describe('the prompt of a turn', () => {
  test('is that of the turn which it belongs to', async () => {
    const { scripted } = engine();
    const { prompt } = (await planTurn(scripted, request)).request;
    expect(await promptOfTurn(scripted, request)).toEqual({ prompt });
    const unrendered = { ...request, template: null };
    const { scripted: server } = engine({ promptForm: 'messages', tokenIds: false });
    const { turn } = (await planTurn(server, unrendered)).request;
    expect(turn).toBeDefined();
    expect(await promptOfTurn(server, unrendered)).toEqual({ turn });
  });

  test('is counted by the engine where it counts, without a generation', async () => {
    const { scripted, asked } = engine();
    const given: unknown[] = [];
    const { signal } = new AbortController();
    const counting: Engine = {
      ...scripted,
      countTokens: async (...given_) => {
        given.push(...given_);
        return 17;
      },
    };
    expect(await countPromptTokens(counting, request, signal)).toBe(17);
    expect(given).toEqual([(await promptOfTurn(scripted, request)).prompt, signal]);
    expect(asked).toEqual([]);
  });

  test('is otherwise what a generation of one token says of it, which is left at once', async () => {
    const { scripted, asked } = engine();
    const { countTokens: _, ...silent } = scripted;
    const counted = await countPromptTokens(silent as Engine, { ...request, cacheScope: 'a' });
    const batches = await Array.fromAsync(scripted.generate((await planTurn(scripted, request)).request));
    expect(batches.flat().find(({ type }) => type === 'prompt')).toMatchObject({ promptTokens: counted });
    expect(asked[0]).toMatchObject({ maxTokens: 1, sampling: request.sampling, cacheScope: 'a' });
    await countPromptTokens(silent as Engine, request);
    expect(asked.at(-1)).not.toHaveProperty('cacheScope');
    expect(scripted.load()).toEqual({ active: 0, waiting: 0 });
  });

  test('cannot be counted where a server renders it, or where nobody says it', async () => {
    const missing = { code: 'TGL_CAPABILITY_MISSING', details: { model: 'm', feature: 'counting tokens' } };
    const { scripted: server } = engine({ promptForm: 'messages', tokenIds: false });
    await expect(countPromptTokens(server, { ...request, template: null })).rejects.toMatchObject(missing);
    const { scripted } = engine();
    const { countTokens: _, ...rest } = scripted;
    const mute = {
      ...rest,
      async *generate() {
        yield [{ type: 'end', reason: 'stop', completionTokens: 0 }] as const;
      },
    } as unknown as Engine;
    await expect(countPromptTokens(mute, request)).rejects.toMatchObject(missing);
  });
});
