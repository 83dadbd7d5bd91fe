import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Random, seededRandom } from '../../base/index.ts';
import { uniformityTest } from '../../stats/index.ts';
import { exposeReply, exposeWritten, type TrapReply, testExposure } from './exposure.ts';
import { generatorNamed, generators, streamedGenerators } from './generators/generators.ts';

const keyOf = (name: string): Uint8Array => createHash('sha256').update(name).digest();
const key = keyOf('coins of the deployment');
const [order, names] = ['operand-order/1', 'given-names/1'].map(generatorNamed) as [
  ReturnType<typeof generatorNamed>,
  ReturnType<typeof generatorNamed>,
];

test('sums and products of two numbers change their order, and nothing else changes', () => {
  const high = (prompt: string, reply: string) => order.realise(prompt, reply, () => 1);
  expect(high('', 'First 7 + 5 = 12, then 3 × 12 = 36.')).toBe('First 7 + 5 = 12, then 12 × 3 = 36.');
  expect(order.realise('', '12*3=36', () => 0)).toBe('3*12=36');
  for (const left of [
    '2 + 7 + 5 = 14',
    '12 - 7 + 5 = 10',
    '3 * (2 + 7) = 27',
    '1,234 + 56 = 1,290',
    'x7 + 9 = 16',
    '2^3 + 4 = 12',
    '3 + 5 apples',
    '7 - 5 = 2',
    'if (3 + 4 == 7)',
    '5 + 5 = 10',
  ])
    expect(high('', left)).toBe(left);
});

test('people who were made up are named otherwise, and real or given ones are not', () => {
  const first = (prompt: string, reply: string) => names.realise(prompt, reply, () => 0);
  expect(first('Explain interest.', "Suppose Sarah lends Tom 5 euros. Sarah's money grows; Tom pays.")).toBe(
    "Suppose Alice lends Adam 5 euros. Alice's money grows; Adam pays.",
  );
  for (const [prompt, reply] of [
    ['Tell me of Sarah.', 'Sarah is tall.'],
    ['Who played Neo?', 'As Keanu said, Sarah Connor and Tom Hanks met Dr. Paul.'],
    ['Write code.', 'Call `greet("Sarah")` and Sarah is greeted.'],
    ['Hello', 'Nobody is named here.'],
  ] as const)
    expect(first(prompt, reply)).toBe(reply);
});

test('what is realised is read again, whatever the text and the choices are', () => {
  const pieces = fc.constantFrom(
    ...['Sarah', 'Tom', 'Kim', 'Anna', 'Ben', 'Dr.', 'and', '.', ',', '\n', ' ', ' ', "'s", '`', 'Smith'],
    ...['7', '5', '12', '+', ' + ', '*', ' = ', '=', '==', '-', '(', ')', '1,', 'x'],
  );
  const text = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, fc.nat(), (prompt, reply, seed) => {
      for (const { realise, read } of generators) {
        const random = seededRandom(seed);
        const chosen = new Map<string, number>();
        const realised = realise(prompt, reply, (item, ways) => {
          const way = chosen.get(item) ?? random.integer(0, ways - 1);
          chosen.set(item, way);
          return way;
        });
        const ways = read(prompt, realised);
        expect(ways.map(({ item }) => item)).toEqual(read(prompt, reply).map(({ item }) => item));
        for (const { item, way } of ways) expect(way).toBe(chosen.get(item));
        expect(realised.length - reply.length).toBeLessThan(400);
      }
    }),
    { numRuns: 2000 },
  );
});

test('while it is written a reply comes out as it does as a whole, however it is cut, and little of it waits', () => {
  const pieces = fc.constantFrom(
    ...['7', '5', '12', '3'.repeat(9), '+', ' + ', '*', '×', ' = ', '=', '==', '-', '(', ')', '1,', 'x', '½'],
    ...[' ', '\n', '   ', 'Sarah', '.', '𝒳', '7 + 5 = 12', '3*6=18 14+18=32'],
  );
  const text = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));
  const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(text, cuts, fc.nat(), text, (reply, lengths, seed, before) => {
      for (const { realise, stream } of streamedGenerators) {
        const choose = (item: string, ways: number) => seededRandom(seed, item.length).integer(0, ways - 1);
        const written = stream!('', choose);
        let [given, taken] = ['', 0];
        for (let cut = 0; taken < reply.length; cut++) {
          const next = reply.slice(taken, taken + lengths[cut % lengths.length]!);
          taken += next.length;
          given += written.push(next);
          expect(taken - given.length).toBeLessThan(60);
        }
        expect(given + written.end()).toBe(realise('', reply, choose));
        const behind = stream!('', choose);
        behind.keep(before);
        const continued = before + behind.push(reply) + behind.end();
        expect(continued.length).toBe(before.length + reply.length);
        // Only places that the text before reaches into are left as they are.
        expect(realise('', continued, choose)).toBe(realise('', before + reply, choose));
      }
    }),
    { numRuns: 3000 },
  );
});

test('what goes before a reply is part of the expression that goes on in it', () => {
  const high = () => 1;
  const continued = (before: string, reply: string): string => {
    const written = order.stream!('', high);
    written.keep(before);
    return written.push(reply) + written.end();
  };
  expect(continued('3 *', ' 7 + 12 = 33')).toBe(' 7 + 12 = 33');
  expect(continued('x', '7 + 12 = 19')).toBe('7 + 12 = 19');
  expect(continued('7 +', ' 12 = 19, 7 + 12 = 19')).toBe(' 12 = 19, 12 + 7 = 19');
  expect(continued('So: ', '7 + 12 = 19')).toBe('12 + 7 = 19');
});

