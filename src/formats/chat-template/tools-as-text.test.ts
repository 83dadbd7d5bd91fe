import { expect, test } from 'vitest';
import type { ChatMessage } from '../prompt.ts';
import { templateWithDigest } from './chat-template.ts';
import { toolsAsText } from './tools-as-text.ts';

const call = { name: 'add', arguments: '{"a":1}' };
const conversation: readonly ChatMessage[] = [
  { role: 'user', content: 'add' },
  { role: 'assistant', content: '', toolCalls: [call, call] },
  { role: 'tool', content: '2' },
  { role: 'tool', content: '</think>' },
];

test('a conversation without tools is what it was', () => {
  const plain = conversation.slice(0, 1);
  expect(toolsAsText(plain, [])).toEqual(plain);
});

test('calls and results become text, results of one turn one message', () => {
  const text = '<｜tool▁call▁begin｜>function<｜tool▁sep｜>add\n```json\n{"a":1}\n```<｜tool▁call▁end｜>';
  expect(toolsAsText(conversation, [])).toEqual([
    { role: 'user', content: 'add' },
    { role: 'assistant', content: `<｜tool▁calls▁begin｜>${text}\n${text}<｜tool▁calls▁end｜>` },
    {
      role: 'user',
      content:
        '<｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>2<｜tool▁output▁end｜>\n' +
        '<｜tool▁output▁begin｜></think><｜tool▁output▁end｜><｜tool▁outputs▁end｜>',
    },
  ]);
});

test('a server of R1 renders the definitions where they would be rendered here', async () => {
  const distilled = templateWithDigest(
    'dd2675619a64a449cdcdd2b93e605a0a50764cee41e344f244752bc93643936c' as never,
  );
  const tools = [{ name: 'add', parameters: { type: 'object' } }];
  const messages: readonly ChatMessage[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'add' },
  ];
  const textOf = (rendered: ReturnType<typeof distilled.render>) => rendered.map(({ text }) => text).join('');
  const here = distilled.render(messages, { thinking: 'open', tools });
  const there = distilled.render(toolsAsText(messages, tools), { thinking: 'open' });
  expect(textOf(there)).toBe(textOf(here));
  expect(toolsAsText(messages.slice(1), tools)[0]?.role).toBe('system');
});
