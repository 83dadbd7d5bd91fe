// Whose thinking can be ended from outside, by whom, and for how long.
import { expect, test } from 'vitest';
import { createRunningRequests } from './running-requests.ts';

test('thinking is ended for the account that it belongs to, while the request runs, where its engine can', () => {
  const requests = createRunningRequests();
  const running = requests.begin('1_a', 'acc', true);
  const unable = requests.begin('2_a', 'acc', false);
  expect(requests.endThinking('1_a', 'other')).toBe('unknown');
  expect(requests.endThinking('1_b', 'acc')).toBe('unknown');
  expect(requests.endThinking('2_a', 'acc')).toBe('unable');
  expect([running, unable].map(({ endThinking }) => endThinking.aborted)).toEqual([false, false]);
  expect(requests.endThinking('1_a', 'acc')).toBe('told');
  expect([running, unable].map(({ endThinking }) => endThinking.aborted)).toEqual([true, false]);
  running[Symbol.dispose]();
  expect(requests.endThinking('1_a', 'acc')).toBe('unknown');
});
