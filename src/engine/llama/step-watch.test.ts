import { expect, test } from 'vitest';
import { createStepWatch } from './step-watch.ts';

test('counts heartbeats of one step, and begins anew with the next one', () => {
  const { answered } = createStepWatch(5);
  const told = [3, 3, 3, 4, 4].map((steps) => answered({ steps, working: true }));
  expect(told).toEqual([0, 5, 10, 0, 5]);
});

test('who has nothing to do is in no step', () => {
  const { answered } = createStepWatch(5);
  answered({ steps: 3, working: true });
  expect(answered({ steps: 3, working: false })).toBe(0);
  expect(answered({ steps: 3, working: true })).toBe(5);
});
