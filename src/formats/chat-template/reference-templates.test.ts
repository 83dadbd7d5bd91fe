// The families as code against the template texts they stand for, rendered by @huggingface/jinja. The texts are public
// data of the validation set, so these tests need TIEGEL_DATA.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatMessage, PromptPiece, ToolCall, ToolDefinition } from '../prompt.ts';
import { type Thinking, templateFor } from './chat-template.ts';
import { embeddedTemplate } from './embedded/embedded-template.ts';
import { createRenderer } from './embedded/renderer.ts';

const folder = join(process.env.TIEGEL_DATA ?? '', 'tokenizers');
const present = process.env.TIEGEL_DATA !== undefined && existsSync(folder);

type Reference = {
  readonly file: string;
  readonly family: string;
  /** The text takes arguments as JSON text and not as a value. */
  readonly argumentsAsText?: true;
  /** The text knows definitions of tools. */
  readonly knowsTools: boolean;
  /** The text asks for `enable_thinking`. */
  readonly knowsClosed: boolean;
  /** What it takes for a turn of calls alone. */
  readonly noContent: null | '';
};

const references: readonly Reference[] = [
  ...['Qwen-Qwen3-8B.jinja', 'Qwen-Qwen3-0.6B.jinja'].map((file) => ({
    file,
    family: 'qwen3',
    knowsTools: true,
    knowsClosed: true,
    noContent: '' as const,
  })),
  {
    file: 'deepseek-ai-DeepSeek-R1-Distill-Llama-8B.jinja',
    family: 'deepseek-r1',
    argumentsAsText: true,
    knowsTools: false,
    knowsClosed: false,
    noContent: null,
  },
  {
    file: 'deepseek-ai-DeepSeek-R1-Distill-Qwen-32B.jinja',
    family: 'deepseek-r1',
    knowsTools: false,
    knowsClosed: true,
    noContent: null,
  },
  {
    file: 'llama-cpp-deepseek-r1.jinja',
    family: 'deepseek-r1',
    knowsTools: true,
    knowsClosed: false,
    noContent: '',
  },
  { file: 'Qwen-QwQ-32B.jinja', family: 'qwq', knowsTools: true, knowsClosed: true, noContent: '' },
  {
    file: 'Qwen-Qwen2.5-7B-Instruct.jinja',
    family: 'qwen2.5',
    knowsTools: true,
    knowsClosed: true,
    noContent: '',
  },
];

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string, ...toolCalls: ToolCall[]): ChatMessage => ({
  role: 'assistant',
  content,
  toolCalls,
});
const system = (content: string): ChatMessage => ({ role: 'system', content });
const result = (content: string): ChatMessage => ({ role: 'tool', content });

