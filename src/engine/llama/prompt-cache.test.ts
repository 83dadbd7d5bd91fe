import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPromptCache, type PromptCache } from './prompt-cache.ts';

const numbers = (length: number, first = 1): readonly number[] =>
  Array.from({ length }, (_, index) => first + index);

/** A context of one-byte tokens: a sequence holds so many, and what is stored remembers which sequence it was of. */
function fakeContext(bytesOf: () => number) {
  const stored = new Map<bigint, number>();
  const freed: bigint[] = [];
  let addresses = 0n;
  return {
    freed,
    restored: [] as string[],
    context: {
      storedBytes: bytesOf,
      store: (sequence: number, room: bigint) => stored.set(room, sequence) !== undefined,
      restore: (_: number, room: bigint) => stored.has(room) && !freed.includes(room),
    },
    allocate: (bytes: number) => {
      const address = ++addresses;
      return { address, bytes, [Symbol.dispose]: () => void freed.push(address) };
    },
  };
}

const lengthIn = (cache: PromptCache, prompt: readonly number[], scope: string | null): number =>
  cache.longest(prompt, scope)?.length ?? 0;

describe('createPromptCache', () => {
  test('gives the longest beginning of the same cache scope, but never the last token of a prompt', () => {
    const { context, allocate } = fakeContext(() => 10);
    const cache = createPromptCache(context, 100, allocate);
    cache.put(0, numbers(100), 'a');
    cache.put(1, [...numbers(80), ...numbers(50, 900)], 'a');
    expect(lengthIn(cache, numbers(200), 'a')).toBe(100);
    expect(lengthIn(cache, numbers(100), 'a')).toBe(99);
    expect(lengthIn(cache, [...numbers(80), ...numbers(20, 900)], 'a')).toBe(99);
    expect(lengthIn(cache, numbers(200), 'b')).toBe(0);
    expect(lengthIn(cache, numbers(200), null)).toBe(0);
    expect(cache.longest(numbers(200), 'a')?.restore(3)).toBe(true);
  });

  test('stores nothing that is short, larger than all there is, or there already', () => {
    let bytes = 10;
    const { context, allocate } = fakeContext(() => bytes);
    const cache = createPromptCache(context, 100, allocate);
    cache.put(0, numbers(63), 'a');
    expect(cache.bytes()).toBe(0);
    cache.put(0, numbers(100), 'a');
    cache.put(0, numbers(80), 'a');
    expect(cache.bytes()).toBe(10);
    bytes = 101;
    cache.put(0, numbers(300), 'a');
    expect(lengthIn(cache, numbers(400), 'a')).toBe(100);
  });

  test('a longer one of the same scope takes the place of its beginning', () => {
    const { context, allocate, freed } = fakeContext(() => 10);
    const cache = createPromptCache(context, 100, allocate);
    cache.put(0, numbers(100), 'a');
    cache.put(0, numbers(100), 'b');
    cache.put(0, numbers(150), 'a');
    expect(freed).toEqual([1n]);
    expect(cache.bytes()).toBe(20);
  });

  test('what was used longest ago goes first', () => {
    const { context, allocate } = fakeContext(() => 10);
    const cache = createPromptCache(context, 30, allocate);
    for (const [index, scope] of ['a', 'b', 'c'].entries()) cache.put(index, numbers(100), scope);
    cache.longest(numbers(200), 'a')?.restore(0);
    cache.put(0, numbers(100), 'd');
    expect(['a', 'b', 'c', 'd'].map((scope) => lengthIn(cache, numbers(200), scope))).toEqual([
      100, 0, 100, 100,
    ]);
  });

  test('keeps to its budget, and gives back all that it drops', () => {
    const put = fc.record({
      scope: fc.constantFrom('a', 'b'),
      length: fc.integer({ min: 60, max: 400 }),
      first: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(put, { maxLength: 40 }), fc.integer({ min: 0, max: 1500 }), (puts, budget) => {
        let bytes = 0;
        const { context, allocate, freed } = fakeContext(() => bytes);
        let allocated = 0;
        const cache = createPromptCache(context, budget, (size) => {
          allocated += size;
          const block = allocate(size);
          return {
            ...block,
            [Symbol.dispose]: () => {
              allocated -= size;
              block[Symbol.dispose]();
            },
          };
        });
        for (const { scope, length, first } of puts) {
          bytes = length;
          cache.put(0, numbers(length, first), scope);
          expect(cache.bytes()).toBeLessThanOrEqual(budget);
          expect(allocated).toBe(cache.bytes());
        }
        expect(new Set(freed).size).toBe(freed.length);
      }),
    );
  });
});
