// Causal grouped-query attention (Ainslie et al. 2023) over packed rows [q heads | k heads | v heads]. Unlike a chain of
// matrix products it works tile by tile on one head at a time, so that nothing leaves the cache, and it never
// computes the half above the diagonal beyond the tile that the diagonal crosses.
//
// Probabilities are kept for the way back as one plane [padded, padded] per head, `padded` being the length rounded up
// to a multiple of 48 (of every build's tile height and tile width); a tile therefore never leaves its plane.
import { packColumns, packColumnsTransposed, packRows, packRowsTransposed } from './pack';
import { softmaxRow } from './softmax';
import { COLUMNS, partialTile, ROWS, tile, TILE_BYTES } from './tile';
import { laneSum, multiplyAdd } from './vector';

/** Bytes of workspace for one call, forward or backward. */
export function attentionWorkspaceBytes(padded: i32, headWidth: i32): usize {
  const panels: usize = 4 * <usize>padded * panelWidth(headWidth);
  const rowPanel: usize = <usize>ROWS * max(padded, headWidth);
  return TILE_BYTES + (panels + rowPanel + <usize>padded * padded) * 4;
}

/**
 * qkv [batch·length, (heads + 2·keyValueHeads)·headWidth]; output [batch·length, heads·headWidth]. Planes of
 * probabilities are `planeStride` floats apart; 0 reuses one plane where nothing is kept.
 */
export function attentionForward(
  qkv: usize, output: usize, probabilities: usize, planeStride: i32, batch: i32, length: i32, padded: i32,
  heads: i32, keyValueHeads: i32, headWidth: i32, workspace: usize,
): void {
  const stride = (heads + 2 * keyValueHeads) * headWidth, outputStride = heads * headWidth;
  const group = heads / keyValueHeads;
  const scale: f32 = 1 / Mathf.sqrt(<f32>headWidth);
  const panelFloats = padded * panelWidth(headWidth);
  const keyPanels = workspace + TILE_BYTES;
  const valuePanels = keyPanels + bytes(panelFloats);
  const rowPanel = valuePanels + bytes(panelFloats);
  for (let sequence = 0; sequence < batch; sequence++) {
    const rows = qkv + element(sequence * length, stride, 0);
    for (let kv = 0; kv < keyValueHeads; kv++) {
      packColumnsTransposed(rows + bytes((heads + kv) * headWidth), stride, length, headWidth, keyPanels);
      packColumns(rows + bytes((heads + keyValueHeads + kv) * headWidth), stride, headWidth, length, valuePanels);
      for (let head = kv * group; head < (kv + 1) * group; head++) {
        const plane = probabilities + (<usize>(sequence * heads + head) * <usize>planeStride << 2);
        const query = rows + bytes(head * headWidth);
        const target = output + element(sequence * length, outputStride, head * headWidth);
        for (let row = 0; row < length; row += ROWS) {
          const count = min(ROWS, length - row);
          const reach = row + count; // keys that some row of this tile sees
          const planeRow = plane + element(row, padded, 0);
          packRows(query + element(row, stride, 0), stride, count, headWidth, rowPanel);
          for (let key = 0; key < reach; key += COLUMNS) {
            tile(headWidth, rowPanel, keyPanels + bytes(key * headWidth), planeRow + bytes(key), padded, 0, 0);
          }
          softmaxRows(planeRow, padded, row, count, reach, scale);
          packRows(planeRow, padded, count, reach, rowPanel);
          for (let column = 0; column < headWidth; column += COLUMNS) {
            partialTile(
              reach, rowPanel, valuePanels + bytes(column * length),
              target + element(row, outputStride, column), outputStride, 0, 0,
              count, min(COLUMNS, headWidth - column), workspace,
            );
          }
        }
      }
    }
  }
}

