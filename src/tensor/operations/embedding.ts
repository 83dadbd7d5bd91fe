// Rows of a table by index; on the way back the rows' gradients are added up in the table.
import type { Tape } from '../tape.ts';
import { expectShape, matrixShape, type Tensor } from '../tensor.ts';

/**
 * table [entries, width], indices [rows] → [rows, width].
 *
 * @throws TGL_TENSOR_SHAPE also for an index outside the table; TGL_TENSOR_MEMORY
 */
export function embedding(tape: Tape, table: Tensor, indices: Int32Array): Tensor {
  const { rows: entries, width } = matrixShape('embedding', table);
  expectIndices('embedding', indices, entries);
  const { kernels, floats } = tape.runtime;
  const rows = indices.length;
  const y = tape.allocate('embedding', [rows, width]);
  const list = tape.integers('embedding', indices);
  kernels.gatherRows(table.offset, list, y.offset, rows, width);
  tape.record(y, (dY) => {
    const { offset, accumulate } = tape.gradientTarget(table);
    if (!accumulate) floats.fill(0, offset / 4, offset / 4 + entries * width);
    kernels.scatterRows(offset, list, dY, rows, width);
  });
  return y;
}

/** Every index lies in [0, limit); a kernel would otherwise read or write somewhere else. */
export function expectIndices(operation: string, indices: Int32Array, limit: number): void {
  const wrong = indices.findIndex((index) => index < 0 || index >= limit);
  expectShape(
    wrong < 0,
    operation,
    [`index ${indices[wrong]} at row ${wrong} of ${indices.length}`],
    `indices from 0 to ${limit - 1}`,
  );
}
