// Two contexts of a small model behind the interface of one: one cache for all sequences, in which several are evaluated fastest,
// and another for a sequence that is evaluated alone, where a step does without what the first kind does for each of the
// 256 sequences that it could have (0.06 ms of 0.23). What a sequence holds moves when that changes.
import { allocateBlock } from './ffi/block.ts';
import type { NativeContext } from './ffi/context.ts';

/** Steps that a sequence is evaluated alone before it moves: a move costs what some of them win. */
const stepsBeforeMove = 16;

type Added = Parameters<NativeContext['add']>;

/** @param solo of one sequence, as long as each of the other one's. */
export function createSoloContext(shared: NativeContext, solo: NativeContext): NativeContext {
  const place = createPlaces(shared, solo);
  let added: readonly Added[] = [];
  /** Where the last batch was evaluated. */
  let latest = shared;
  const cut: NativeContext['cut'] = (sequence, from) => {
    const [context, itsSequence] = place.of(sequence);
    if (from === 0) place.emptied(sequence);
    return context.cut(itsSequence, from);
  };
  return {
    pointer: () => latest.pointer(),
    add: (...one) => {
      added = [...added, one];
    },
    decode: () => {
      const batch = added;
      added = [];
      latest = place.forBatch(batch);
      for (const [sequence, ...others] of batch) latest.add(place.of(sequence)[1], ...others);
      return latest.decode();
    },
    logits: (row) => latest.logits(row),
    lastState: () => latest.lastState(),
    cut,
    copy: (target, source) => {
      cut(target, 0);
      const [context, itsSequence] = place.of(source);
      return context === shared
        ? shared.copy(target, source)
        : transfer(context, itsSequence, shared, target);
    },
    storedBytes: (sequence) => {
      const [context, itsSequence] = place.of(sequence);
      return context.storedBytes(itsSequence);
    },
    store: (sequence, room, bytes) => {
      const [context, itsSequence] = place.of(sequence);
      return context.store(itsSequence, room, bytes);
    },
    restore: (sequence, stored, bytes) => {
      cut(sequence, 0);
      return shared.restore(sequence, stored, bytes);
    },
  };
}

type Places = {
  /** Where a sequence lies, and as which one. */
  readonly of: (sequence: number) => readonly [NativeContext, number];
  /** It holds nothing any more. */
  readonly emptied: (sequence: number) => void;
  /** The context for a batch, in which its sequences then lie. @throws Error where they cannot get there */
  readonly forBatch: (batch: readonly Added[]) => NativeContext;
};

function createPlaces(shared: NativeContext, solo: NativeContext): Places {
  /** The sequence that lies in `solo`. */
  let alone: number | undefined;
  /** The sequence that was evaluated alone last, and in how many steps one after the other. */
  let last: { readonly sequence: number | undefined; readonly steps: number } = {
    sequence: undefined,
    steps: 0,
  };
  const moveOut = (): boolean => {
    if (alone === undefined) return true;
    if (!transfer(solo, 0, shared, alone)) return false;
    solo.cut(0, 0);
    alone = undefined;
    return true;
  };
  const moveIn = (sequence: number, isEmpty: boolean): boolean => {
    if (!moveOut()) return false;
    if (!isEmpty && !transfer(shared, sequence, solo, 0)) return false;
    if (!isEmpty) shared.cut(sequence, 0);
    alone = sequence;
    return true;
  };
  return {
    of: (sequence) => (sequence === alone ? [solo, 0] : [shared, sequence]),
    emptied: (sequence) => {
      if (sequence === alone) alone = undefined;
    },
    forBatch: (batch) => {
      const [[sequence, position] = []] = batch;
      if (sequence === undefined || batch.some(([other]) => other !== sequence)) {
        last = { sequence: undefined, steps: 0 };
        if (batch.some(([other]) => other === alone) && !moveOut()) throw new Error('the cache is full');
        return shared;
      }
      last = { sequence, steps: last.sequence === sequence ? last.steps + 1 : 1 };
      const isEmpty = position === 0;
      const isWorthIt = isEmpty || last.steps > stepsBeforeMove;
      return sequence === alone || (isWorthIt && moveIn(sequence, isEmpty)) ? solo : shared;
    },
  };
}

function transfer(from: NativeContext, source: number, to: NativeContext, target: number): boolean {
  using block = allocateBlock(from.storedBytes(source));
  return from.store(source, block.address, block.bytes) && to.restore(target, block.address, block.bytes);
}
