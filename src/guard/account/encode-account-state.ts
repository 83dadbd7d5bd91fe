// The state of an account as bytes, little endian behind one byte for the version of the layout, and back, bit by bit.
import { TiegelError } from '../../base/index.ts';
import { type AccountState, emptyAccountState } from './account-state.ts';

const layout = 1;

/** The parts in the order of their bytes. */
function partsOf(state: AccountState): readonly (Float64Array | Uint32Array | Uint8Array)[] {
  return [
    state.sums,
    state.fourier,
    state.scores,
    state.topics,
    state.prompts,
    state.skeletons,
    state.edges.counts,
    state.promptSample.hashes,
    state.skeletonSample,
    state.gaps,
    state.inputs,
    state.outputs,
  ];
}

/** How many bytes every state takes: its parts, the version and the size of the sample of prompts. */
export const accountStateBytes: number =
  2 + partsOf(emptyAccountState()).reduce((sum, part) => sum + part.byteLength, 0);

export function encodeAccountState(state: AccountState): Uint8Array {
  const bytes = new Uint8Array(accountStateBytes);
  const view = new DataView(bytes.buffer);
  bytes.set([layout, state.promptSample.size]);
  let offset = 2;
  for (const part of partsOf(state))
    for (const value of part) {
      if (part instanceof Float64Array) view.setFloat64(offset, value, true);
      else if (part instanceof Uint32Array) view.setUint32(offset, value, true);
      else view.setUint8(offset, value);
      offset += part.BYTES_PER_ELEMENT;
    }
  return bytes;
}

/** @throws TGL_GUARD_STATE_INVALID */
export function decodeAccountState(bytes: Uint8Array): AccountState {
  if (bytes.length !== accountStateBytes || bytes[0] !== layout)
    throw new TiegelError('TGL_GUARD_STATE_INVALID', {
      problem: `${bytes.length} bytes of layout ${bytes[0] ?? 'none'}`,
    });
  const state = emptyAccountState();
  state.promptSample.size = Math.min(bytes[1]!, state.promptSample.hashes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 2;
  for (const part of partsOf(state))
    for (let index = 0; index < part.length; index++) {
      if (part instanceof Float64Array) part[index] = view.getFloat64(offset, true);
      else if (part instanceof Uint32Array) part[index] = view.getUint32(offset, true);
      else part[index] = view.getUint8(offset);
      offset += part.BYTES_PER_ELEMENT;
    }
  return state;
}
