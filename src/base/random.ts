// Seeded random numbers: xoshiro128** (Blackman and Vigna 2018) seeded by splitmix32. Good for data, sampling and
// tests; never for keys. Streams are named by (seed, ...path), so that the value at an index needs no predecessor.
import { createHmac, randomBytes } from 'node:crypto';

export type Random = {
  /** Uniform in [0, 1) with 32 bits of resolution. */
  readonly next: () => number;
  /** Uniform integer in [low, high], both included. */
  readonly integer: (low: number, high: number) => number;
  /** One element, uniformly. */
  readonly pick: <Item>(items: readonly Item[]) => Item;
  /** A new array with the same elements in random order (Fisher–Yates). */
  readonly shuffle: <Item>(items: readonly Item[]) => Item[];
};

/**
 * The random stream that belongs to a seed and a path of indices.
 *
 * @example
 * import { seededRandom } from './src/base/index.ts';
 * seededRandom(1, 7).integer(1, 6) === seededRandom(1, 7).integer(1, 6); // → true
 */
export function seededRandom(seed: number, ...path: readonly number[]): Random {
  let hash = 0x9e3779b9;
  for (const part of [seed, ...path]) {
    hash = mix(hash ^ mix(part >>> 0));
    hash = mix((hash + Math.floor(part / 2 ** 32)) >>> 0);
  }
  return randomFromState(splitmix(hash));
}

/**
 * The stream that belongs to a secret and a label. Whoever sees what is drawn under some labels, and does not know the secret,
 * cannot tell what is drawn under another one: its state is an HMAC of the label. Within one label it is as predictable as any.
 *
 * @param secret 16 bytes or more that nobody else knows
 */
export function keyedRandom(secret: Uint8Array, label: string): Random {
  const digest = createHmac('sha256', secret).update(label).digest();
  return randomFromState(Uint32Array.from({ length: 4 }, (_, word) => digest.readUInt32LE(4 * word)));
}

/**
 * The first draw that is not undefined; undefined after `most` of them. Whatever waits for luck waits here, so that
 * nothing waits for ever.
 *
 * @example
 * import { firstAccepted, seededRandom } from './src/base/index.ts';
 * const die = seededRandom(1);
 * firstAccepted(100, () => (die.integer(1, 6) === 7 ? 7 : undefined)); // → undefined
 */
export function firstAccepted<Value>(
  most: number,
  draw: (attempt: number) => Value | undefined,
): Value | undefined {
  for (let attempt = 0; attempt < most; attempt++) {
    const value = draw(attempt);
    if (value !== undefined) return value;
  }
  return undefined;
}

function randomFromState(state: Uint32Array): Random {
  const next = (): number => nextWord(state) / 2 ** 32;
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    integer,
    pick: (items) => {
      if (items.length === 0) throw new TypeError('pick: there is nothing to pick from');
      return items[integer(0, items.length - 1)] as (typeof items)[number];
    },
    shuffle: (items) => {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = integer(0, last);
        const held = shuffled[last] as (typeof items)[number];
        shuffled[last] = shuffled[other] as (typeof items)[number];
        shuffled[other] = held;
      }
      return shuffled;
    },
  };
}

function nextWord(s: Uint32Array): number {
  const [s0, s1, s2, s3] = s as unknown as [number, number, number, number];
  const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
  const t = s1 << 9;
  const x2 = s2 ^ s0;
  const x3 = s3 ^ s1;
  s[1] = s1 ^ x2;
  s[0] = s0 ^ x3;
  s[2] = x2 ^ t;
  s[3] = rotateLeft(x3, 11);
  return result;
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function mix(word: number): number {
  let z = word >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

function splitmix(seed: number): Uint32Array {
  const state = new Uint32Array(4);
  for (let word = 0; word < 4; word++) state[word] = mix((seed + Math.imul(word + 1, 0x9e3779b9)) >>> 0);
  return state;
}

/** Bytes that nobody can predict, for keys and identifiers; injected where a test needs fixed ones. */
export type Entropy = (length: number) => Uint8Array;

export const systemEntropy: Entropy = (length) => randomBytes(length);
