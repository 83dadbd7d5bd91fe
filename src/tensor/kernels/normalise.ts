// RMSNorm (Zhang and Sennrich 2019): y = x · w / sqrt(mean(x²) + epsilon), row by row. The width is a multiple of 4.
import { laneSum, multiplyAdd } from './vector';

/** x, y [rows, width]; weight [width]; inverse [rows] keeps 1 / sqrt(mean(x²) + epsilon) for the way back. */
export function rmsNormForward(
  x: usize, weight: usize, y: usize, inverse: usize, rows: i32, width: i32, epsilon: f32,
): void {
  const bytes = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    let squares = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const value = v128.load(x + i);
      squares = multiplyAdd(value, value, squares);
    }
    const scale: f32 = 1 / Mathf.sqrt(laneSum(squares) / <f32>width + epsilon);
    store<f32>(inverse + (<usize>row << 2), scale);
    const scales = f32x4.splat(scale);
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(y + i, f32x4.mul(f32x4.mul(v128.load(x + i), scales), v128.load(weight + i)));
    }
    x += bytes;
    y += bytes;
  }
}

/** Adds to dWeight; writes dX, or adds to it where `accumulate` is set. */
export function rmsNormBackward(
  x: usize, weight: usize, inverse: usize, dY: usize, dX: usize, dWeight: usize, rows: i32, width: i32,
  accumulate: bool,
): void {
  const bytes = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    const scale = load<f32>(inverse + (<usize>row << 2));
    const scales = f32x4.splat(scale);
    let products = f32x4.splat(0);
    for (let i: usize = 0; i < bytes; i += 16) {
      const value = v128.load(x + i), gradient = v128.load(dY + i);
      products = multiplyAdd(f32x4.mul(gradient, v128.load(weight + i)), value, products);
      v128.store(dWeight + i, multiplyAdd(f32x4.mul(gradient, value), scales, v128.load(dWeight + i)));
    }
    const correction = f32x4.splat((-laneSum(products) * scale * scale * scale) / <f32>width);
    for (let i: usize = 0; i < bytes; i += 16) {
      const direct = f32x4.mul(f32x4.mul(v128.load(dY + i), v128.load(weight + i)), scales);
      const gradient = multiplyAdd(v128.load(x + i), correction, direct);
      v128.store(dX + i, accumulate ? f32x4.add(v128.load(dX + i), gradient) : gradient);
    }
    x += bytes;
    dY += bytes;
    dX += bytes;
  }
}
