// The softmax of a row of attention scores, one for whole sequences and for decoding, so that both leave the same bits.
import { exponential, laneMaximum, laneSum } from './vector';

/**
 * row = softmax(row · scale) over its first `count` floats, in place. Works on whole vectors: up to three floats behind
 * them are lost.
 */
export function softmaxRow(row: usize, count: i32, scale: v128): void {
  const seen = <usize>count << 2, whole = (seen + 15) & ~15;
  for (let k = seen; k < whole; k += 4) store<f32>(row + k, -Infinity);
  let peaks = f32x4.splat(-Infinity);
  for (let k: usize = 0; k < whole; k += 16) peaks = f32x4.pmax(peaks, v128.load(row + k));
  const peak = f32x4.splat(laneMaximum(peaks));
  let sums = f32x4.splat(0);
  for (let k: usize = 0; k < whole; k += 16) {
    const weight = exponential(f32x4.mul(f32x4.sub(v128.load(row + k), peak), scale));
    v128.store(row + k, weight);
    sums = f32x4.add(sums, weight);
  }
  const inverse = f32x4.splat(1 / laneSum(sums));
  for (let k: usize = 0; k < whole; k += 16) v128.store(row + k, f32x4.mul(v128.load(row + k), inverse));
}
