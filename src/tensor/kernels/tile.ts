// The innermost product: one tile of C = addend + A·B from packed panels. Sixteen 128-bit registers on x86 hold
// 6×8 accumulators, two of B and one of A when multiply and add are one instruction; without it a product needs a
// register too and 4×8 is faster (6×8 spills: half the speed). The wide build is written for V8's pass that joins two
// neighbouring 128-bit operations into one of 256 bits: 6×16 then fills the same sixteen registers. That pass demands
// that nothing stands between the stores of a pair. Each element adds its products in the order of k, so a row's result
// depends neither on how many rows are computed with it nor on the width of the tile.
import { multiplyAdd } from './vector';

/** Rows of a tile. */
export const ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
/** Columns of a tile. */
export const COLUMNS: i32 = WIDE ? 16 : 8;

/** Room for one tile, in bytes. */
export const TILE_BYTES: usize = <usize>(6 * COLUMNS) << 2;

/**
 * c[ROWS, COLUMNS] = addend + a·b, where `a` is packed [depth, ROWS] and `b` [depth, COLUMNS]. Strides are in floats. An
 * addend of 0 means none; addend = c accumulates; a stride of 0 adds the same row (a bias) to each.
 */
export function tile(depth: i32, a: usize, b: usize, c: usize, stride: i32, addend: usize, addendStride: i32): void {
  if (WIDE) tile6Wide(depth, a, b, c, stride, addend, addendStride);
  else if (ASC_FEATURE_RELAXED_SIMD) tile6(depth, a, b, c, stride, addend, addendStride);
  else tile4(depth, a, b, c, stride, addend, addendStride);
}

/** A tile of which only `rows` × `columns` exist in C; `spare` holds TILE_BYTES. */
export function partialTile(
  depth: i32, a: usize, b: usize, c: usize, stride: i32, addend: usize, addendStride: i32,
  rows: i32, columns: i32, spare: usize,
): void {
  if (rows == ROWS && columns == COLUMNS) return tile(depth, a, b, c, stride, addend, addendStride);
  tile(depth, a, b, spare, COLUMNS, 0, 0);
  for (let row = 0; row < rows; row++) {
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      let value = v128.load(spare + (<usize>(row * COLUMNS + column) << 2));
      if (addend) value = f32x4.add(value, v128.load(addend + (<usize>(row * addendStride + column) << 2)));
      v128.store(c + (<usize>(row * stride + column) << 2), value);
    }
    for (; column < columns; column++) {
      let value = load<f32>(spare + (<usize>(row * COLUMNS + column) << 2));
      if (addend) value += load<f32>(addend + (<usize>(row * addendStride + column) << 2));
      store<f32>(c + (<usize>(row * stride + column) << 2), value);
    }
  }
}

// @ts-ignore: decorator
@inline
function storeRow(c: usize, addend: usize, left: v128, right: v128): void {
  if (addend) {
    const sumLeft = f32x4.add(v128.load(addend), left), sumRight = f32x4.add(v128.load(addend, 16), right);
    v128.store(c, sumLeft);
    v128.store(c, sumRight, 16);
  } else {
    v128.store(c, left);
    v128.store(c, right, 16);
  }
}

// @ts-ignore: decorator
@inline
function next(addend: usize, step: usize): usize {
  return addend ? addend + step : 0;
}

function tile6(depth: i32, a: usize, b: usize, c: usize, stride: i32, addend: usize, addendStride: i32): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero, c40 = zero, c41 = zero, c50 = zero, c51 = zero;
  for (const end = b + (<usize>depth << 5); b < end; b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    c00 = multiplyAdd(a0, b0, c00), c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.load_splat<f32>(a, 4);
    c10 = multiplyAdd(a1, b0, c10), c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load_splat<f32>(a, 8);
    c20 = multiplyAdd(a2, b0, c20), c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.load_splat<f32>(a, 12);
    c30 = multiplyAdd(a3, b0, c30), c31 = multiplyAdd(a3, b1, c31);
    const a4 = v128.load_splat<f32>(a, 16);
    c40 = multiplyAdd(a4, b0, c40), c41 = multiplyAdd(a4, b1, c41);
    const a5 = v128.load_splat<f32>(a, 20);
    c50 = multiplyAdd(a5, b0, c50), c51 = multiplyAdd(a5, b1, c51);
    a += 24;
  }
  const step = <usize>stride << 2, addendStep = <usize>addendStride << 2;
  storeRow(c, addend, c00, c01);
  storeRow((c += step), (addend = next(addend, addendStep)), c10, c11);
  storeRow((c += step), (addend = next(addend, addendStep)), c20, c21);
  storeRow((c += step), (addend = next(addend, addendStep)), c30, c31);
  storeRow((c += step), (addend = next(addend, addendStep)), c40, c41);
  storeRow(c + step, next(addend, addendStep), c50, c51);
}

