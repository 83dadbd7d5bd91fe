import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../formats/index.ts';
import { maxTokensOf, textThatEndsThinking } from './thinking-end.ts';

const talkative = { thinkingEnd: { text: '\n</think>\n', sentence: true } };
const unlimited = Number.POSITIVE_INFINITY;
const endFor = (content: string, room = 4000, budget = unlimited): string =>
  textThatEndsThinking(talkative, [{ role: 'user', content }], { budget, room });

describe('the end of thinking', () => {
  test.each([
    ['What is the sum of 3 and 5?', 'so I answer now.'],
    ['Wie viel ist die Summe von 3 und 5?', 'antworte jetzt.'],
    ['Combien font les nombres dans la liste ?', 'je réponds maintenant.'],
    ['¿Cuál es el resultado de la suma?', 'respondo ahora.'],
    ['三加五等于多少？', '现在回答。'],
  ])('is announced in the language of the question: %s', (question, expected) => {
    expect(endFor(question)).toMatch(new RegExp(`^\n\n.*${expected}\n</think>\n$`));
  });

  test.each(['3 + 5 = ?', 'ひらがなと漢字', 'Сколько будет?', ''])(
    'is the tag alone where the language is not known: %s',
    (question) => expect(endFor(question)).toBe('\n</think>\n'),
  );

  test('is the tag alone where room is short or the family is not to be told', () => {
    expect(endFor('What is the sum?', 100)).toBe('\n</think>\n');
    const silent = { thinkingEnd: { text: '\n</think>\n', sentence: false } };
    const messages = [{ role: 'user', content: 'What is the sum?' }] as const;
    const given = textThatEndsThinking(silent, messages, { budget: unlimited, room: 4000 });
    expect(given).toBe('\n</think>\n');
  });

  test('is announced behind a small budget, too, in every room that holds both', () => {
    const question = 'What is the sum?';
    expect(endFor(question, 100, 20)).toContain('so I answer now.');
    expect(endFor(question, 80, 20)).toBe('\n</think>\n');
  });

  test('is announced in the language of the user, whoever spoke last', () => {
    const end = (...messages: readonly ChatMessage[]): string =>
      textThatEndsThinking(talkative, messages, { budget: unlimited, room: 4000 });
    const german = { role: 'user', content: 'Wie viel ist die Summe von 3 und 5?' } as const;
    const english = { role: 'tool', content: 'The sum of the numbers is 8 and this is it.' } as const;
    expect(end(german, english)).toContain('antworte jetzt.');
    expect(end(english)).toBe('\n</think>\n');
    expect(end()).toBe('\n</think>\n');
  });

  test('is announced by the beginning of a long question', () => {
    expect(endFor(`${'7 '.repeat(1000)} wie viel ist die Summe`)).toBe('\n</think>\n');
    expect(endFor(`${'7 '.repeat(900)} wie viel ist die Summe`)).toContain('antworte jetzt.');
  });

  test('takes all the room that there is, and no more', () => {
    const question = 'What is the sum?';
    const cost = maxTokensOf(endFor(question));
    expect(endFor(question, 20 + cost, 20)).toContain('so I answer now.');
    expect(endFor(question, 19 + cost, 20)).toBe('\n</think>\n');
    expect(endFor(question, 8 * cost)).toContain('so I answer now.');
    expect(endFor(question, 8 * cost - 1)).toBe('\n</think>\n');
  });
});
