// Attention for decoding: one new row per sequence against a cache of keys and values. A sequence owns a slot of the
// cache; the rows of a call may belong to any slots, so a finished sequence is dropped by leaving its slot out.
import { exponential, laneMaximum, laneSum, multiplyAdd } from './vector';

/**
 * Copies the keys and values of every row of qkv to [slot, position] of the caches, each
 * [slots, capacity, keyValueHeads·headWidth]. slots, positions [rows] as i32.
 */
export function appendKeyValues(
  qkv: usize, keys: usize, values: usize, slots: usize, positions: usize, rows: i32, capacity: i32, heads: i32,
  keyValueHeads: i32, headWidth: i32,
): void {
  const width = <usize>(keyValueHeads * headWidth) << 2, queryWidth = <usize>(heads * headWidth) << 2;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const slot = <usize>load<i32>(slots + (row << 2)), position = <usize>load<i32>(positions + (row << 2));
    const target = (slot * <usize>capacity + position) * width;
    const source = qkv + row * (queryWidth + 2 * width) + queryWidth;
    memory.copy(keys + target, source, width);
    memory.copy(values + target, source + width, width);
  }
}

/**
 * output[r] = attention of the queries of row r over positions 0 … positions[r] of its slot. `spare` holds
 * capacity + 4 floats.
 */
export function decodeAttention(
  qkv: usize, keys: usize, values: usize, output: usize, slots: usize, positions: usize, rows: i32, capacity: i32,
  heads: i32, keyValueHeads: i32, headWidth: i32, spare: usize,
): void {
  const headBytes = <usize>headWidth << 2, width = <usize>keyValueHeads * headBytes;
  const stride = <usize>(heads + 2 * keyValueHeads) * headBytes;
  const group = heads / keyValueHeads;
  const scale: f32 = 1 / Mathf.sqrt(<f32>headWidth);
  for (let row: usize = 0; row < <usize>rows; row++) {
    const slot = <usize>load<i32>(slots + (row << 2));
    const count = <usize>load<i32>(positions + (row << 2)) + 1;
    const cache = slot * <usize>capacity * width;
    for (let head = 0; head < heads; head++) {
      const query = qkv + row * stride + <usize>head * headBytes;
      const column = <usize>(head / group) * headBytes;
      let key = keys + cache + column;
      for (let k: usize = 0; k < count; k++) {
        let products = f32x4.splat(0);
        for (let i: usize = 0; i < headBytes; i += 16) {
          products = multiplyAdd(v128.load(query + i), v128.load(key + i), products);
        }
        store<f32>(spare + (k << 2), laneSum(products) * scale);
        key += width;
      }
      const inverse = f32x4.splat(1 / softmaxNumerators(spare, count));
      const target = output + (row * <usize>heads + <usize>head) * headBytes;
      for (let i: usize = 0; i < headBytes; i += 16) {
        let sums = f32x4.splat(0), value = values + cache + column + i;
        for (let k: usize = 0; k < count; k++) {
          sums = multiplyAdd(v128.load_splat<f32>(spare + (k << 2)), v128.load(value), sums);
          value += width;
        }
        v128.store(target + i, f32x4.mul(sums, inverse));
      }
    }
  }
}

/** Replaces the scores by e^(score − maximum) and returns their sum. */
function softmaxNumerators(scores: usize, count: usize): f32 {
  const whole = ((count << 2) + 15) & ~15;
  for (let k = count << 2; k < whole; k += 4) store<f32>(scores + k, -Infinity);
  let peaks = f32x4.splat(-Infinity);
  for (let k: usize = 0; k < whole; k += 16) peaks = f32x4.pmax(peaks, v128.load(scores + k));
  const peak = f32x4.splat(laneMaximum(peaks));
  let sums = f32x4.splat(0);
  for (let k: usize = 0; k < whole; k += 16) {
    const weight = exponential(f32x4.sub(v128.load(scores + k), peak));
    v128.store(scores + k, weight);
    sums = f32x4.add(sums, weight);
  }
  return laneSum(sums);
}
