import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forEachConcurrently } from './for-each-concurrently.ts';

test('every item is worked on once, never more than the limit at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      async (items, limit) => {
        const done: number[] = [];
        let running = 0;
        await forEachConcurrently(items, limit, async (turns, index) => {
          expect(++running).toBeLessThanOrEqual(limit);
          for (let turn = 0; turn < turns; turn++) await null;
          running--;
          done.push(index);
        });
        expect(done.sort((one, other) => one - other)).toEqual([...items.keys()]);
      },
    ),
  );
});

test('a failure is thrown after what runs has ended, and nothing further begins', async () => {
  const begun: number[] = [];
  let ended = 0;
  const work = forEachConcurrently([0, 1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 0) throw new Error('first');
    await setTimeout(5);
    ended++;
  });
  await expect(work).rejects.toThrow('first');
  expect(begun).toEqual([0, 1]);
  expect(ended).toBe(1);
});
