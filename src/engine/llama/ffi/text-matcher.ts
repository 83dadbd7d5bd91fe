// Whether the runtime's parser reads a grammar, and whether its matcher takes a text for one of the grammar's: as in a
// generation, token by token, over a vocabulary of single bytes. No model is needed for that.
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildVocabulary,
  createTokenizer,
  qwen2Metadata,
  tiegelTemplate,
  writeGguf,
} from '../../../formats/index.ts';
import { createCandidates } from './candidates.ts';
import type { Library } from './library.ts';
import { loadModel, type Vocabulary } from './model.ts';

export type TextMatcher = {
  /** @throws Error for a text that is no grammar */
  readonly read: (grammar: string) => NativeTextGrammar;
};

export type NativeTextGrammar = Disposable & {
  /** The whole text is one of the grammar's. */
  readonly accepts: (text: string) => boolean;
};

export function createTextMatcher(library: Library): TextMatcher {
  const { call } = library;
  const vocabulary = byteVocabulary(library);
  const end = Array.from({ length: vocabulary.size }, (_, token) => token).find(vocabulary.endsGeneration);
  if (end === undefined) throw new Error('the vocabulary has no token that ends a text');
  const candidate = createCandidates(1);
  return {
    read: (text) => {
      const grammar = call.llama_sampler_init_grammar(vocabulary.pointer, text, 'root');
      if (!grammar) throw new Error('the grammar cannot be read');
      return {
        accepts: (wanted) => {
          const walk = call.llama_sampler_clone(grammar);
          const allows = (token: number): boolean => {
            candidate.hold(token);
            call.llama_sampler_apply(walk, candidate.address);
            return candidate.holdsAny();
          };
          try {
            // The identifier of a byte is the byte.
            for (const byte of Buffer.from(wanted)) {
              if (!allows(byte)) return false;
              call.llama_sampler_accept(walk, byte);
            }
            return allows(end);
          } finally {
            call.llama_sampler_free(walk);
          }
        },
        [Symbol.dispose]: () => call.llama_sampler_free(grammar),
      };
    },
  };
}

/** The runtime reads vocabularies from files only. */
function byteVocabulary(library: Library): Vocabulary {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'tiegel-vocabulary-'));
  const path = join(folder.path, 'bytes.gguf');
  const tokenizer = createTokenizer(buildVocabulary([]));
  const size = {
    vocabularySize: tokenizer.vocabulary.length,
    width: 32,
    layers: 1,
    heads: 1,
    keyValueHeads: 1,
  };
  const shape = { ...size, feedForward: 32, contextLength: 32, ropeBase: 10_000, normEpsilon: 1e-6 };
  const description = { name: 'bytes', license: 'none', template: tiegelTemplate, type: 'F32' } as const;
  writeGguf(path, { metadata: new Map(qwen2Metadata(shape, tokenizer, description)), tensors: [] });
  return loadModel(library, path, { vocabularyOnly: true }).vocabulary;
}
