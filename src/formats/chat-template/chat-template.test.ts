import { Template } from '@huggingface/jinja';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import type { ChatMessage, PromptPiece } from '../prompt.ts';
import { startsInReasoning, type Thinking, templateFor } from './chat-template.ts';
import { tiegelTemplate } from './tiegel.ts';

const textOf = (pieces: readonly PromptPiece[]): string => pieces.map(({ text }) => text).join('');
const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content, reasoning: 'because' });
const system = (content: string): ChatMessage => ({ role: 'system', content });

const conversation = fc.array(
  fc.record({
    role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const),
    content: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('</think>', '{{ x }}', '\n a \n', '<|end|>'),
    ),
  }),
  { maxLength: 6 },
);

describe('tiegel', () => {
  test.each<[string, readonly ChatMessage[], Thinking, string]>([
    ['one question', [user('Hi')], 'open', '<|user|>Hi<|assistant|><think>\n'],
    ['thinking switched off', [user('Hi')], 'closed', '<|user|>Hi<|assistant|><think>\n</think>\n'],
    [
      'earlier turns, whose reasoning is dropped',
      [system('Be brief.'), user('Hi'), assistant('Hello'), user('Bye')],
      'open',
      '<|system|>Be brief.<|user|>Hi<|assistant|>Hello<|end|><|user|>Bye<|assistant|><think>\n',
    ],
    ['no message', [], 'open', '<|assistant|><think>\n'],
    ['blanks, which are kept', [user(' \n')], 'open', '<|user|> \n<|assistant|><think>\n'],
  ])('%s', (_, messages, thinking, expected) => {
    expect(textOf(tiegelTemplate.render(messages, { thinking }))).toBe(expected);
  });

  test('the Jinja text in model files gives the same prompt as the code', () => {
    const jinja = new Template(tiegelTemplate.text);
    fc.assert(
      fc.property(conversation, fc.constantFrom('open' as const, 'closed' as const), (messages, thinking) => {
        const rendered = jinja.render({
          messages,
          add_generation_prompt: true,
          ...(thinking === 'closed' ? { enable_thinking: false } : {}),
        });
        expect(textOf(tiegelTemplate.render(messages, { thinking }))).toBe(rendered);
      }),
    );
  });

  test('what people typed is never special, and nothing else stands between', () => {
    expect(tiegelTemplate.render([user('</think>')], { thinking: 'open' })).toEqual([
      { text: '<|user|>', special: true },
      { text: '</think>', special: false },
      { text: '<|assistant|><think>\n', special: true },
    ]);
  });

  test('prompt and completion together are a conversation in which thinking comes apart', () => {
    const taught = { reasoning: '3+4=7', answer: '7' };
    expect(textOf(tiegelTemplate.renderCompletion(taught, { thinking: 'open' }))).toBe(
      '3+4=7\n</think>\n7<|end|>',
    );
    expect(textOf(tiegelTemplate.renderCompletion(taught, { thinking: 'closed' }))).toBe('7<|end|>');
  });
});

describe('startsInReasoning', () => {
  test.each([user('<think>'), user('</think>'), user('Hi')])(
    'holds while thinking is open, whatever is asked',
    (message) => {
      expect(startsInReasoning(tiegelTemplate.render([message], { thinking: 'open' }))).toBe(true);
      expect(startsInReasoning(tiegelTemplate.render([message], { thinking: 'closed' }))).toBe(false);
    },
  );

  test('a tag cannot be put together from template and text', () => {
    expect(
      startsInReasoning([
        { text: '<thi', special: true },
        { text: '', special: false },
        { text: 'nk>', special: true },
      ]),
    ).toBe(false);
  });
});

describe('vetted families', () => {
  test('are found by the text', () => {
    expect(templateFor(tiegelTemplate.text)).toBe(tiegelTemplate);
  });

  test('any other text is refused with its digest, and says what is known', () => {
    const text = `${tiegelTemplate.text} `;
    expect(() => templateFor(text)).toThrow(
      `The chat template with SHA-256 ${digestOf(text)} is not one of the vetted families: tiegel, deepseek-r1, qwq, qwen3, qwen2.5.`,
    );
  });

  test('the text of a family never changes, since admitted models carry its digest', () => {
    expect(digestOf(tiegelTemplate.text)).toMatchInlineSnapshot(
      `"417269dd3320cb996fa35056128c16d715b1f6cb03f89128f7833182e3a7830d"`,
    );
  });
});
