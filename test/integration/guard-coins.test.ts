// Coins from a served reply to the verdict: whoever learned from streamed replies of a server that has them is proven, whoever learned
// from another one is not, and what is admitted with them is another subject.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { digestOf, seededRandom } from '../../src/base/index.ts';
import { subjectDifferences } from '../../src/catalog/admission/subject.ts';
import { temporaryDirectory } from '../../src/catalog/fixture.ts';
import { admissionKeyOf } from '../../src/catalog/index.ts';
import { createScriptedEngine, type Engine } from '../../src/engine/index.ts';
import { tiegelTemplate } from '../../src/formats/index.ts';
import { examine } from '../../src/guard/index.ts';
import { exposedEngine, servedCoins } from '../../src/host/exposed-engine.ts';
import { forensicKeys } from '../../src/host/guard/forensic-keys.ts';
import { pepperOf } from '../../src/host/open-store.ts';
import { collect, converse, servedTurn } from '../../src/reasoning/index.ts';

const serving = {
  ...{ sampling: { temperature: 0, topP: 1, maxTokens: 200 }, thinkingBudget: null, systemPrompt: null },
} as const;
const now = Date.UTC(2026, 10, 30);

/** Thinks of a sum and a product, in pieces of a few characters. */
function calculator(): Engine {
  return createScriptedEngine({
    model: 'calculator',
    reply: ({ prompt = [] }) => {
      const numbers = /(\d+) and (\d+)/.exec(prompt.map(({ text }) => text).join(''))!;
      const [one, other] = [Number(numbers[1]), Number(numbers[2])];
      const reasoning = `${one}+${other}=${one + other} then ${one} * ${other} = ${one * other}`;
      return [...(reasoning.match(/.{1,3}/g) ?? []), '</think>', `${one} + ${other} = ${one + other}`];
    },
  });
}

const prompts = Array.from({ length: 40 }, (_, index) => {
  const random = seededRandom(index);
  return `Problem ${index}: what of ${random.integer(2, 90)} and ${random.integer(100, 190)}?`;
});

async function repliesOf(engine: Engine): Promise<readonly string[]> {
  const ask = async (content: string): Promise<string> => {
    const turn = servedTurn(
      { serving, template: tiegelTemplate, engine },
      { messages: [{ role: 'user', content }] },
    );
    const { reasoning, answer } = await collect(converse(engine, turn));
    return `${reasoning}\n${answer}`;
  };
  return await Promise.all(prompts.map(ask));
}

test('replies with coins prove who repeats them, by the key of that server alone, and say the same', async () => {
  using home = temporaryDirectory();
  const environment = { coins: true, home: home.path, pepper: undefined };
  await using engine = calculator();
  const plain = await repliesOf(exposedEngine({ ...environment, coins: false }, engine));
  const exposed = await repliesOf(exposedEngine(environment, engine));
  const characters = (text: string): string => [...text].sort().join('');
  expect(exposed.map(characters)).toEqual(plain.map(characters));
  const gradeOf = (replies: readonly string[], pepper: Parameters<typeof forensicKeys>[0]) => {
    const traps = prompts.map((prompt, index) => {
      return { generator: servedCoins[0]!, prompt, reply: replies[index]!.replaceAll('then', 'so that') };
    });
    const material = {
      ...{ suspect: { name: 'suspect', digest: null }, model: { name: 'ours', digest: digestOf('ours') } },
      ...{ mark: null, traps, references: null },
    };
    return examine(material, forensicKeys(pepper, now, 1), new Date(now).toISOString()).verdict.grade;
  };
  const mine = pepperOf(environment);
  const other = { hash: (name: string) => createHmac('sha256', 'another').update(name).digest() };
  expect(gradeOf(exposed, mine)).toBe('proven');
  expect(gradeOf(exposed, other)).toBe('nothing-found');
  expect(gradeOf(plain, mine)).toBe('nothing-found');
});

test('a model with coins is another subject than the same one without, and what differs is named', () => {
  const [weights, runtimeBuild] = [digestOf('weights'), 'llama'];
  const file = { weights, tensors: weights, tokenizer: weights, chatTemplate: weights, adapters: [] };
  const plain = { ...file, quantisation: 'Q8_0', runtimeBuild, filters: [], ...serving };
  const coined = { ...plain, coins: servedCoins };
  expect(admissionKeyOf(coined)).not.toBe(admissionKeyOf(plain));
  expect(subjectDifferences(plain, coined)).toEqual(['the coins (null → ["operand-order/1"])']);
});
