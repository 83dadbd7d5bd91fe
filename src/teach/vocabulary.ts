// The vocabulary of a taught model: every word of the tasks' templates is one token; everything else falls back to
// bytes. Collected from the tasks' own texts, so that a new template needs no list by hand.
import {
  buildVocabulary,
  collectWords,
  createTokenizer,
  type Gguf,
  type Tokenizer,
} from '../formats/index.ts';
import { furtherTaskNames, taskVocabularyTexts, type WordSource } from '../tasks/index.ts';
import type { Recipe } from './recipe.ts';

/** The tokenizer of the models that are taught here: the words of the first tasks, unless more are named. */
export function taskTokenizer(source?: WordSource): Tokenizer {
  return createTokenizer(buildVocabulary(collectWords(taskVocabularyTexts(source))));
}

/** The further tasks that a recipe teaches or asks for, and whether in many wordings: its vocabulary needs their words. */
export function wordSourceOf({ data, stages }: Recipe): WordSource {
  const mixtures = [data.mixture, ...stages.map((stage) => ('prompts' in stage ? stage.prompts : {}))];
  return {
    furtherTasks: furtherTaskNames.filter((task) => mixtures.some((mixture) => (mixture[task] ?? 0) > 0)),
    inManyWordings: Object.values(data.tasks ?? {}).some(({ wordings }) => wordings === 'train'),
  };
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
