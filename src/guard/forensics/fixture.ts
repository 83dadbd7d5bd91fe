// A teacher and students for tests: a random process over tokens, of which marked text is drawn by a key, and students that count what
// follows what in their training data, as small a model as can learn from text.
import { createKeyedUniforms, type Random, seededRandom } from '../../base/index.ts';

const vocabularySize = 2048;
const window = 4;
const weights = [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6].map(Math.log);

/** What may follow a token, with unequal chances. */
const likelyAfter: readonly (readonly number[])[] = Array.from({ length: vocabularySize }, (_, last) => {
  const random = seededRandom(last);
  return weights.map(() => random.integer(0, vocabularySize - 1));
});

/** @param key null for text without a mark. */
export function writeAsTeacher(random: Random, length: number, key: Uint8Array | null): number[] {
  const uniforms = key === null ? undefined : createKeyedUniforms(key);
  const text = Array.from({ length: window }, () => random.integer(0, 40));
  while (text.length < length) {
    const likely = likelyAfter[text.at(-1)!]!;
    const drawn = uniforms?.behind(text.slice(-window), likely);
    let [best, chosen] = [Number.NEGATIVE_INFINITY, 0];
    for (const [index, token] of likely.entries()) {
      const value = weights[index]! - Math.log(-Math.log(drawn?.[index] ?? (random.next() || 0.5)));
      if (value > best) [best, chosen] = [value, token];
    }
    text.push(chosen);
  }
  return text;
}

export type Student = (random: Random, prompt: readonly number[], length: number) => number[];

const orders = [4, 2, 1];

/** Counts what follows four, two and one tokens, and writes by the longest run that it has seen. */
export function teachStudent(texts: readonly (readonly number[])[]): Student {
  const seen = new Map<number, number[]>();
  for (const text of texts)
    for (let place = 1; place < text.length; place++)
      for (const order of orders) {
        if (order > place) continue;
        const run = runBefore(text, place, order);
        const followers = seen.get(run);
        if (followers === undefined) seen.set(run, [text[place]!]);
        else followers.push(text[place]!);
      }
  return (random, prompt, length) => {
    const text = [...prompt];
    while (text.length < prompt.length + length) {
      const order = orders.find(
        (each) => each <= text.length && seen.has(runBefore(text, text.length, each)),
      );
      const followers = order && seen.get(runBefore(text, text.length, order));
      text.push(followers ? random.pick(followers) : random.integer(0, 40));
    }
    return text.slice(prompt.length);
  };
}

function runBefore(text: readonly number[], place: number, order: number): number {
  let run = 1;
  for (let index = place - order; index < place; index++) run = run * vocabularySize + text[index]!;
  return run;
}
