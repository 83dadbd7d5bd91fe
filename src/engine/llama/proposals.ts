// Tokens that a smaller model, the draft, thinks a larger one will write next. The larger one evaluates them in one step and
// draws its own tokens from what it computed, so that its text is the same with and without a draft; where a draft was right,
// the step gave more than one token.
import type { NativeContext } from './ffi/context.ts';
import { sharedLength } from './prefix-cache.ts';
import { createProposalLength } from './proposal-length.ts';

export type Proposer = {
  /**
   * At most so many tokens that may follow; none while it has not read the text to its end, of which each call reads a part.
   *
   * @param sequence of the larger model's context, whose text it follows.
   * @param tokens of the whole text.
   */
  readonly propose: (sequence: number, tokens: readonly number[], most: number) => readonly number[];
  /** How many of those that it proposed last were right. */
  readonly judged: (sequence: number, proposed: number, right: number) => void;
  /** Another text may follow, of somebody who must not be able to tell that it began as this one does. */
  readonly forget: (sequence: number) => void;
};

export type DraftOptions = {
  /** Of the draft, with a sequence for each of the larger model's. */
  readonly context: Pick<NativeContext, 'add' | 'decode' | 'cut'>;
  /** Its likeliest token after the last one of a batch. @param index of that token in the batch */
  readonly likeliest: (index: number) => number;
  readonly endsGeneration: (token: number) => boolean;
  /** Tokens that both models know: one vocabulary may have more of them at its end, as padding. */
  readonly vocabularySize: number;
  /** Most tokens of a step. */
  readonly batch: number;
};

type Followed = { tokens: readonly number[] };

export function createDraftProposer(options: DraftOptions): Proposer {
  const { context, likeliest, endsGeneration, vocabularySize, batch } = options;
  const followed = new Map<number, Followed>();
  const length = createProposalLength();
  const stateOf = (sequence: number): Followed => {
    const known = followed.get(sequence) ?? { tokens: [] };
    followed.set(sequence, known);
    return known;
  };

  /** Evaluates tokens from a position on. False where the step was broken off; then it is as before. */
  const read = (
    sequence: number,
    state: Followed,
    tokens: readonly number[],
    from: number,
    isLast: boolean,
  ): boolean => {
    context.add(sequence, from, tokens, from, tokens.length, isLast ? 'last' : 'none');
    if (context.decode() === 'done') {
      state.tokens = tokens;
      return true;
    }
    state.tokens = context.cut(sequence, from) ? tokens.slice(0, from) : [];
    return false;
  };

  return {
    propose: (sequence, tokens, most) => {
      // A runtime that is given a token beyond its vocabulary refuses the batch.
      if (tokens.some((token) => token >= vocabularySize)) return [];
      const state = stateOf(sequence);
      // The last token is evaluated in any case: what follows it is asked for.
      const shared = Math.min(sharedLength(state.tokens, tokens), tokens.length - 1);
      const from = shared > 0 && context.cut(sequence, shared) ? shared : 0;
      if (from === 0) context.cut(sequence, 0);
      const wanted = Math.min(length.of(sequence), most);
      if (tokens.length - from > batch) {
        read(sequence, state, tokens.slice(0, from + batch), from, false);
        return [];
      }
      const proposals: number[] = [];
      let text = tokens;
      for (let next = from; proposals.length < wanted; next = text.length - 1) {
        if (!read(sequence, state, text, next, true)) break;
        const token = likeliest(text.length - next - 1);
        if (endsGeneration(token) || token >= vocabularySize) break;
        proposals.push(token);
        text = [...text, token];
      }
      return proposals;
    },
    judged: length.judged,
    forget: (sequence) => {
      length.forget(sequence);
      followed.delete(sequence);
    },
  };
}
