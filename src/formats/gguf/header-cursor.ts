// Reads a GGUF header forwards. Every length is held against the bytes that are left before anything is allocated or
// read, and every refusal names the byte and the part of the file it belongs to.
import { TiegelError } from '../../base/index.ts';
import type { ByteSource } from './byte-source.ts';

/** Most bytes of metadata and tensor descriptions together; the largest known vocabularies take about 20 MiB. */
const headerLimit = 64 * 2 ** 20;
const windowLength = 64 * 2 ** 10;

export type HeaderCursor = {
  /** The next byte to be read. */
  readonly position: () => number;
  /** Names the part that is read from here on, for messages. */
  readonly enter: (part: string) => void;
  readonly fail: (problem: string, offset?: number) => TiegelError;
  readonly uint32: () => number;
  /** @throws TGL_GGUF_INVALID above `limit`, which is a safe integer. */
  readonly uint64: (what: string, limit: number) => number;
  /** Length as uint64, then UTF-8. */
  readonly string: (what: string, limit: number) => string;
  /** Refuses a count of things of which the rest of the file cannot hold so many. */
  readonly requireRoom: (what: string, count: number, bytesEach: number) => void;
  /** Fills the array with the next bytes. */
  readonly bytes: (target: Uint8Array) => void;
};

export function headerCursor(source: ByteSource): HeaderCursor {
  const end = Math.min(source.size, headerLimit);
  let window = Buffer.alloc(0);
  let windowStart = 0;
  let position = 0;
  let part = 'header';

  const fail = (problem: string, offset = position): TiegelError =>
    new TiegelError('TGL_GGUF_INVALID', { problem, offset, where: part });

  const requireRoom = (what: string, count: number, bytesEach: number): void => {
    if (count * bytesEach <= end - position) return;
    const holder =
      end < source.size ? `header of at most ${headerLimit} bytes` : `file of ${source.size} bytes`;
    throw fail(`${what} needs ${count * bytesEach} bytes where the ${holder} has ${end - position} left`);
  };

  /** Index in the window of the next `count` bytes, which are now read. */
  const take = (what: string, count: number): number => {
    requireRoom(what, count, 1);
    if (position + count > windowStart + window.length) {
      window = Buffer.alloc(Math.min(Math.max(count, windowLength), end - position));
      windowStart = position;
      if (source.read(window, windowStart) < window.length)
        throw fail('the file became shorter while being read');
    }
    position += count;
    return position - count - windowStart;
  };

  const uint64 = (what: string, limit: number): number => {
    const start = take(what, 8);
    const value = window.readUInt32LE(start) + window.readUInt32LE(start + 4) * 2 ** 32;
    if (value <= limit) return value;
    throw fail(`${what} is ${window.readBigUInt64LE(start)}; at most ${limit} is allowed`, position - 8);
  };

  return {
    position: () => position,
    enter: (name) => {
      part = name;
    },
    fail,
    requireRoom,
    uint32: () => {
      const start = take('a 32-bit number', 4);
      return window.readUInt32LE(start);
    },
    uint64,
    string: (what, limit) => {
      const length = uint64(`the length of ${what}`, limit);
      const start = take(what, length);
      const text = window.toString('utf8', start, start + length);
      // U+FFFD appears where bytes are not UTF-8, but may also have been written.
      if (text.includes('\uFFFD') && Buffer.byteLength(text) !== length) {
        throw fail(`${what} is not valid UTF-8`, position - length);
      }
      return text;
    },
    bytes: (target) => {
      requireRoom('an array', target.length, 1);
      if (source.read(target, position) < target.length)
        throw fail('the file became shorter while being read');
      position += target.length;
    },
  };
}
