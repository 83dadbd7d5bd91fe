import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createOutputBuffers } from './output-buffers.ts';

/** A response of which so many bytes wait to be read. */
function responseWith(writableLength: number): ServerResponse {
  return Object.assign(new EventEmitter(), { writableLength, socket: null }) as unknown as ServerResponse;
}

const kilobytes = 1024;

test('one reply may be kept up to its limit, all together up to theirs, and what is read in time costs nothing', () => {
  const buffers = createOutputBuffers({ replyBytes: 1000 * kilobytes, allBytes: 1500 * kilobytes });
  const [first, second] = [responseWith(900 * kilobytes), responseWith(700 * kilobytes)];
  expect(buffers.mayAdd(first, 900 * kilobytes)).toBe(true);
  expect(buffers.mayAdd(first, 1000 * kilobytes)).toBe(false);
  expect(buffers.mayAdd(second, 700 * kilobytes)).toBe(false);
  expect(buffers.mayAdd(second, 60 * kilobytes)).toBe(true);
  first.emit('close');
  expect(buffers.mayAdd(second, 700 * kilobytes)).toBe(true);
});
