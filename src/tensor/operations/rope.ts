// Rotary position embedding (Su et al. 2021), half-split layout (Qwen2, GPT-NeoX), in place.
import type { TensorRuntime } from '../runtime.ts';
import type { Tape } from '../tape.ts';
import { expectShape, matrixShape, type Tensor } from '../tensor.ts';
import type { HeadLayout } from './attention.ts';
import { expectIndices } from './embedding.ts';

/** Cosines and sines of every angle, [positions, headWidth/2] each. */
export type RopeTable = {
  readonly cosines: number;
  readonly sines: number;
  readonly positions: number;
  readonly headWidth: number;
};

/**
 * The angles position · base^(−2i/headWidth), for the life of the runtime.
 *
 * @throws TGL_TENSOR_SHAPE unless headWidth is a multiple of 8; TGL_TENSOR_MEMORY
 */
export function createRopeTable(
  runtime: TensorRuntime,
  options: { readonly positions: number; readonly headWidth: number; readonly base: number },
): RopeTable {
  const { positions, headWidth, base } = options;
  expectShape(headWidth % 8 === 0, 'createRopeTable', [`headWidth ${headWidth}`], 'a multiple of 8');
  const half = headWidth / 2;
  const cosines = runtime.permanent.allocate('createRopeTable', [positions, half]);
  const sines = runtime.permanent.allocate('createRopeTable', [positions, half]);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * base ** (-i / half);
      runtime.floats[cosines / 4 + position * half + i] = Math.cos(angle);
      runtime.floats[sines / 4 + position * half + i] = Math.sin(angle);
    }
  }
  return { cosines, sines, positions, headWidth };
}

/**
 * Turns the query and key heads of qkv [rows, (heads + 2·keyValueHeads)·headWidth] by the position of their row. Works
 * in place: the values of `qkv` are gone afterwards. The result shares their memory.
 *
 * @throws TGL_TENSOR_SHAPE also for a position outside the table
 */
export function rope(
  tape: Tape,
  qkv: Tensor,
  positions: Int32Array,
  table: RopeTable,
  layout: HeadLayout,
): Tensor {
  const { heads, keyValueHeads } = layout;
  const { headWidth, cosines, sines } = table;
  const { rows, width } = matrixShape('rope', qkv);
  const fits = width === (heads + 2 * keyValueHeads) * headWidth && positions.length === rows;
  const expected = '[rows, (heads + 2·keyValueHeads)·headWidth] and one position a row';
  expectShape(fits, 'rope', [qkv, `positions [${positions.length}]`], expected);
  expectIndices('rope', positions, table.positions);
  const { kernels } = tape.runtime;
  const list = tape.integers('rope', positions);
  const turned = heads + keyValueHeads;
  kernels.rope(qkv.offset, width, cosines, sines, list, rows, turned, headWidth, 1);
  const y: Tensor = { ...qkv, name: 'rope' };
  tape.record(y, (dY) => {
    kernels.rope(dY, width, cosines, sines, list, rows, turned, headWidth, -1);
    tape.passGradient(y, qkv);
  });
  return y;
}
