import { expect, test } from 'vitest';
import { createSharedState } from './shared-state.ts';
import { createStepLoop } from './step-loop.ts';

/** Steps that are broken off where the flag is up in the middle of them. */
function runSteps(whole: number, inTheMiddle: (speaking: ReturnType<typeof createSharedState>) => void) {
  const state = createSharedState();
  const speaking = createSharedState(state.memory);
  const order: string[] = [];
  let done = 0;
  const loop = createStepLoop({
    state,
    readMessages: () => order.push('read'),
    step: () => {
      if (done === whole) return false;
      inTheMiddle(speaking);
      if (state.abortFlag[0] === 0) done++;
      order.push(state.abortFlag[0] === 0 ? 'done' : 'broken off');
      return true;
    },
    flush: () => order.push('flush'),
  });
  loop.run();
  return { order, progress: speaking.progress() };
}

test('reads messages, makes a step and gives away what came of it, until there is nothing left', () => {
  const { order, progress } = runSteps(2, () => {});
  expect(order).toEqual(['read', 'done', 'flush', 'read', 'done', 'flush', 'read', 'flush']);
  expect(progress).toEqual({ steps: 3, working: false });
});

test('clients that leave in the middle of every step break off every other one, and no more', () => {
  const { order } = runSteps(50, (speaking) => speaking.interrupt());
  const steps = order.filter((event) => event === 'done' || event === 'broken off');
  expect(steps).toEqual(Array.from({ length: 50 }, () => ['broken off', 'done']).flat());
});

test('a message that comes while it runs does not start it a second time', () => {
  let depth = 0;
  let runs = 0;
  const state = createSharedState();
  const loop = createStepLoop({
    state,
    readMessages: () => {
      depth++;
      expect(depth).toBe(1);
      loop.run();
      depth--;
    },
    step: () => ++runs < 3,
    flush: () => {},
  });
  loop.run();
  expect(runs).toBe(3);
});
