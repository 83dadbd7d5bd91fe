import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { systemClock, TiegelError } from '../base/index.ts';
import type { Engine } from './engine.ts';
import { createEnginePool, type EnginePool, type EnginePoolOptions } from './engine-pool.ts';
import { createScriptedEngine } from './scripted/scripted-engine.ts';

type Model = { readonly name: string; readonly bytes: number };
const small: Model = { name: 'small', bytes: 10 };
const other: Model = { name: 'other', bytes: 10 };
const large: Model = { name: 'large', bytes: 25 };

type Pool = { readonly pool: EnginePool<Model>; readonly events: string[] };

function open(changes: Partial<EnginePoolOptions<Model>> = {}): Pool {
  const events: string[] = [];
  const start = async ({ name }: Model): Promise<Engine> => {
    await pause(5);
    events.push(`start ${name}`);
    const engine = createScriptedEngine({ model: name, reply: () => ['x'] });
    const close = async (): Promise<void> => {
      events.push(`close ${name}`);
      await engine[Symbol.asyncDispose]();
    };
    return { ...engine, [Symbol.asyncDispose]: close };
  };
  const options = { start, key: ({ name }: Model) => name, bytes: ({ bytes }: Model) => bytes };
  return { pool: createEnginePool({ ...options, clock: systemClock, ...changes }), events };
}

/** Leases, gives back and lets some time pass, so that the order of use is clear. */
async function use(pool: EnginePool<Model>, model: Model): Promise<void> {
  (await pool.lease(model))[Symbol.dispose]();
  await pause(3);
}

describe('engine pool', () => {
  test('starts an engine once for all who ask at the same time', async () => {
    const { pool, events } = open();
    const leases = await Promise.all([pool.lease(small), pool.lease(small), pool.lease(small)]);
    expect(new Set(leases.map(({ engine }) => engine)).size).toBe(1);
    expect(pool.loaded()).toMatchObject([{ key: 'small', leases: 3 }]);
    await pool[Symbol.asyncDispose]();
    expect(events).toEqual(['start small', 'close small']);
  });

  test('closes an engine that was idle for long enough, and starts it again on demand', async () => {
    const { pool, events } = open({ idleMs: 20 });
    const first = await pool.lease(small);
    await pause(40);
    expect(events).toEqual(['start small']);
    first[Symbol.dispose]();
    await expect.poll(() => events).toEqual(['start small', 'close small']);
    await use(pool, small);
    expect(events.at(-1)).toBe('start small');
    await pool[Symbol.asyncDispose]();
  });

  test('an engine in use again in time is not closed', async () => {
    const { pool, events } = open({ idleMs: 30 });
    await use(pool, small);
    using lease = await pool.lease(small);
    await pause(60);
    expect(events).toEqual(['start small']);
    expect(lease.engine.state()).toBe('ready');
  });

  test('makes room by closing what was idle longest, before it starts the new one', async () => {
    const { pool, events } = open({ capacityBytes: 40 });
    await use(pool, small);
    await use(pool, other);
    await use(pool, small);
    await use(pool, large);
    expect(events).toEqual(['start small', 'start other', 'close other', 'start large']);
    expect(pool.loaded().map(({ key }) => key)).toEqual(['small', 'large']);
    await pool[Symbol.asyncDispose]();
  });

  test('refuses what would need the place of engines in use, and closes nothing for it', async () => {
    const { pool, events } = open({ capacityBytes: 30 });
    await use(pool, other);
    const lease = await pool.lease(small);
    await expect(pool.lease(large)).rejects.toMatchObject({
      code: 'TGL_ENGINE_NO_ROOM',
      details: { model: 'large', inUse: ['small'] },
    });
    expect(events).toEqual(['start other', 'start small']);
    lease[Symbol.dispose]();
    lease[Symbol.dispose]();
    await use(pool, large);
    expect(events.slice(2)).toEqual(['close other', 'close small', 'start large']);
    await pool[Symbol.asyncDispose]();
  });

  test('a start that fails is told to all who wait, and tried anew by the next', async () => {
    let attempts = 0;
    const reason = new TiegelError('TGL_ENGINE_START_FAILED', { model: 'small', reason: 'first time' });
    const { pool } = open({
      start: async () => {
        if (attempts++ === 0) throw reason;
        return createScriptedEngine({ model: 'small', reply: () => ['x'] });
      },
    });
    const both = await Promise.allSettled([pool.lease(small), pool.lease(small)]);
    expect(both.map((outcome) => outcome.status === 'rejected' && outcome.reason)).toEqual([reason, reason]);
    expect(pool.loaded()).toEqual([]);
    await use(pool, small);
    expect(attempts).toBe(2);
    await pool[Symbol.asyncDispose]();
  });

  test('who stops waiting leaves at once; the start goes on', async () => {
    const { pool, events } = open();
    const stop = new AbortController();
    const waiting = pool.lease(small, stop.signal);
    stop.abort(new Error('client left'));
    await expect(waiting).rejects.toThrow('client left');
    expect(pool.loaded()).toMatchObject([{ key: 'small', leases: 0 }]);
    await use(pool, small);
    expect(events).toEqual(['start small']);
    await pool[Symbol.asyncDispose]();
  });

  test('closing it closes engines that are being started, and refuses who comes later', async () => {
    const { pool, events } = open();
    const waiting = pool.lease(small);
    await Promise.all([
      pool[Symbol.asyncDispose](),
      expect(waiting).rejects.toMatchObject({ code: 'TGL_ENGINE_CLOSED' }),
    ]);
    expect(events).toEqual(['start small', 'close small']);
    await expect(pool.lease(small)).rejects.toMatchObject({ code: 'TGL_ENGINE_CLOSED' });
  });
});
