// The vocabulary of a taught model: every word of the tasks' templates is one token; everything else falls back to
// bytes. Collected from the tasks' own texts, so that a new template needs no list by hand.
import {
  buildVocabulary,
  collectWords,
  createTokenizer,
  type Gguf,
  type Tokenizer,
} from '../formats/index.ts';
import { taskVocabularyTexts } from '../tasks/index.ts';

/** The tokenizer of every model that is taught here. */
export function taskTokenizer(): Tokenizer {
  return createTokenizer(buildVocabulary(collectWords(taskVocabularyTexts())));
}

/** The first difference between the tokens of a file and a vocabulary, for a person; null where there is none. */
export function vocabularyProblem({ metadata }: Gguf, vocabulary: Tokenizer['vocabulary']): string | null {
  const found = metadata.get('tokenizer.ggml.tokens');
  const tokens = found?.type === 'array' ? Array.from<unknown>(found.value) : [];
  if (tokens.length !== vocabulary.length)
    return `its vocabulary is another one: ${tokens.length} tokens, ${vocabulary.length} here`;
  const id = vocabulary.findIndex(({ text }, at) => tokens[at] !== text);
  if (id === -1) return null;
  const [theirs, ours] = [tokens[id], vocabulary[id]?.text].map((token) => JSON.stringify(token));
  return `its vocabulary is another one: token ${id} is ${theirs}, ${ours} here`;
}
