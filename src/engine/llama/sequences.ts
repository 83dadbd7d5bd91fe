// The sequences of a context with what each holds: places for newcomers, reuse of what was computed for the same cache
// scope, and the store of beginnings that no sequence holds any more.
import type { NativeContext } from './ffi/context.ts';
import type { Generation } from './generation.ts';
import { placeSequence } from './prefix-cache.ts';
import type { PromptCache } from './prompt-cache.ts';

export type Sequence = {
  readonly index: number;
  generation: Generation | undefined;
  /** Whose tokens it holds; null when nobody may reuse them. */
  cacheScope: string | null;
  /** What has been evaluated in it. */
  tokens: number[];
  usedAt: number;
};

export type Sequences = {
  readonly all: readonly Sequence[];
  /** Gives a newcomer a sequence. There is a free one, since the engine lets in no more generations than slots. */
  readonly place: (generation: Generation) => void;
  /** It is free; nothing stays in it, except for another request of the same cache scope. */
  readonly retire: (sequence: Sequence) => void;
  /** Takes back what a step may have left behind the tokens that it had before. */
  readonly takeBack: (sequence: Sequence) => void;
};

type Cache = Pick<NativeContext, 'cut' | 'copy'>;

export function createSequences(count: number, context: Cache, promptCache: PromptCache): Sequences {
  const all: readonly Sequence[] = Array.from({ length: count }, (_, index) => ({
    index,
    generation: undefined,
    cacheScope: null,
    tokens: [],
    usedAt: 0,
  }));
  let uses = 0;

  /** Takes a sequence over with the first `reusable` tokens of what it holds. Gives how many are kept. */
  const keep = (index: number, reusable: number): number => {
    if (reusable > 0 && context.cut(index, reusable)) return reusable;
    context.cut(index, 0);
    return 0;
  };

  return {
    all,
    place: (generation) => {
      const { prompt, cacheScope } = generation;
      const cached = all.map((sequence) => ({ ...sequence, busy: sequence.generation !== undefined }));
      const { target, source, reusable } = placeSequence(cached, prompt, cacheScope);
      const sequence = all[target] as Sequence;
      const shared = source === target ? reusable : 0;
      // What it held for another conversation is stored before it is lost.
      if (sequence.cacheScope !== null && 2 * shared < sequence.tokens.length)
        promptCache.put(target, sequence.tokens, sequence.cacheScope);
      const stored = promptCache.longest(prompt, cacheScope);
      const isLonger = stored !== undefined && stored.length > reusable;
      const isThere = isLonger ? stored.restore(target) : source === target || context.copy(target, source);
      const kept = keep(target, isThere ? (isLonger ? stored.length : reusable) : 0);
      sequence.generation = generation;
      sequence.cacheScope = cacheScope;
      sequence.tokens = prompt.slice(0, kept);
      generation.begin(kept);
    },
    retire: (sequence) => {
      sequence.generation?.[Symbol.dispose]();
      sequence.generation = undefined;
      sequence.usedAt = ++uses;
      if (sequence.cacheScope !== null) return;
      context.cut(sequence.index, 0);
      sequence.tokens = [];
    },
    takeBack: (sequence) => {
      const { index, tokens, generation } = sequence;
      if (tokens.length > 0 && context.cut(index, tokens.length)) return;
      context.cut(index, 0);
      generation?.repeat(tokens);
      sequence.tokens = [];
    },
  };
}
