// The vocabulary of a taught model: every word of the tasks' templates is one token; everything else falls back to
// bytes. Collected from the tasks' own texts, so that a new template needs no list by hand.
import { buildVocabulary, collectWords, createTokenizer, type Tokenizer } from '../formats/index.ts';
import { taskVocabularyTexts } from '../tasks/index.ts';

/** The tokenizer of every model that is taught here. */
export function taskTokenizer(): Tokenizer {
  return createTokenizer(buildVocabulary(collectWords(taskVocabularyTexts())));
}
