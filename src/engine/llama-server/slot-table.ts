// Which slot of the server a request gets, and whether it may use what the slot holds: only after a request of the same
// scope, since the time of an answer would tell what another one had asked.
import { type CachedSequence, placeSequence } from '../llama/prefix-cache.ts';

export type SlotTable = {
  /** There has to be a free one. */
  readonly place: (prompt: readonly number[], cacheScope: string | null) => Placed;
  /** Forgets everything: the server was started anew. */
  readonly clear: () => void;
};

export type Placed = {
  readonly slot: number;
  /** What the slot holds may be used again. */
  readonly reusable: boolean;
  /** The slot is free again, and holds these tokens, for this cache scope to use again. */
  readonly free: (tokens: readonly number[], cacheScope: string | null) => void;
};

export function createSlotTable(count: number): SlotTable {
  const empty: CachedSequence = { cacheScope: null, tokens: [], busy: false, usedAt: 0 };
  let slots: CachedSequence[] = Array.from({ length: count }, () => empty);
  let uses = 0;
  return {
    place: (prompt, cacheScope) => {
      const { target: slot } = placeSequence(slots, prompt, cacheScope);
      const before = slots[slot] as CachedSequence;
      const own = slots;
      own[slot] = { ...before, cacheScope: null, busy: true };
      return {
        slot,
        reusable: cacheScope !== null && before.cacheScope === cacheScope,
        free: (tokens, owner) => {
          own[slot] = { cacheScope: owner, tokens, busy: false, usedAt: ++uses };
        },
      };
    },
    clear: () => {
      slots = Array.from({ length: count }, () => empty);
    },
  };
}
