import { expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { createPrefillPace, estimatedChunk, measureChunk, mostTokens } from './prefill-chunk.ts';

test('before it runs, a larger model is taken to read prompts in smaller steps, within bounds', () => {
  expect(estimatedChunk(3e6, 1)).toBe(64);
  expect(estimatedChunk(0.5e9, 2)).toBe(16);
  expect(estimatedChunk(1.1e9, 2)).toBe(8);
  expect(estimatedChunk(40e9, 2)).toBe(8);
});

/** A runtime of a fixed speed; `disturbed` steps take a second longer. */
async function measured(msPerToken: number, most = 64, disturbed: readonly number[] = []): Promise<number> {
  const clock = manualClock();
  let steps = 0;
  const read = async (tokens: number): Promise<void> => {
    clock.advance(msPerToken * tokens + (disturbed.includes(steps++) ? 1000 : 0));
  };
  return await measureChunk(read, most, clock);
}

test('the chunk is the largest that is read in time, within bounds', async () => {
  expect(await measured(1000)).toBe(8);
  expect(await measured(20)).toBe(8);
  expect(await measured(10)).toBe(16);
  expect(await measured(0.1)).toBe(64);
  expect(await measured(0.1, mostTokens(4096, true))).toBe(128);
  expect(await measured(0.1, mostTokens(40, true))).toBe(32);
  expect(await measured(0.1, mostTokens(5, false))).toBe(5);
});

test('a step that something disturbed is measured once more', async () => {
  expect(await measured(10, 64, [1])).toBe(16);
});

test('the pace slows down as steps take longer, goes on where there is room, and never stops', () => {
  const pace = createPrefillPace(64, 64);
  pace.took(64, 100);
  expect(pace.chunk()).toBe(64);
  pace.took(64, 200);
  expect(pace.chunk()).toBe(32);
  pace.took(32, 120);
  expect(pace.chunk()).toBe(32);
  pace.took(32, 40);
  expect(pace.chunk()).toBe(64);
  for (let step = 0; step < 9; step++) pace.took(pace.chunk(), 1000);
  expect(pace.chunk()).toBe(4);
  pace.reset();
  expect(pace.chunk()).toBe(64);
});

test('a disturbed step of a model whose weights take most of the time is made up for', () => {
  const pace = createPrefillPace(8, 64);
  pace.took(8, 400);
  expect(pace.chunk()).toBe(4);
  pace.took(4, 95);
  expect(pace.chunk()).toBe(8);
  pace.took(8, 110);
  expect(pace.chunk()).toBe(8);
});

test('a last piece that was read fast says nothing about larger steps', () => {
  const pace = createPrefillPace(64, 64);
  pace.took(64, 200);
  pace.took(3, 5);
  expect(pace.chunk()).toBe(32);
});

test('a start that was disturbed is made up for by the first steps of a prompt', () => {
  const pace = createPrefillPace(16, 64);
  for (let step = 0; step < 3; step++) pace.took(pace.chunk(), 20);
  expect(pace.chunk()).toBe(64);
  pace.reset();
  expect(pace.chunk()).toBe(16);
});
