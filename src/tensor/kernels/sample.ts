// The next token of every row of logits. Exponentials of a whole vocabulary belong here and not in JavaScript: each
// `Math.exp` leaves compiled code, and after 256-bit kernels that crossing costs several times the function itself.
import { rowLogSumExp, rowMaximum } from './loss';
import { exponential, exponentialOne } from './vector';

/**
 * tokens[r] is drawn from softmax(logits[r] / temperature) by the uniform number draws[r]; a temperature of 0 takes the
 * most likely one. logProbabilities[r] is that of the token at temperature 1, with the bits of `lossForward`.
 * logits [rows, vocabulary]; draws [rows] as f64, tokens as i32; `spare` holds `vocabulary` floats.
 */
export function chooseTokens(
  logits: usize, draws: usize, temperature: f32, tokens: usize, logProbabilities: usize, rows: i32, vocabulary: i32,
  spare: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const at = <usize>row << 2;
    let token = mostLikely(logits, vocabulary);
    if (temperature > 0) {
      const mass = weigh(logits, vocabulary, load<f32>(logits + (<usize>token << 2)), temperature, spare);
      const drawn = walk(spare, vocabulary, load<f64>(draws + (at << 1)) * mass);
      // Rounding can leave a rest behind the last token.
      if (drawn < vocabulary) token = drawn;
    }
    store<i32>(tokens + at, token);
    const logit = load<f32>(logits + (<usize>token << 2));
    store<f32>(logProbabilities + at, logit - rowLogSumExp(logits, vocabulary));
    logits += <usize>vocabulary << 2;
  }
}

/** The first of the largest. */
function mostLikely(row: usize, count: i32): i32 {
  const peak = rowMaximum(row, count);
  for (let i = 0; i < count; i++) if (load<f32>(row + (<usize>i << 2)) == peak) return i;
  return 0; // nothing equals a NaN
}

/** weights = e^((logits − peak) / temperature); returns their sum, in f64 so that a draw near 1 stays below it. */
function weigh(row: usize, count: i32, peak: f32, temperature: f32, weights: usize): f64 {
  const bytes = <usize>count << 2, whole = bytes & ~15;
  const shift = f32x4.splat(peak), divisor = f32x4.splat(temperature);
  let sum: f64 = 0;
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(weights + i, exponential(f32x4.div(f32x4.sub(v128.load(row + i), shift), divisor)));
    sum += sumOfFour(weights + i);
  }
  for (let i = whole; i < bytes; i += 4) {
    const weight = exponentialOne((load<f32>(row + i) - peak) / temperature);
    store<f32>(weights + i, weight);
    sum += <f64>weight;
  }
  return sum;
}

/** The place at which the running sum of the weights exceeds `left`; `count` if none does. */
function walk(weights: usize, count: i32, left: f64): i32 {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const sum = sumOfFour(weights + (<usize>i << 2));
    if (left < sum) break;
    left -= sum;
  }
  for (; i < count; i++) {
    left -= <f64>load<f32>(weights + (<usize>i << 2));
    if (left < 0) return i;
  }
  return count;
}

// @ts-ignore: decorator
@inline
function sumOfFour(at: usize): f64 {
  return <f64>load<f32>(at) + <f64>load<f32>(at, 4) + (<f64>load<f32>(at, 8) + <f64>load<f32>(at, 12));
}
