import { expect, test } from 'vitest';
import type { LlamaEngine } from '../../src/engine/index.ts';
import { measureAborts } from './waits.ts';

/** Reads prompts until it is told to stop, or has read them at once. */
function fakeEngine(isFast: (requests: number) => boolean) {
  const scopes: (string | undefined)[] = [];
  let active = 0;
  const engine = {
    capabilities: { contextLength: 512 },
    load: () => ({ active }),
    generate: async function* ({ cacheScope }: { readonly cacheScope?: string }, signal?: AbortSignal) {
      scopes.push(cacheScope);
      const isRead = signal === undefined || isFast(scopes.length);
      active = 1;
      yield [{ type: 'prompt' }];
      const stopped = new Promise((resolve) => signal?.addEventListener('abort', resolve));
      if (!isRead) await stopped;
      active = 0;
      yield [{ type: 'token' }];
    },
  };
  return { engine: engine as unknown as LlamaEngine, scopes };
}

test('aborts of a prompt go on from where the last one came, and each is told', async () => {
  const { engine, scopes } = fakeEngine(() => false);
  const told: number[] = [];
  const aborts = await measureAborts(engine, Number.POSITIVE_INFINITY, ({ length }) => told.push(length));
  expect(aborts).toHaveLength(20);
  expect(told).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(new Set(scopes.slice(2))).toEqual(new Set(['aborts 0']));
});

test('a prompt that has been read is followed by another one', async () => {
  const { engine, scopes } = fakeEngine((requests) => requests === 6);
  expect(await measureAborts(engine, Number.POSITIVE_INFINITY, () => {})).toHaveLength(20);
  expect(new Set(scopes.slice(2))).toEqual(new Set(['aborts 0', 'aborts 1']));
});

test('an engine that has read every prompt is not asked for ever, nor is anything begun behind the time', async () => {
  const { engine, scopes } = fakeEngine(() => true);
  expect(await measureAborts(engine, Number.POSITIVE_INFINITY, () => {})).toEqual([]);
  expect(scopes).toHaveLength(42);
  expect(await measureAborts(engine, Number.NEGATIVE_INFINITY, () => {})).toEqual([]);
});
