// Log-probabilities of given tokens under softmax(logits), weighted by token, and their gradient. Sums run in f32
// lanes within a row and in f64 across rows.
import { exponential, exponentialOne, laneMaximum, laneSum, multiplyAdd } from './vector';

/**
 * logProbabilities[r] = logits[r, target] − logSumExp[r]. Returns −Σ weight · logProbability.
 * logits [rows, vocabulary]; targets [rows] as i32; weights, logProbabilities, logSumExp [rows].
 */
export function lossForward(
  logits: usize, targets: usize, weights: usize, logProbabilities: usize, logSumExp: usize, rows: i32, vocabulary: i32,
): f64 {
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const at = <usize>row << 2;
    const sum = rowLogSumExp(logits, vocabulary);
    const logProbability = load<f32>(logits + (<usize>load<i32>(targets + at) << 2)) - sum;
    store<f32>(logSumExp + at, sum);
    store<f32>(logProbabilities + at, logProbability);
    total -= <f64>load<f32>(weights + at) * <f64>logProbability;
    logits += <usize>vocabulary << 2;
  }
  return total;
}

/** log Σ e^x over `count` floats. */
export function rowLogSumExp(row: usize, count: i32): f32 {
  const bytes = <usize>count << 2, whole = bytes & ~15;
  const peak = rowMaximum(row, count);
  const shift = f32x4.splat(peak);
  let sums = f32x4.splat(0);
  for (let i: usize = 0; i < whole; i += 16) {
    sums = f32x4.add(sums, exponential(f32x4.sub(v128.load(row + i), shift)));
  }
  let sum = laneSum(sums);
  for (let i = whole; i < bytes; i += 4) sum += exponentialOne(load<f32>(row + i) - peak);
  return peak + <f32>Math.log(<f64>sum);
}

/** The largest of `count` floats. */
export function rowMaximum(row: usize, count: i32): f32 {
  const bytes = <usize>count << 2, whole = bytes & ~15;
  let peaks = f32x4.splat(-Infinity);
  for (let i: usize = 0; i < whole; i += 16) peaks = f32x4.pmax(peaks, v128.load(row + i));
  let peak = laneMaximum(peaks);
  for (let i = whole; i < bytes; i += 4) peak = max(peak, load<f32>(row + i));
  return peak;
}

/** entropy[r] of softmax(logits[r]) in nats: log Σ e^d − Σ e^d·d / Σ e^d, d being distances from the largest logit. */
export function entropies(logits: usize, entropy: usize, rows: i32, vocabulary: i32): void {
  const bytes = <usize>vocabulary << 2, whole = bytes & ~15;
  for (let row = 0; row < rows; row++) {
    const peak = rowMaximum(logits, vocabulary), shift = f32x4.splat(peak);
    let sums = f32x4.splat(0), moments = f32x4.splat(0);
    for (let i: usize = 0; i < whole; i += 16) {
      const distance = f32x4.sub(v128.load(logits + i), shift), weight = exponential(distance);
      sums = f32x4.add(sums, weight);
      moments = multiplyAdd(weight, distance, moments);
    }
    let sum = laneSum(sums), moment = laneSum(moments);
    for (let i = whole; i < bytes; i += 4) {
      const distance = load<f32>(logits + i) - peak, weight = exponentialOne(distance);
      sum += weight;
      moment += weight * distance;
    }
    store<f32>(entropy + (<usize>row << 2), <f32>Math.log(<f64>sum) - moment / sum);
    logits += bytes;
  }
}

/** dLogits[r, v] = scale · weight[r] · (softmax(logits)[r, v] − [v is the target]), added where `accumulate` is set. */
export function lossBackward(
  logits: usize, targets: usize, weights: usize, logSumExp: usize, dLogits: usize, rows: i32, vocabulary: i32,
  scale: f32, accumulate: bool,
): void {
  const bytes = <usize>vocabulary << 2, whole = bytes & ~15;
  for (let row = 0; row < rows; row++) {
    const at = <usize>row << 2;
    const factor = scale * load<f32>(weights + at);
    if (factor != 0) {
      const shift = load<f32>(logSumExp + at);
      const shifts = f32x4.splat(shift), factors = f32x4.splat(factor);
      for (let i: usize = 0; i < whole; i += 16) {
        const gradient = f32x4.mul(exponential(f32x4.sub(v128.load(logits + i), shifts)), factors);
        v128.store(dLogits + i, accumulate ? f32x4.add(v128.load(dLogits + i), gradient) : gradient);
      }
      for (let i = whole; i < bytes; i += 4) {
        const gradient = exponentialOne(load<f32>(logits + i) - shift) * factor;
        store<f32>(dLogits + i, accumulate ? load<f32>(dLogits + i) + gradient : gradient);
      }
      const target = dLogits + (<usize>load<i32>(targets + at) << 2);
      store<f32>(target, load<f32>(target) - factor);
    } else if (!accumulate) {
      memory.fill(dLogits, 0, bytes);
    }
    logits += bytes;
    dLogits += bytes;
  }
}
