// Whether an answer has to do with a request: they share the beginning of a longer word, which inflection and
// compounds do not change, or two consecutive Chinese characters. An answer in another language than the request is never on
// topic, and one that uses only synonyms may not be.
import { plainText, wordsOf } from './plain-text.ts';

const stemLength = 4;

export function isOnTopic(request: string, answer: string): boolean {
  const asked = stemsOf(request);
  if (asked.size === 0) return true;
  const said = plainText(answer);
  const stems = stemsOf(answer);
  // Also within words, since compounds contain the word that was asked for.
  return [...asked].some((stem) => stems.has(stem) || (stem.length > stemLength && said.includes(stem)));
}

/** Words that occur in requests of any topic. */
const everywhere = new Set(
  'what when where which with that this from your have how does would could should about into write give tell explain help make wie wieso warum welche welcher eine einen einem einer schreib erkl\u00e4r kann k\u00f6nnte mein meine meinen dein nicht'.split(
    ' ',
  ),
);

function stemsOf(text: string): ReadonlySet<string> {
  const words = wordsOf(plainText(text));
  const stems = words
    .filter((word) => word.length >= stemLength && !everywhere.has(word))
    .map((word) => word.slice(0, Math.max(stemLength, Math.min(6, word.length - 2))));
  const pairs = words
    .slice(1)
    .map((word, index) => `${words[index]}${word}`)
    .filter((pair) => /^\p{Script=Han}{2}$/u.test(pair));
  return new Set([...stems, ...pairs]);
}
