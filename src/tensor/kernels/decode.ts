// Attention for decoding: one new row per sequence against a cache of keys and values. A sequence owns a slot of the
// cache; the rows of a call may belong to any slots, so a finished sequence is dropped by leaving its slot out.
//
// Keys lie in panels of 16 positions, [slots, keyValueHeads, capacity / 16, headWidth, 16], so that a query meets 16 of
// them at a time without sums across lanes; values lie as [slots, keyValueHeads, capacity, headWidth]. The capacity is a
// multiple of 16. Every sum runs in the order of `attention`, so that a row has the bits it has in a whole sequence.
import { softmaxRow } from './softmax';
import { multiplyAdd } from './vector';

/** Positions of a panel of keys. */
const PANEL: i32 = 16;

/** Copies the keys and values of every row of qkv to its slot and position. slots, positions [rows] as i32. */
export function appendKeyValues(
  qkv: usize, keys: usize, values: usize, slots: usize, positions: usize, rows: i32, capacity: i32, heads: i32,
  keyValueHeads: i32, headWidth: i32,
): void {
  const stride = bytes((heads + 2 * keyValueHeads) * headWidth);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const slot = load<i32>(slots + (row << 2)), position = load<i32>(positions + (row << 2));
    for (let head = 0; head < keyValueHeads; head++) {
      const cache = bytes((slot * keyValueHeads + head) * capacity * headWidth);
      const key = qkv + row * stride + bytes((heads + head) * headWidth);
      const value = key + bytes(keyValueHeads * headWidth);
      const panel = keys + cache + bytes((position & ~(PANEL - 1)) * headWidth + (position & (PANEL - 1)));
      for (let i = 0; i < headWidth; i++) store<f32>(panel + bytes(i * PANEL), load<f32>(key + bytes(i)));
      const target = values + cache + bytes(position * headWidth);
      for (let i: usize = 0; i < bytes(headWidth); i += 16) v128.store(target + i, v128.load(value + i));
    }
  }
}

/** output[r] = attention of the queries of row r over positions 0 … positions[r] of its slot; `spare` [capacity]. */
export function decodeAttention(
  qkv: usize, keys: usize, values: usize, output: usize, slots: usize, positions: usize, rows: i32, capacity: i32,
  heads: i32, keyValueHeads: i32, headWidth: i32, spare: usize,
): void {
  const stride = bytes((heads + 2 * keyValueHeads) * headWidth);
  const group = heads / keyValueHeads;
  const scale = f32x4.splat(1 / Mathf.sqrt(<f32>headWidth));
  for (let row: usize = 0; row < <usize>rows; row++) {
    const slot = load<i32>(slots + (row << 2)), count = load<i32>(positions + (row << 2)) + 1;
    for (let head = 0; head < heads; head++) {
      const cache = bytes((slot * keyValueHeads + head / group) * capacity * headWidth);
      const query = qkv + row * stride + bytes(head * headWidth);
      for (let k = 0; k < count; k += PANEL) {
        scorePanel(query, keys + cache + bytes(k * headWidth), headWidth, spare + bytes(k));
      }
      softmaxRow(spare, count, scale);
      mixValues(spare, values + cache, count, headWidth, output + bytes((<i32>row * heads + head) * headWidth));
    }
  }
}

/** scores[16] = query · panel, panel [headWidth, 16]. */
function scorePanel(query: usize, panel: usize, headWidth: i32, scores: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (const end = query + bytes(headWidth); query < end; query += 4) {
    const q = v128.load_splat<f32>(query);
    s0 = multiplyAdd(q, v128.load(panel), s0), s1 = multiplyAdd(q, v128.load(panel, 16), s1);
    s2 = multiplyAdd(q, v128.load(panel, 32), s2), s3 = multiplyAdd(q, v128.load(panel, 48), s3);
    panel += 64;
  }
  v128.store(scores, s0);
  v128.store(scores, s1, 16);
  v128.store(scores, s2, 32);
  v128.store(scores, s3, 48);
}

/** target[headWidth] = probabilities[count] · values [count, headWidth], 32 columns at a time and then 8. */
function mixValues(probabilities: usize, values: usize, count: i32, headWidth: i32, target: usize): void {
  const width = bytes(headWidth), end = probabilities + bytes(count);
  let column: usize = 0;
  for (; column + 128 <= width; column += 128) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    let value = values + column;
    for (let at = probabilities; at < end; at += 4) {
      const p = v128.load_splat<f32>(at);
      s0 = multiplyAdd(p, v128.load(value), s0), s1 = multiplyAdd(p, v128.load(value, 16), s1);
      s2 = multiplyAdd(p, v128.load(value, 32), s2), s3 = multiplyAdd(p, v128.load(value, 48), s3);
      s4 = multiplyAdd(p, v128.load(value, 64), s4), s5 = multiplyAdd(p, v128.load(value, 80), s5);
      s6 = multiplyAdd(p, v128.load(value, 96), s6), s7 = multiplyAdd(p, v128.load(value, 112), s7);
      value += width;
    }
    v128.store(target + column, s0);
    v128.store(target + column, s1, 16);
    v128.store(target + column, s2, 32);
    v128.store(target + column, s3, 48);
    v128.store(target + column, s4, 64);
    v128.store(target + column, s5, 80);
    v128.store(target + column, s6, 96);
    v128.store(target + column, s7, 112);
  }
  for (; column < width; column += 32) {
    let s0 = f32x4.splat(0), s1 = s0;
    let value = values + column;
    for (let at = probabilities; at < end; at += 4) {
      const p = v128.load_splat<f32>(at);
      s0 = multiplyAdd(p, v128.load(value), s0), s1 = multiplyAdd(p, v128.load(value, 16), s1);
      value += width;
    }
    v128.store(target + column, s0);
    v128.store(target + column, s1, 16);
  }
}

// @ts-ignore: decorator
@inline
function bytes(floats: i32): usize {
  return <usize>floats << 2;
}
