// Hashes of 32 bits: MurmurHash3's finaliser, which spreads what is already a hash, and HalfSipHash-2-4 (Aumasson and
// Bernstein 2012), the keyed one. What a sketch keeps was hashed under a key, so that nobody without it can try guesses.

/** Two words of 32 bits that nobody else knows. */
export type HashKey = readonly [number, number];

/** A bijection of 32-bit words, each bit of which depends on all bits of the word. */
export function spread(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** HalfSipHash-2-4 of a message of two words, as an unsigned word. */
export function keyedHash([k0, k1]: HashKey, first: number, second: number): number {
  const v = new Int32Array([k0, k1, 0x6c796765 ^ k0, 0x74656462 ^ k1]);
  absorb(v, first);
  absorb(v, second);
  // The last word of every message holds its length in bytes.
  absorb(v, 8 << 24);
  v[2] = v[2]! ^ 0xff;
  for (let round = 0; round < 4; round++) sipRound(v);
  return (v[1]! ^ v[3]!) >>> 0;
}

function absorb(v: Int32Array, word: number): void {
  v[3] = v[3]! ^ word;
  sipRound(v);
  sipRound(v);
  v[0] = v[0]! ^ word;
}

function sipRound(v: Int32Array): void {
  let [v0, v1, v2, v3] = v as unknown as [number, number, number, number];
  v0 = (v0 + v1) | 0;
  v1 = rotate(v1, 5) ^ v0;
  v0 = rotate(v0, 16);
  v2 = (v2 + v3) | 0;
  v3 = rotate(v3, 8) ^ v2;
  v0 = (v0 + v3) | 0;
  v3 = rotate(v3, 7) ^ v0;
  v2 = (v2 + v1) | 0;
  v1 = rotate(v1, 13) ^ v2;
  v[0] = v0;
  v[1] = v1;
  v[2] = rotate(v2, 16);
  v[3] = v3;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
