// Rows of a table, sums and the other short kernels. Counts and widths are in floats; widths are multiples of 4 where
// a comment says so, counts are free.

/** y[r] = table[indices[r]]; y [rows, width]; indices [rows] as i32. */
export function gatherRows(table: usize, indices: usize, y: usize, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(y + <usize>row * bytes, table + <usize>load<i32>(indices + (<usize>row << 2)) * bytes, bytes);
  }
}

/** dTable[indices[r]] += dY[r]. */
export function scatterRows(dTable: usize, indices: usize, dY: usize, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    const target = dTable + <usize>load<i32>(indices + (<usize>row << 2)) * bytes;
    add(target, dY + <usize>row * bytes, target, width);
  }
}

/** y = a + b over `count` floats; y may be a or b. */
export function add(a: usize, b: usize, y: usize, count: i32): void {
  const bytes = <usize>count << 2, whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) v128.store(y + i, f32x4.add(v128.load(a + i), v128.load(b + i)));
  for (let i = whole; i < bytes; i += 4) store<f32>(y + i, load<f32>(a + i) + load<f32>(b + i));
}

/** sums[c] += Σ over rows of x[r, c]; x [rows, width]. */
export function addColumnSums(x: usize, sums: usize, rows: i32, width: i32): void {
  for (let row = 0; row < rows; row++) add(sums, x + ((<usize>row * <usize>width) << 2), sums, width);
}

/** Σ x² over `count` floats, in f64; not finite exactly when an element is not. */
export function sumOfSquares(x: usize, count: i32): f64 {
  const bytes = <usize>count << 2, whole = bytes & ~7;
  let sums = f64x2.splat(0);
  for (let i: usize = 0; i < whole; i += 8) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(x + i));
    sums = f64x2.add(sums, f64x2.mul(pair, pair));
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (let i = whole; i < bytes; i += 4) sum += <f64>load<f32>(x + i) * <f64>load<f32>(x + i);
  return sum;
}