function tile4(depth: i32, a: usize, b: usize, c: usize, stride: i32, addend: usize, addendStride: i32): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  for (const end = b + (<usize>depth << 5); b < end; b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    c00 = multiplyAdd(a0, b0, c00), c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.load_splat<f32>(a, 4);
    c10 = multiplyAdd(a1, b0, c10), c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load_splat<f32>(a, 8);
    c20 = multiplyAdd(a2, b0, c20), c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.load_splat<f32>(a, 12);
    c30 = multiplyAdd(a3, b0, c30), c31 = multiplyAdd(a3, b1, c31);
    a += 16;
  }
  const step = <usize>stride << 2, addendStep = <usize>addendStride << 2;
  storeRow(c, addend, c00, c01);
  storeRow((c += step), (addend = next(addend, addendStep)), c10, c11);
  storeRow((c += step), (addend = next(addend, addendStep)), c20, c21);
  storeRow(c + step, next(addend, addendStep), c30, c31);
}

function tile6Wide(depth: i32, a: usize, b: usize, c: usize, stride: i32, addend: usize, addendStride: i32): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero;
  let c10 = zero, c11 = zero, c12 = zero, c13 = zero;
  let c20 = zero, c21 = zero, c22 = zero, c23 = zero;
  let c30 = zero, c31 = zero, c32 = zero, c33 = zero;
  let c40 = zero, c41 = zero, c42 = zero, c43 = zero;
  let c50 = zero, c51 = zero, c52 = zero, c53 = zero;
  for (const end = b + (<usize>depth << 6); b < end; b += 64) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    const a0 = v128.load_splat<f32>(a);
    c00 = multiplyAdd(a0, b0, c00), c01 = multiplyAdd(a0, b1, c01);
    c02 = multiplyAdd(a0, b2, c02), c03 = multiplyAdd(a0, b3, c03);
    const a1 = v128.load_splat<f32>(a, 4);
    c10 = multiplyAdd(a1, b0, c10), c11 = multiplyAdd(a1, b1, c11);
    c12 = multiplyAdd(a1, b2, c12), c13 = multiplyAdd(a1, b3, c13);
    const a2 = v128.load_splat<f32>(a, 8);
    c20 = multiplyAdd(a2, b0, c20), c21 = multiplyAdd(a2, b1, c21);
    c22 = multiplyAdd(a2, b2, c22), c23 = multiplyAdd(a2, b3, c23);
    const a3 = v128.load_splat<f32>(a, 12);
    c30 = multiplyAdd(a3, b0, c30), c31 = multiplyAdd(a3, b1, c31);
    c32 = multiplyAdd(a3, b2, c32), c33 = multiplyAdd(a3, b3, c33);
    const a4 = v128.load_splat<f32>(a, 16);
    c40 = multiplyAdd(a4, b0, c40), c41 = multiplyAdd(a4, b1, c41);
    c42 = multiplyAdd(a4, b2, c42), c43 = multiplyAdd(a4, b3, c43);
    const a5 = v128.load_splat<f32>(a, 20);
    c50 = multiplyAdd(a5, b0, c50), c51 = multiplyAdd(a5, b1, c51);
    c52 = multiplyAdd(a5, b2, c52), c53 = multiplyAdd(a5, b3, c53);
    a += 24;
  }
  const step = <usize>stride << 2, addendStep = <usize>addendStride << 2;
  storeRow(c, addend, c00, c01);
  storeRow(c + 32, next(addend, 32), c02, c03);
  c += step;
  addend = next(addend, addendStep);
  storeRow(c, addend, c10, c11);
  storeRow(c + 32, next(addend, 32), c12, c13);
  c += step;
  addend = next(addend, addendStep);
  storeRow(c, addend, c20, c21);
  storeRow(c + 32, next(addend, 32), c22, c23);
  c += step;
  addend = next(addend, addendStep);
  storeRow(c, addend, c30, c31);
  storeRow(c + 32, next(addend, 32), c32, c33);
  c += step;
  addend = next(addend, addendStep);
  storeRow(c, addend, c40, c41);
  storeRow(c + 32, next(addend, 32), c42, c43);
  c += step;
  addend = next(addend, addendStep);
  storeRow(c, addend, c50, c51);
  storeRow(c + 32, next(addend, 32), c52, c53);
}
