// A whole answer, and how long its last bytes are waited for.
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hangUpOnStall, sendJson } from './send-json.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** A response of which so many bytes have not left; null where it has no connection yet. */
function responseWith(waiting: number | null) {
  const calls: unknown[] = [];
  const response = Object.assign(new EventEmitter(), {
    socket: waiting === null ? null : { writableLength: waiting },
    writeHead: (...head: unknown[]) => calls.push(head),
    end: (text: string) => calls.push(text),
    destroy: () => calls.push('hung up'),
  });
  return { calls, response: response as unknown as ServerResponse };
}

test('an answer says its type and how many bytes it has', () => {
  const { calls, response } = responseWith(0);
  sendJson(response, 404, ['x-request-id', 'req_1'], { ä: 1 }, 1000);
  expect(calls).toEqual([
    [404, ['x-request-id', 'req_1', 'content-type', 'application/json', 'content-length', '8']],
    '{"ä":1}',
  ]);
});

test.each([
  ['whose bytes have left', 0],
  ['that has no connection yet', null],
])('a client %s is not waited for', (_, waiting) => {
  hangUpOnStall(responseWith(waiting).response, 1000);
  expect(vi.getTimerCount()).toBe(0);
});

test('a client that does not take its last bytes is hung up on, and one that does is not', () => {
  const slow = responseWith(1);
  hangUpOnStall(slow.response, 1000);
  vi.advanceTimersByTime(999);
  expect(slow.calls).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(slow.calls).toEqual(['hung up']);
  const prompt = responseWith(1);
  hangUpOnStall(prompt.response, 1000);
  prompt.response.emit('close');
  vi.advanceTimersByTime(1000);
  expect([prompt.calls, vi.getTimerCount()]).toEqual([[], 0]);
});
