// Matrix product after Goto and van de Geijn (2008): B is packed for one block of depth and columns, A for one block
// of rows; a panel of B stays in the first cache level while the panels of A pass by from the second.
import { packColumns, packColumnsTransposed, packRows, packRowsTransposed } from './pack';
import { COLUMNS, partialTile, ROWS, TILE_BYTES } from './tile';

const ROW_BLOCK: i32 = 96; // a multiple of 4 and of 6
const DEPTH_BLOCK: i32 = 256;
const COLUMN_BLOCK: i32 = 1024;

/** Bytes of workspace that `gemm` needs, whatever the shapes. */
export function gemmWorkspaceBytes(): usize {
  return TILE_BYTES + (<usize>(ROW_BLOCK + COLUMN_BLOCK) * DEPTH_BLOCK) * 4;
}

/**
 * c[m, n] = addend + op(a)[m, k] · op(b)[k, n]; op transposes where its flag is set, that is, `a` is then stored
 * [k, m] and `b` [n, k]. The addend follows the rules of `tile`.
 */
export function gemm(
  a: usize, aStride: i32, aTransposed: bool, b: usize, bStride: i32, bTransposed: bool, c: usize, cStride: i32,
  m: i32, n: i32, k: i32, addend: usize, addendStride: i32, workspace: usize,
): void {
  const columnPanels = workspace + TILE_BYTES + ((<usize>ROW_BLOCK * DEPTH_BLOCK) << 2);
  const depthBlock = depthOfBlocks(k);
  for (let column = 0; column < n; column += COLUMN_BLOCK) {
    const columns = min(COLUMN_BLOCK, n - column);
    for (let start = 0; start < k; start += depthBlock) {
      const depth = min(depthBlock, k - start);
      if (bTransposed) packColumnsTransposed(b + at(column, bStride, start), bStride, columns, depth, columnPanels);
      else packColumns(b + at(start, bStride, column), bStride, columns, depth, columnPanels);
      multiplyBlock(
        a, aStride, aTransposed, columnPanels, c, cStride, m, column, columns, start, depth, addend, addendStride,
        workspace,
      );
    }
  }
}

/** Bytes of a weight [n, k] as `packWeight` lays it out. */
export function packedWeightBytes(n: i32, k: i32): usize {
  return (<usize>((n + COLUMNS - 1) / COLUMNS * COLUMNS) * <usize>k) << 2;
}

/** Leaves b [n, k] in `packed` as the panels that `gemm` would make of it, block after block. */
export function packWeight(b: usize, bStride: i32, n: i32, k: i32, packed: usize): void {
  const depthBlock = depthOfBlocks(k);
  for (let column = 0; column < n; column += COLUMN_BLOCK) {
    const columns = min(COLUMN_BLOCK, n - column);
    for (let start = 0; start < k; start += depthBlock) {
      const depth = min(depthBlock, k - start);
      packColumnsTransposed(b + at(column, bStride, start), bStride, columns, depth, packed);
      packed += packedWeightBytes(columns, depth);
    }
  }
}

/** `gemm` with b [n, k], transposed, as `packWeight` left it: the same result, bit by bit. */
export function gemmPacked(
  a: usize, aStride: i32, packed: usize, c: usize, cStride: i32, m: i32, n: i32, k: i32,
  addend: usize, addendStride: i32, workspace: usize,
): void {
  const depthBlock = depthOfBlocks(k);
  for (let column = 0; column < n; column += COLUMN_BLOCK) {
    const columns = min(COLUMN_BLOCK, n - column);
    for (let start = 0; start < k; start += depthBlock) {
      const depth = min(depthBlock, k - start);
      multiplyBlock(
        a, aStride, false, packed, c, cStride, m, column, columns, start, depth, addend, addendStride, workspace,
      );
      packed += packedWeightBytes(columns, depth);
    }
  }
}

/** Blocks of equal depth: a short last one would pay for loading and storing C without using it. */
function depthOfBlocks(k: i32): i32 {
  const depthBlocks = (k + DEPTH_BLOCK - 1) / DEPTH_BLOCK;
  return (k + depthBlocks - 1) / depthBlocks;
}

/** The share of all rows of `a` and of one packed block of `b` in c. */
function multiplyBlock(
  a: usize, aStride: i32, aTransposed: bool, columnPanels: usize, c: usize, cStride: i32,
  m: i32, column: i32, columns: i32, start: i32, depth: i32, addend: usize, addendStride: i32, workspace: usize,
): void {
  const rowPanels = workspace + TILE_BYTES;
  // Later blocks of depth add to what the first one left in C.
  const base = start ? c : addend, baseStride = start ? cStride : addendStride;
  for (let row = 0; row < m; row += ROW_BLOCK) {
    const rows = min(ROW_BLOCK, m - row);
    if (aTransposed) packRowsTransposed(a + at(start, aStride, row), aStride, rows, depth, rowPanels);
    else packRows(a + at(row, aStride, start), aStride, rows, depth, rowPanels);
    for (let j = 0; j < columns; j += COLUMNS) {
      for (let i = 0; i < rows; i += ROWS) {
        partialTile(
          depth, rowPanels + at(i, depth, 0), columnPanels + at(j, depth, 0),
          c + at(row + i, cStride, column + j), cStride,
          base ? base + at(row + i, baseStride, column + j) : 0, baseStride,
          min(ROWS, rows - i), min(COLUMNS, columns - j), workspace,
        );
      }
    }
  }
}

/** Byte offset of element [row, column] of a matrix with the given stride. */
// @ts-ignore: decorator
@inline
function at(row: i32, stride: i32, column: i32): usize {
  return (<usize>row * <usize>stride + <usize>column) << 2;
}
