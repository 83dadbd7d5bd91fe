import { expect, test } from 'vitest';
import { systemClock } from '../base/index.ts';
import { engineContract } from './contract.ts';
import type { Engine, GenerateRequest } from './engine.ts';
import { createEnginePool } from './engine-pool.ts';
import { createPooledEngine } from './pooled-engine.ts';
import { createScriptedEngine } from './scripted/scripted-engine.ts';

const words = Array.from({ length: 1000 }, (_, index) => ` w${index}`);
const prompt = [{ text: '<|user|>hello<|assistant|>', special: true }];
const request: GenerateRequest = { prompt, maxTokens: 5, sampling: { temperature: 0, topP: 1 } };

type Pooled = { readonly engine: Engine; readonly starts: () => number };

function open(idleMs: number): Pooled {
  const scripted = (): Engine =>
    createScriptedEngine({ model: 'm', reply: () => words, slots: 2, maxBatchEvents: 3 });
  let starts = 0;
  const start = async (): Promise<Engine> => {
    starts++;
    return scripted();
  };
  const pool = createEnginePool({
    key: (name: string) => name,
    start,
    bytes: () => 1,
    idleMs,
    clock: systemClock,
  });
  const { runtimeBuild, capabilities } = scripted();
  const engine = createPooledEngine({ pool, model: 'm', name: 'm', runtimeBuild, capabilities });
  return { engine, starts: () => starts };
}

engineContract('pooled', async () => ({
  engine: open(60_000).engine,
  prompt,
  tooLongPrompt: [{ text: 'x'.repeat(20_000), special: false }],
}));

test('loads with the first request, again after it was unloaded, and is ready all the while', async () => {
  const { engine, starts } = open(10);
  expect([starts(), engine.state(), engine.load()]).toEqual([0, 'ready', { active: 0, waiting: 0 }]);
  await Promise.all([Array.fromAsync(engine.generate(request)), Array.fromAsync(engine.generate(request))]);
  expect(starts()).toBe(1);
  await expect
    .poll(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await Array.fromAsync(engine.generate(request));
      return starts();
    })
    .toBeGreaterThan(1);
});

test('is unloaded after an abort, though nobody reads on', async () => {
  const { engine, starts } = open(5);
  const stop = new AbortController();
  const abandoned = engine.generate({ ...request, maxTokens: 900 }, stop.signal)[Symbol.asyncIterator]();
  await abandoned.next();
  stop.abort();
  await new Promise((resolve) => setTimeout(resolve, 30));
  await Array.fromAsync(engine.generate(request));
  expect(starts()).toBe(2);
});

test('a request that waits for the start is counted as waiting and may give up', async () => {
  const never = new Promise<Engine>(() => {});
  const pool = createEnginePool({ key: String, start: () => never, bytes: () => 1, clock: systemClock });
  const { runtimeBuild, capabilities } = createScriptedEngine({ model: 'm', reply: () => words });
  const engine = createPooledEngine({ pool, model: 'm', name: 'm', runtimeBuild, capabilities });
  const stop = new AbortController();
  const waiting = Array.fromAsync(engine.generate(request, stop.signal));
  await expect.poll(() => engine.load()).toEqual({ active: 0, waiting: 1 });
  stop.abort(new Error('client left'));
  await expect(waiting).rejects.toThrow('client left');
  expect(engine.load()).toEqual({ active: 0, waiting: 0 });
});
