// An account week as bytes: its state, what the last checkpoint remembered, its looks in single precision, and when it began and ended.
import { TiegelError } from '../../base/index.ts';
import { featureNames, type Snapshot } from '../account/account-features.ts';
import { emptyAccountState } from '../account/account-state.ts';
import {
  accountStateBytes,
  decodeAccountState,
  encodeAccountState,
} from '../account/encode-account-state.ts';
import { type AccountWeek, checkpoints, type Look, type Span } from './account-week.ts';

export type StoredWeek = AccountWeek & {
  readonly looks: readonly Look[];
  /** Null for a week that was written before spans were. */
  readonly span: Span | null;
};

const { sums, scores } = emptyAccountState();
const snapshotBytes = 8 * sums.length + 4 * scores.length;
/** Checkpoint and view in one byte each, then the features. */
const lookBytes = 2 + 4 * featureNames.length;
const spanBytes = 16;
/** In the byte behind the state. */
const flags = { snapshot: 1, span: 2 } as const;

export function encodeAccountWeek({ state, before, looks, span }: StoredWeek): Uint8Array {
  const looksEnd = accountStateBytes + 1 + snapshotBytes + lookBytes * looks.length;
  const bytes = new Uint8Array(looksEnd + (span === null ? 0 : spanBytes));
  const view = new DataView(bytes.buffer);
  bytes.set(encodeAccountState(state));
  let offset = accountStateBytes;
  view.setUint8(offset++, (before === null ? 0 : flags.snapshot) | (span === null ? 0 : flags.span));
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
  for (const time of span ?? []) {
    view.setFloat64(offset, time, true);
    offset += 8;
  }
  return bytes;
}

/** @throws TGL_GUARD_STATE_INVALID */
export function decodeAccountWeek(bytes: Uint8Array): StoredWeek {
  const looksStart = accountStateBytes + 1 + snapshotBytes;
  const written = bytes[accountStateBytes] ?? 0;
  const hasSpan = (written & flags.span) !== 0;
  const looksEnd = bytes.length - (hasSpan ? spanBytes : 0);
  const count = (looksEnd - looksStart) / lookBytes;
  if (!Number.isInteger(count) || count < 0 || count > 2 * checkpoints.length)
    throw new TiegelError('TGL_GUARD_STATE_INVALID', { problem: `a week of ${bytes.length} bytes` });
  const state = decodeAccountState(bytes.subarray(0, accountStateBytes));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasSnapshot = (written & flags.snapshot) !== 0;
  const start = accountStateBytes + 1;
  const before: Snapshot | null = hasSnapshot
    ? {
        sums: sums.map((_, index) => view.getFloat64(start + 8 * index, true)),
        scores: scores.map((_, index) => view.getUint32(start + 8 * sums.length + 4 * index, true)),
      }
    : null;
  const looks = Array.from({ length: count }, (_, index) => lookAt(view, looksStart + lookBytes * index));
  const span = hasSpan
    ? ([view.getFloat64(looksEnd, true), view.getFloat64(looksEnd + 8, true)] as const)
    : null;
  return { state, before, looks, span };
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
