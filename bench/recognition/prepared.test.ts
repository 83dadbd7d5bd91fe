// Who has answers ready is found by what nobody could prepare, and only by that.
import { expect, test } from 'vitest';
import { assessPrepared, type PreparedServer } from './prepared.ts';

const seeds = [1, 2, 3];

function foundAfter(server: PreparedServer): Promise<readonly (number | null)[]> {
  return Promise.all(seeds.map((seed) => assessPrepared(seed, server)));
}

test.each([0.2, 0.5])(
  'a server with answers to published problems, whose own model solves %d, fails within 140 questions',
  async (solves) => {
    for (const after of await foundAfter({ solves, hasPrepared: true, seeds: 'drawn' })) {
      expect(after).not.toBeNull();
      expect(after).toBeLessThanOrEqual(140);
    }
  },
);

test('by problems that are published it would not be found', async () => {
  expect(await foundAfter({ solves: 0.2, hasPrepared: true, seeds: 'published' })).toEqual([
    null,
    null,
    null,
  ]);
});

test('a server that has prepared nothing passes', async () => {
  expect(await foundAfter({ solves: 0.9, hasPrepared: false, seeds: 'drawn' })).toEqual([null, null, null]);
});
