// Watches that what a generation writes stays readable in few ways. A native sampler cannot be stopped within a step, so
// the generation is ended while the steps are still short.
import { createGrammarWalk, type GrammarState, TooManyStacks } from './grammar-walk.ts';
import { parseGrammar } from './parse-grammar.ts';

export type GrammarWatch = {
  /** Takes in what was written. Undefined while it may go on. */
  readonly problemAfter: (text: string) => string | undefined;
};

/** @param text GBNF. @throws TGL_CONSTRAINT_INVALID */
export function createGrammarWatch(text: string): GrammarWatch {
  const walk = createGrammarWalk(parseGrammar(text));
  let state: GrammarState = walk.begin();
  return {
    problemAfter: (written) => {
      try {
        for (const character of written) state = walk.accept(state, character.codePointAt(0) as number);
        return undefined;
      } catch (error) {
        if (error instanceof TooManyStacks) return error.message;
        throw error;
      }
    },
  };
}
