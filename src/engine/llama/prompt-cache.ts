// Beginnings of prompts that are kept outside the context's sequences, for the next turn of a conversation whose sequence
// another one took. What was computed for one cache scope is given back to that one only. Within a memory budget; what was
// used longest ago goes first. Nothing outlives the process.
import { allocateBlock, type Block } from './ffi/block.ts';
import type { NativeContext } from './ffi/context.ts';
import { sharedLength } from './prefix-cache.ts';

export type PromptCache = {
  /** Stores what a sequence holds, where it is worth it and there is room for it. */
  readonly put: (sequence: number, tokens: readonly number[], cacheScope: string) => void;
  /** What begins like the prompt for the longest; the prompt's last token never counts. */
  readonly longest: (prompt: readonly number[], cacheScope: string | null) => StoredPrefix | undefined;
  /** Bytes that are taken. */
  readonly bytes: () => number;
};

export type StoredPrefix = {
  /** How many tokens of it the prompt begins with. */
  readonly length: number;
  /** Puts all of it into a sequence, in place of what that holds; false where that fails, and the sequence is empty. */
  readonly restore: (sequence: number) => boolean;
};

type Entry = { readonly cacheScope: string; readonly tokens: readonly number[]; readonly block: Block };

/** Fewer are evaluated about as fast as they are stored and restored. */
const leastTokens = 64;

/** @param budget bytes at most. */
export function createPromptCache(
  context: Pick<NativeContext, 'storedBytes' | 'store' | 'restore'>,
  budget: number,
  allocate: (bytes: number) => Block = allocateBlock,
): PromptCache {
  /** What was used longest ago first. */
  let entries: readonly Entry[] = [];
  const taken = (): number => entries.reduce((sum, { block }) => sum + block.bytes, 0);
  const drop = (unwanted: readonly Entry[]): void => {
    entries = entries.filter((entry) => !unwanted.includes(entry));
    for (const { block } of unwanted) block[Symbol.dispose]();
  };
  const touch = (entry: Entry): void => {
    entries = [...entries.filter((other) => other !== entry), entry];
  };

  return {
    bytes: taken,
    put: (sequence, tokens, cacheScope) => {
      if (tokens.length < leastTokens) return;
      const own = entries.filter((entry) => entry.cacheScope === cacheScope);
      const covering = own.find((entry) => sharedLength(entry.tokens, tokens) === tokens.length);
      if (covering !== undefined) return touch(covering);
      const bytes = context.storedBytes(sequence);
      if (bytes > budget) return;
      drop(own.filter((entry) => sharedLength(entry.tokens, tokens) === entry.tokens.length));
      while (taken() + bytes > budget) drop(entries.slice(0, 1));
      const block = allocate(bytes);
      if (context.store(sequence, block.address, bytes))
        entries = [...entries, { cacheScope, tokens: [...tokens], block }];
      else block[Symbol.dispose]();
    },
    longest: (prompt, cacheScope) => {
      const own = entries.filter((entry) => entry.cacheScope === cacheScope);
      const lengthOf = ({ tokens }: Entry): number =>
        Math.min(sharedLength(tokens, prompt), prompt.length - 1);
      const best = own.reduce<Entry | undefined>(
        (longest, entry) => (longest !== undefined && lengthOf(longest) >= lengthOf(entry) ? longest : entry),
        undefined,
      );
      if (best === undefined || lengthOf(best) < leastTokens) return undefined;
      return {
        length: lengthOf(best),
        restore: (sequence) => {
          touch(best);
          return context.restore(sequence, best.block.address, best.block.bytes);
        },
      };
    },
  };
}
