// An account week as bytes: its state, what the last checkpoint remembered, and its looks in single precision.
import { TiegelError } from '../../base/index.ts';
import { featureNames, type Snapshot } from '../account/account-features.ts';
import { emptyAccountState } from '../account/account-state.ts';
import {
  accountStateBytes,
  decodeAccountState,
  encodeAccountState,
} from '../account/encode-account-state.ts';
import { type AccountWeek, checkpoints, type Look } from './account-week.ts';

export type StoredWeek = AccountWeek & { readonly looks: readonly Look[] };

const { sums, scores } = emptyAccountState();
const snapshotBytes = 8 * sums.length + 4 * scores.length;
/** Checkpoint and view in one byte each, then the features. */
const lookBytes = 2 + 4 * featureNames.length;

export function encodeAccountWeek({ state, before, looks }: StoredWeek): Uint8Array {
  const bytes = new Uint8Array(accountStateBytes + 1 + snapshotBytes + lookBytes * looks.length);
  const view = new DataView(bytes.buffer);
  bytes.set(encodeAccountState(state));
  let offset = accountStateBytes;
  view.setUint8(offset++, Number(before !== null));
  for (const sum of before?.sums ?? sums) {
    view.setFloat64(offset, sum, true);
    offset += 8;
  }
  for (const count of before?.scores ?? scores) {
    view.setUint32(offset, count, true);
    offset += 4;
  }
  for (const look of looks) {
    view.setUint8(offset++, checkpoints.indexOf(look.requests));
    view.setUint8(offset++, Number(look.view === 'recent'));
    for (const feature of look.features) {
      view.setFloat32(offset, feature, true);
      offset += 4;
    }
  }
  return bytes;
}

/** @throws TGL_GUARD_STATE_INVALID */
export function decodeAccountWeek(bytes: Uint8Array): StoredWeek {
  const looksStart = accountStateBytes + 1 + snapshotBytes;
  const count = (bytes.length - looksStart) / lookBytes;
  if (!Number.isInteger(count) || count < 0 || count > 2 * checkpoints.length)
    throw new TiegelError('TGL_GUARD_STATE_INVALID', { problem: `a week of ${bytes.length} bytes` });
  const state = decodeAccountState(bytes.subarray(0, accountStateBytes));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasSnapshot = view.getUint8(accountStateBytes) === 1;
  const start = accountStateBytes + 1;
  const before: Snapshot | null = hasSnapshot
    ? {
        sums: sums.map((_, index) => view.getFloat64(start + 8 * index, true)),
        scores: scores.map((_, index) => view.getUint32(start + 8 * sums.length + 4 * index, true)),
      }
    : null;
  const looks = Array.from({ length: count }, (_, index) => lookAt(view, looksStart + lookBytes * index));
  return { state, before, looks };
}

function lookAt(view: DataView, offset: number): Look {
  const requests = checkpoints[view.getUint8(offset)];
  if (requests === undefined)
    throw new TiegelError('TGL_GUARD_STATE_INVALID', { problem: 'a look at a checkpoint that is none' });
  return {
    view: view.getUint8(offset + 1) === 1 ? 'recent' : 'whole',
    requests,
    features: featureNames.map((_, index) => view.getFloat32(offset + 2 + 4 * index, true)),
  };
}