const weather: ToolCall = { name: 'weather', arguments: '{"city": "Köln", "days": [1, 2]}' };
const clock: ToolCall = { name: 'clock', arguments: '{}' };
const tools: readonly ToolDefinition[] = [
  {
    name: 'weather',
    description: 'The weather of a "city".',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
  { name: 'clock' },
];

const conversations: Readonly<Record<string, readonly ChatMessage[]>> = {
  'one question': [user('Hi')],
  'a system prompt': [system('Be brief.'), user('Hi')],
  'blanks and line breaks': [system(' a \n'), user('\n Hi \n')],
  'several turns': [user('Hi'), assistant('Hello'), user('And now?'), assistant('Bye'), user('Bye')],
  'thinking in earlier turns': [
    user('2+2?'),
    assistant('<think>\neasy\n</think>\n\n4'),
    user('3+3?'),
    assistant('hm</think>no</think>6'),
    user('And?'),
  ],
  'a later system message': [user('Hi'), system('Be kind.'), user('Hello?')],
  'one call and its result': [user('Rain?'), assistant('', weather), result('{"rain": true}')],
  'a result and then a question': [user('Rain?'), assistant('', weather), result('no'), user('Sure?')],
  'a result and its answer': [
    user('Rain?'),
    assistant('', weather),
    result('yes'),
    assistant('Yes.'),
    user('Thanks'),
  ],
  'two calls and two results': [
    system('Use tools.'),
    user('Rain?'),
    assistant('', weather, clock),
    result('yes'),
    result('noon'),
  ],
  'three calls at once': [user('Go'), assistant('', weather, clock, weather), result('1')],
  'calls in two turns': [
    user('Rain?'),
    assistant('', weather),
    result('yes'),
    assistant('Yes. The time?'),
    user('Go on'),
    assistant('', clock),
    result('noon'),
    user('Thanks'),
  ],
  'a call with other text': [user('Rain?'), assistant('I will look.', weather), result('yes')],
  'the assistant last': [user('Hi'), assistant('<think>a</think>\n\nb')],
};

const referencesHere = references.map((reference) => ({
  ...reference,
  absent: !present || !existsSync(join(folder, reference.file)),
}));

const textOf = (pieces: readonly PromptPiece[]): string => pieces.map(({ text }) => text).join('');

const renderer = createRenderer();

for (const reference of referencesHere) {
  const why = present && reference.absent ? 'not among the validation data' : 'TIEGEL_DATA';
  describe.skipIf(reference.absent)(`${reference.file} (${why})`, () => {
    const text = !reference.absent ? readFileSync(join(folder, reference.file), 'utf8') : '';
    const jinja = !reference.absent ? new Template(text) : undefined;
    const family = !reference.absent ? templateFor(text) : undefined;

    const expected = (
      messages: readonly ChatMessage[],
      thinking: Thinking,
      definitions: readonly ToolDefinition[],
    ): string =>
      jinja!.render({
        messages: messages.map(({ role, content, toolCalls = [] }) => ({
          role,
          content: content === '' && toolCalls.length > 0 ? reference.noContent : content,
          ...(toolCalls.length > 0 && {
            tool_calls: toolCalls.map(({ name, arguments: args }) => ({
              type: 'function',
              function: { name, arguments: reference.argumentsAsText ? args : JSON.parse(args) },
            })),
          }),
        })),
        ...(definitions.length > 0 && {
          tools: definitions.map((definition) => ({ type: 'function', function: definition })),
        }),
        bos_token: '<｜begin▁of▁sentence｜>',
        add_generation_prompt: true,
        enable_thinking: thinking === 'open',
      });

    test('is found by the digest of the text', () => {
      expect(family?.name).toBe(reference.family);
    });

    test.each(Object.entries(conversations))('renders %s as the text does', (_, messages) => {
      for (const thinking of reference.knowsClosed ? (['open', 'closed'] as const) : (['open'] as const)) {
        expect(textOf(family!.render(messages, { thinking }))).toBe(expected(messages, thinking, []));
        if (!reference.knowsTools) continue;
        const withTools = textOf(family!.render(messages, { thinking, tools }));
        expect(withTools).toBe(expected(messages, thinking, tools));
      }
    });

    test('gives the same as it stands in a file, with marks in place of what people write', async () => {
      const source = { text, beginToken: '<｜begin▁of▁sentence｜>', endToken: '', tags: [] };
      const embedded = embeddedTemplate(source, renderer);
      for (const name of ['one question', 'a system prompt', 'blanks and line breaks', 'several turns']) {
        const messages = conversations[name]!;
        const pieces = await embedded.render(messages, { thinking: 'open' });
        expect(textOf(pieces)).toBe(expected(messages, 'open', []));
        expect(pieces.some(({ text: piece, special }) => special && /Hi|brief/.test(piece))).toBe(false);
      }
    });

    test('renders whatever people write as the text does', () => {
      // No blank at the start or behind `</think>`: the oracle's `lstrip('\n')` takes blanks as well, unlike Python's.
      const content = fc.oneof(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text === text.trimStart()),
        fc.constantFrom('<think>', 'a</think>b', '<tool_call>', '{{ x }}', '<｜User｜>', '<|im_end|>'),
      );
      const messages = fc.array(
        fc.record({
          role: fc.constantFrom('system' as const, 'user' as const, 'assistant' as const),
          content,
        }),
        { minLength: 1, maxLength: 6 },
      );
      fc.assert(
        fc.property(messages, (said) => {
          expect(textOf(family!.render(said, { thinking: 'open' }))).toBe(expected(said, 'open', []));
        }),
      );
    });
  });
}