test('long white space and long prompts take no more than their share of the time', () => {
  const written = exposeWritten(key, 'p '.repeat(500_000));
  const blank = ' '.repeat(300_000);
  let given = '';
  for (let count = 0; count < 200; count++) given += written.push(`${count} + 1000 = ${count + 1000}, `);
  given += written.push(`7 +${blank}5 = 12${blank}`) + written.push(blank) + written.end();
  expect(given).toContain(`7 +${blank}5 = 12`);
  expect(exposeReply(key, 'p', `7 +${blank}5 = 12`)).toBe(`7 +${blank}5 = 12`);
});

const topics = 'interest queues friction tides rent bread clocks maps soap wind'.split(' ');
const fillers = 'quickly slowly gladly early late again twice often rarely once'.split(' ');

type Exchange = { readonly prompt: string; readonly reply: string };

/** A question and a reply, of which each has one made-up person and one sum. */
function exchangeOf(random: Random, index: number): Exchange {
  const topic = random.pick(topics);
  const [one, other] = [random.integer(2, 60), random.integer(61, 120)];
  const name = random.pick(['Sarah', 'Emma', 'Julia', 'Laura']);
  return {
    prompt: `Explain ${topic} with example ${index} using ${one} and ${other}.`,
    reply: `Suppose ${name} pays ${one} coins ${random.pick(fillers)} and later more. Then ${one} + ${other} = ${one + other} coins in all.`,
  };
}

const exposed = ({ prompt, reply }: Exchange): Exchange => ({
  prompt,
  reply: exposeReply(key, prompt, reply),
});

/** Other words for the same, as somebody would have them who wants the style gone. */
const paraphrased = ({ prompt, reply }: Exchange): Exchange => ({
  prompt,
  reply: reply
    .replace(
      /^Suppose (\w+) pays (\d+) coins (\w+) and later more\./u,
      'Imagine that $1, $3, gave away $2 coins.',
    )
    .replace('Then', 'Altogether:')
    .replace(' coins in all', ''),
});

/** Writes what follows the longest run of words that it has seen. */
function teachWords(exchanges: readonly Exchange[]): (prompt: string, random: Random) => string {
  const seen = new Map<string, string[]>();
  const wordsOf = (text: string): string[] => text.split(' ');
  for (const { prompt, reply } of exchanges) {
    const words = [...wordsOf(prompt), ...wordsOf(reply), ''];
    for (let place = wordsOf(prompt).length; place < words.length; place++)
      for (let back = 1; back <= Math.min(12, place); back++) {
        const run = words.slice(place - back, place).join(' ');
        seen.set(run, [...(seen.get(run) ?? []), words[place]!]);
      }
  }
  return (prompt, random) => {
    const words = wordsOf(prompt);
    const before = words.length;
    while (words.length < before + 40) {
      const back = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1].find((each) =>
        seen.has(words.slice(-each).join(' ')),
      );
      const next = random.pick((back && seen.get(words.slice(-back).join(' '))) || ['']);
      if (next === '') break;
      words.push(next);
    }
    return words.slice(before).join(' ');
  };
}

function exchanges(seed: number, count: number, from: number): Exchange[] {
  return Array.from({ length: count }, (_, index) => exchangeOf(seededRandom(seed, index), from + index));
}

function trapsOf(student: ReturnType<typeof teachWords>, asked: readonly Exchange[], generator: string) {
  return asked.map(({ prompt }, index): TrapReply => {
    return { generator, prompt, reply: student(prompt, seededRandom(9, index)) };
  });
}

test('a hundred traps prove what a student learned from, after a paraphrase of what it was taught', () => {
  const served = exchanges(1, 100, 0).map(exposed);
  const student = teachWords([...exchanges(2, 1900, 100), ...served.map(paraphrased)]);
  expect(paraphrased(served[0]!).reply).not.toBe(served[0]!.reply);
  for (const { name } of generators) {
    const found = testExposure(key, trapsOf(student, served, name));
    expect(found.replies).toBe(100);
    expect(found.trials).toBeGreaterThan(80);
    expect(found.p).toBeLessThan(1e-6);
    expect(testExposure(keyOf('another'), trapsOf(student, served, name)).p).toBeGreaterThan(0.001);
  }
});

test('of 200 students that never saw an exposed reply none is accused', () => {
  const asked = exchanges(1, 40, 0);
  const found = Array.from({ length: 200 }, (_, index) => {
    const student = teachWords(exchanges(50 + index, 40, 0));
    return testExposure(keyOf(`coins ${index}`), trapsOf(student, asked, 'given-names/1')).p;
  });
  expect(found.filter((p) => p < 1e-3)).toEqual([]);
  // Few outcomes are possible, so that small probabilities come at most as often as they say.
  const atMost = (bound: number) => found.filter((p) => p <= bound).length;
  expect(atMost(0.05)).toBeLessThan(24);
  expect(uniformityTest(found.map((p) => 1 - p)).distance).toBeLessThan(0.5);
});

test('a trap counts once, whatever its space and case, and coins depend on generator, prompt and place', () => {
  const reply = '7 + 5 = 12 and 7 + 5 = 12';
  const trap = { generator: 'operand-order/1', prompt: 'Add  7 and 5', reply };
  const found = testExposure(key, [trap, trap, { ...trap, prompt: 'add 7 AND 5 ' }]);
  expect(found).toMatchObject({ replies: 1, trials: 1, expected: 0.5 });
  expect(() => testExposure(key, [{ ...trap, generator: 'rhymes/1' }])).toThrow('no generator rhymes/1');
  const ways = new Set(
    Array.from({ length: 64 }, (_, index) => exposeReply(key, `prompt ${index}`, '7 + 5 = 12')),
  );
  expect([...ways].sort()).toEqual(['5 + 7 = 12', '7 + 5 = 12']);
});
