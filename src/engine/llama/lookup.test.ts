import { describe, expect, test } from 'vitest';
import { openBestLibrary } from './ffi/library.ts';
import { createLookupProposer } from './lookup.ts';
import { patience, writeTestModel } from './test-model.ts';
import { openTestRuntime, testCommand } from './test-runtime.ts';

describe('createLookupProposer', () => {
  test('proposes what followed the last tokens the last time', () => {
    const { propose } = createLookupProposer();
    expect(propose(0, [1, 2, 3, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3], 8)).toEqual([4, 5, 6, 7]);
    expect(propose(0, [1, 2, 3, 4, 1, 2, 3], 2)).toEqual([4, 1]);
  });

  test('proposes nothing where fewer tokens occur, and nothing for a short text', () => {
    const { propose } = createLookupProposer();
    expect(propose(0, [7, 2, 3, 4, 1, 2, 3], 8)).toEqual([]);
    for (const text of [[], [1], [1, 1], [1, 1, 1]]) expect(propose(0, text, 8)).toEqual([]);
    expect(propose(0, [1, 1, 1, 1], 8)).toEqual([1]);
  });

  test('wants a longer match after wrong proposals, and a shorter one after right ones, by sequence', () => {
    const { propose, judged, forget } = createLookupProposer();
    const text = [5, 1, 2, 3, 4, 6, 1, 2, 3];
    judged(0, 4, 0);
    expect(propose(0, text, 8)).toEqual([]);
    expect(propose(1, text, 8)).toEqual([4, 6, 1, 2]);
    judged(0, 1, 1);
    expect(propose(0, text, 8)).toEqual([4, 6]);
    judged(0, 2, 0);
    forget(0);
    expect(propose(0, text, 8)).toEqual([4, 6, 1, 2]);
  });
});

test('a text that repeats itself comes in fewer steps, and is the same text', { timeout: patience }, () => {
  using file = writeTestModel();
  const library = openBestLibrary('cpu');
  const write = (lookup: boolean): { readonly steps: number; readonly events: unknown } => {
    const runtime = openTestRuntime(library, {
      ...{ modelPath: file.path, lookup, unified: false, slots: 1 },
      ...{ contextLength: 256, batch: 24, promptCacheBytes: 0 },
    });
    runtime.scheduler.start(testCommand(0, 'three apples and ', { maxTokens: 120 }));
    let steps = 0;
    while (runtime.scheduler.step()) steps++;
    return { steps, events: runtime.events.get(0) };
  };
  const [plain, looked] = [write(false), write(true)];
  expect(looked.events).toEqual(plain.events);
  expect(looked.steps).toBeLessThan(plain.steps / 1.5);
});