/** Writes dQkv, all of it, or adds to it where `accumulate` is set. */
export function attentionBackward(
  qkv: usize, probabilities: usize, dOutput: usize, dQkv: usize, accumulate: bool, planeStride: i32, batch: i32,
  length: i32, padded: i32, heads: i32, keyValueHeads: i32, headWidth: i32, workspace: usize,
): void {
  const stride = (heads + 2 * keyValueHeads) * headWidth, outputStride = heads * headWidth;
  const group = heads / keyValueHeads;
  const scale: f32 = 1 / Mathf.sqrt(<f32>headWidth);
  const panelFloats = padded * panelWidth(headWidth);
  const keyPanels = workspace + TILE_BYTES; // k as [keys, headWidth], for dQ = dS·k
  const valuePanels = keyPanels + bytes(panelFloats); // vᵀ as [headWidth, keys], for dP = dO·vᵀ
  const queryPanels = valuePanels + bytes(panelFloats); // q as [queries, headWidth], for dK = dSᵀ·q
  const gradientPanels = queryPanels + bytes(panelFloats); // dO as [queries, headWidth], for dV = Pᵀ·dO
  const dScores = gradientPanels + bytes(panelFloats);
  const rowPanel = dScores + bytes(padded * padded);
  for (let sequence = 0; sequence < batch; sequence++) {
    const rows = qkv + element(sequence * length, stride, 0);
    const dRows = dQkv + element(sequence * length, stride, 0);
    for (let kv = 0; kv < keyValueHeads; kv++) {
      const keyColumn = (heads + kv) * headWidth, valueColumn = (heads + keyValueHeads + kv) * headWidth;
      packColumns(rows + bytes(keyColumn), stride, headWidth, length, keyPanels);
      packColumnsTransposed(rows + bytes(valueColumn), stride, length, headWidth, valuePanels);
      for (let head = kv * group; head < (kv + 1) * group; head++) {
        const plane = probabilities + (<usize>(sequence * heads + head) * <usize>planeStride << 2);
        const dTarget = dOutput + element(sequence * length, outputStride, head * headWidth);
        packColumns(rows + bytes(head * headWidth), stride, headWidth, length, queryPanels);
        packColumns(dTarget, outputStride, headWidth, length, gradientPanels);

        for (let row = 0; row < length; row += ROWS) {
          const count = min(ROWS, length - row), reach = row + count;
          const dScoreRow = dScores + element(row, padded, 0);
          packRows(dTarget + element(row, outputStride, 0), outputStride, count, headWidth, rowPanel);
          for (let key = 0; key < reach; key += COLUMNS) {
            tile(headWidth, rowPanel, valuePanels + bytes(key * headWidth), dScoreRow + bytes(key), padded, 0, 0);
          }
          softmaxBackwardRows(plane + element(row, padded, 0), dScoreRow, padded, row, count, reach, scale);
          packRows(dScoreRow, padded, count, reach, rowPanel);
          const dQuery = dRows + element(row, stride, head * headWidth);
          for (let column = 0; column < headWidth; column += COLUMNS) {
            const target = dQuery + bytes(column);
            partialTile(
              reach, rowPanel, keyPanels + bytes(column * length), target, stride, accumulate ? target : 0, stride,
              count, min(COLUMNS, headWidth - column), workspace,
            );
          }
        }

        // Keys and values are shared by the heads of a group: all but the first add.
        const adds = accumulate || head > kv * group;
        for (let key = 0; key < length; key += ROWS) {
          const count = min(ROWS, length - key), depth = length - key;
          const dKey = dRows + element(key, stride, keyColumn), dValue = dRows + element(key, stride, valueColumn);
          packRowsTransposed(dScores + element(key, padded, key), padded, count, depth, rowPanel);
          for (let column = 0; column < headWidth; column += COLUMNS) {
            const target = dKey + bytes(column), panel = queryPanels + bytes(column * length + key * COLUMNS);
            partialTile(
              depth, rowPanel, panel, target, stride, adds ? target : 0, stride, count,
              min(COLUMNS, headWidth - column), workspace,
            );
          }
          packRowsTransposed(plane + element(key, padded, key), padded, count, depth, rowPanel);
          for (let column = 0; column < headWidth; column += COLUMNS) {
            const target = dValue + bytes(column), panel = gradientPanels + bytes(column * length + key * COLUMNS);
            partialTile(
              depth, rowPanel, panel, target, stride, adds ? target : 0, stride, count,
              min(COLUMNS, headWidth - column), workspace,
            );
          }
        }
      }
    }
  }
}

/** Floats a row of a panel of columns of one head takes: whole tiles. */
function panelWidth(headWidth: i32): i32 {
  return (headWidth + COLUMNS - 1) / COLUMNS * COLUMNS;
}

/** Row i of the tile sees keys 0 … first + i; what lies behind them up to `reach`, rounded up to four, becomes 0. */
function softmaxRows(rows: usize, stride: i32, first: i32, count: i32, reach: i32, scale: f32): void {
  const end = (bytes(reach) + 15) & ~15;
  const scales = f32x4.splat(scale);
  for (let i = 0; i < count; i++) {
    const row = rows + element(i, stride, 0), seen = first + i + 1;
    softmaxRow(row, seen, scales);
    if (end > bytes(seen)) memory.fill(row + bytes(seen), 0, end - bytes(seen));
  }
}

/** dS = P · (dP − Σ P·dP) · scale in place of dP, and 0 behind the keys a row sees. */
function softmaxBackwardRows(
  probabilities: usize, dScores: usize, stride: i32, first: i32, count: i32, reach: i32, scale: f32,
): void {
  const end = (bytes(reach) + 15) & ~15;
  const scales = f32x4.splat(scale);
  for (let i = 0; i < count; i++) {
    const p = probabilities + element(i, stride, 0), d = dScores + element(i, stride, 0);
    let products = f32x4.splat(0);
    for (let k: usize = 0; k < end; k += 16) products = multiplyAdd(v128.load(p + k), v128.load(d + k), products);
    const mean = f32x4.splat(laneSum(products));
    // P is 0 behind the keys that the row sees, and so is dS.
    for (let k: usize = 0; k < end; k += 16) {
      v128.store(d + k, f32x4.mul(f32x4.mul(v128.load(p + k), f32x4.sub(v128.load(d + k), mean)), scales));
    }
  }
}

// @ts-ignore: decorator
@inline
function bytes(floats: i32): usize {
  return <usize>floats << 2;
}

// @ts-ignore: decorator
@inline
function element(row: i32, stride: i32, column: i32): usize {
  return (<usize>row * <usize>stride + <usize>column) << 2;
}
