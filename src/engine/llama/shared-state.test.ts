import { expect, test } from 'vitest';
import { createSharedState } from './shared-state.ts';

test('the flag goes up only while a step that may be broken off is under way, and is down when one begins', () => {
  const computing = createSharedState();
  const speaking = createSharedState(computing.memory);
  const isUp = (): boolean => computing.abortFlag[0] === 1;
  speaking.interrupt();
  expect(isUp()).toBe(false);
  computing.beginStep(true);
  speaking.interrupt();
  expect(isUp()).toBe(true);
  expect(computing.abortFlag[1]).toBe(0);
  computing.endStep();
  computing.beginStep(false);
  speaking.interrupt();
  expect(isUp()).toBe(false);
});

test('the other thread sees how many steps were made, and whether one is', () => {
  const computing = createSharedState();
  const speaking = createSharedState(computing.memory);
  computing.setWorking(true);
  for (let step = 0; step < 3; step++) {
    computing.beginStep(true);
    computing.endStep();
  }
  expect(speaking.progress()).toEqual({ steps: 3, working: true });
  computing.setWorking(false);
  expect(speaking.progress()).toEqual({ steps: 3, working: false });
});

test('a newcomer breaks off a step that says so, until the time that it says, and no other', () => {
  const computing = createSharedState();
  const speaking = createSharedState(computing.memory);
  const now = 1_796_000_000_000;
  const isUpAfter = (at: number): boolean => {
    computing.abortFlag[0] = 0;
    speaking.interruptForNewcomer(at);
    return computing.abortFlag[0] === 1;
  };
  computing.beginStep(true);
  expect(isUpAfter(now)).toBe(false);
  computing.mayYieldUntil(now + 50);
  expect([now, now + 49, now + 50, now + 2 ** 20].map(isUpAfter)).toEqual([true, true, false, false]);
  computing.endStep();
  computing.beginStep(true);
  expect(isUpAfter(now)).toBe(false);
  computing.beginStep(false);
  computing.mayYieldUntil(now + 50);
  expect(isUpAfter(now)).toBe(false);
});
