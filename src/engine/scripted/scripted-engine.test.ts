import { describe, expect, test } from 'vitest';
import { engineContract } from '../contract.ts';
import type { Engine, EngineEvent, GenerateRequest } from '../engine.ts';
import { createScriptedEngine } from './scripted-engine.ts';

const request: GenerateRequest = {
  prompt: [{ text: '<|user|>hello<|assistant|>', special: true }],
  maxTokens: 100,
  sampling: { temperature: 0, topP: 1 },
};

const words = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => ` w${index}`);

engineContract('scripted, without waits', async () => ({
  engine: createScriptedEngine({ model: 'double', reply: () => words(1000), slots: 2, maxBatchEvents: 3 }),
  prompt: request.prompt,
  tooLongPrompt: [{ text: 'x'.repeat(20_000), special: false }],
}));

engineContract('scripted, 400 tokens per second', async () => ({
  engine: createScriptedEngine({ model: 'double', reply: () => words(1000), slots: 2, tokensPerSecond: 400 }),
  prompt: request.prompt,
  tooLongPrompt: [{ text: 'x'.repeat(20_000), special: false }],
}));

describe('scripted engine', () => {
  test('plays the script of the request and says that it came to its end', async () => {
    await using engine = createScriptedEngine({
      model: 'double',
      reply: ({ maxTokens }) => words(maxTokens - 97),
    });
    expect(await Array.fromAsync(engine.generate(request))).toEqual([
      [
        { type: 'prompt', promptTokens: 7 },
        { type: 'token', text: ' w0' },
        { type: 'token', text: ' w1' },
        { type: 'token', text: ' w2' },
        { type: 'end', reason: 'stop', completionTokens: 3 },
      ],
    ]);
  });

  test('keeps the set speed', async () => {
    await using engine = createScriptedEngine({
      model: 'double',
      reply: () => words(20),
      tokensPerSecond: 200,
    });
    const start = performance.now();
    await Array.fromAsync(engine.generate(request));
    expect(performance.now() - start).toBeGreaterThan(90);
  });

  test('lets the event loop turn while it plays a long script at infinite speed', async () => {
    await using engine = createScriptedEngine({ model: 'double', reply: () => words(1000) });
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    for await (const events of engine.generate({ ...request, maxTokens: 1000 })) {
      if (turned && events.some(({ type }) => type === 'token')) return;
    }
    expect.unreachable('the event loop did not turn');
  });

  test('a crash fails every running generation with a retryable error, and the next request works', async () => {
    await using engine = createScriptedEngine({
      model: 'double',
      reply: () => words(50),
      tokensPerSecond: 1000,
      failure: (_, index) => (index === 1 ? { type: 'crash', afterTokens: 5 } : undefined),
    });
    const [bystander, crashing] = await Promise.all([outcome(engine), outcome(engine)]);
    expect(crashing.tokens).toBe(5);
    for (const { error } of [bystander, crashing]) {
      expect(error).toMatchObject({ code: 'TGL_ENGINE_CRASHED', retryable: true });
    }
    expect(engine.load()).toEqual({ active: 0, waiting: 0 });
    expect(await outcome(engine)).toEqual({ tokens: 50, error: undefined });
  });

  test('a refusal tells when to come back', async () => {
    await using engine = createScriptedEngine({
      model: 'double',
      reply: () => words(5),
      failure: () => ({ type: 'refuse', retryAfterMs: 250 }),
    });
    const { error } = await outcome(engine);
    expect(error).toMatchObject({ code: 'TGL_ENGINE_UNAVAILABLE', details: { retryAfterMs: 250 } });
  });

  test('a hang lasts until the request is aborted', async () => {
    await using engine = createScriptedEngine({
      model: 'double',
      reply: () => words(5),
      failure: () => ({ type: 'hang', afterTokens: 2 }),
    });
    const { tokens, error } = await outcome(engine, AbortSignal.timeout(30));
    expect(tokens).toBe(2);
    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(engine.load().active).toBe(0);
  });
});

async function outcome(engine: Engine, signal?: AbortSignal): Promise<{ tokens: number; error: unknown }> {
  let tokens = 0;
  const count = (event: EngineEvent): void => {
    if (event.type === 'token') tokens++;
  };
  try {
    for await (const events of engine.generate(request, signal)) events.forEach(count);
    return { tokens, error: undefined };
  } catch (error) {
    return { tokens, error };
  }
}
