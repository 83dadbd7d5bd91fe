// Grammars in the hands of the runtime: what may follow in a generation.
import { type Candidates, createCandidates } from './candidates.ts';
import type { Pointer } from './interface.ts';
import type { Library } from './library.ts';
import type { Vocabulary } from './model.ts';

export type NativeGrammar = Disposable & {
  /** Takes away the candidates that may not follow. @param candidates address of a `llama_token_data_array` */
  readonly reject: (candidates: Pointer) => void;
  readonly allows: (token: number) => boolean;
  /** A token that it allows. One that ends the generation changes nothing. */
  readonly take: (token: number) => void;
};

export type GrammarReader = {
  /** @throws Error for a text that is no grammar */
  readonly read: (text: string) => NativeGrammar;
};

export function createGrammarReader({ call }: Library, vocabulary: Vocabulary): GrammarReader {
  let one: Candidates | undefined;
  return {
    read: (text) => {
      const grammar = call.llama_sampler_init_grammar(vocabulary.pointer, text, 'root');
      if (!grammar) throw new Error('the grammar cannot be read');
      return {
        reject: (candidates) => call.llama_sampler_apply(grammar, candidates),
        allows: (token) => {
          one ??= createCandidates(1);
          one.hold(token);
          call.llama_sampler_apply(grammar, one.address);
          return one.holdsAny();
        },
        take: (token) => {
          if (!vocabulary.endsGeneration(token)) call.llama_sampler_accept(grammar, token);
        },
        [Symbol.dispose]: () => call.llama_sampler_free(grammar),
      };
    },
  };
}
