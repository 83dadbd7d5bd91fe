// Every field that the published clients know for a request, held to one of three fates: it changes what is asked of the
// model or how the reply is told, it is accepted and documented as without effect, or it is refused by name. docs/fields.md
// is the same as a table.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ApiFields, fieldTable, publishedApis } from '../../scripts/request-fields.ts';
import { anthropicMessages } from '../../src/gateway/dialects/anthropic/dialect.ts';
import type { Dialect } from '../../src/gateway/dialects/dialect.ts';
import { ollamaChat, ollamaGenerate } from '../../src/gateway/dialects/ollama/dialect.ts';
import { openaiChat } from '../../src/gateway/dialects/openai-chat/dialect.ts';
import { openaiCompletions } from '../../src/gateway/dialects/openai-completions/dialect.ts';
import { openaiResponses } from '../../src/gateway/dialects/openai-responses/dialect.ts';
import { root } from './source-files.ts';

/** Values of every kind; those that a field does not take are passed over. */
const anything: readonly unknown[] = [
  ...[
    true,
    false,
    0,
    1,
    2,
    0.5,
    -1,
    7,
    'x',
    '',
    'none',
    'low',
    'auto',
    'disabled',
    'omitted',
    'json',
    [],
    ['x'],
    ['text'],
    {},
  ],
  ...[
    { type: 'json_object' },
    { type: 'any' },
    { type: 'disabled' },
    { effort: 'low' },
    { include_usage: true },
  ],
  ...[
    { temperature: 0.1 },
    { format: { type: 'json_object' } },
    { type: 'json_schema', schema: {} },
    { 5: 3 },
  ],
  ...[
    { format: { type: 'json_schema', schema: {} } },
    { include_obfuscation: true },
    { enable_thinking: false },
  ],
];
const tool = { type: 'function', function: { name: 'f' } };
const others: Readonly<Record<string, readonly unknown[]>> = {
  messages: [[{ role: 'user', content: 'other' }]],
  tools: [[tool], [{ name: 'f', input_schema: {} }], [{ type: 'function', name: 'f' }]],
  model: ['other'],
  logprobs: [true],
  top_logprobs: [3],
};
/** What a field needs beside it to have a meaning. */
const beside: Readonly<Record<string, object>> = {
  top_logprobs: { logprobs: true },
  stream_options: { stream: true },
};
const least: Readonly<Record<string, object>> = {
  '/v1/chat/completions': { model: 'm', messages: [{ role: 'user', content: 'hi' }], tools: [tool] },
  '/v1/completions': { model: 'm', prompt: 'hi' },
  '/v1/responses': { model: 'm', input: 'hi', tools: [{ type: 'function', name: 'f' }] },
  '/v1/messages': {
    ...{ model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] },
    tools: [{ name: 'f', input_schema: {} }],
  },
  '/api/chat': { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
  '/api/generate': { model: 'm', prompt: 'hi' },
};

const dialects: Readonly<Record<string, Dialect>> = {
  '/v1/chat/completions': openaiChat,
  '/v1/completions': openaiCompletions,
  '/v1/responses': openaiResponses,
  '/v1/messages': anthropicMessages,
  '/api/chat': ollamaChat,
  '/api/generate': ollamaGenerate,
};

const thinking = { outcome: 'closed', tokens: 2, forcedTokens: 0, budget: null, stoppedBy: 'model' } as const;
const usage = { promptTokens: 3, cachedPromptTokens: 1, completionTokens: 5, reasoningTokens: 2 };
const end = { type: 'end', finish: 'stop', usage, thinking } as const;
const token = { text: 'yes', logProbability: -0.5, alternatives: [] };
const gathered = { reasoning: 'hm', answer: 'yes', toolCalls: [], answerTokens: [token], end };
const reply = {
  ...({ id: '1_1', created: 0, model: 'm', reasoningField: 'both', logProbabilities: 'raw' } as const),
  elapsed: () => 1,
};

/** All that a request comes to: the turn, and the reply in one body and as a stream; or the field that it is refused for. */
function outcome(path: string, body: object): { readonly told?: string; readonly refused?: string } {
  try {
    const read = dialects[path]?.read(body, 'refuse');
    if (read === undefined || read.problem !== undefined) return { refused: read?.problem.field ?? '' };
    const { turn, nonStreaming, stream } = read.value;
    const encoder = stream(reply);
    const parts = [
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'answer-delta', text: 'yes' },
      end,
    ] as const;
    const events = [encoder.open(), ...parts.map((part) => encoder.part(0, part)), encoder.close()];
    return { told: JSON.stringify([turn, nonStreaming([gathered], reply), events]) };
  } catch (error) {
    return { refused: String((error as { readonly details?: { readonly field?: string } }).details?.field) };
  }
}

const spoken = publishedApis.filter(({ path }) => path in least);

describe.each(spoken.map((api) => [api.path, api] as const))('%s', (path, api: ApiFields) => {
  test('is known by the types of its clients', () => {
    expect(api.published.length).toBeGreaterThan(8);
  });

  test.each(api.published.map((field) => [field, api.fateOf(field)] as const))('%s: %s', (field, fate) => {
    // Responses do not tell log-probabilities, so that there is nothing beside which it would have a meaning.
    const base = { ...least[path], ...(path !== '/v1/responses' && beside[field]) };
    const before = outcome(path, base);
    expect(before.refused).toBeUndefined();
    const values = [...(others[field] ?? []), ...anything];
    const after = values.map((value) => outcome(path, { ...base, [field]: value }));
    const taken = after.filter(({ told }) => told !== undefined);
    if (fate === 'refused') {
      expect(taken).toEqual([]);
      for (const { refused } of after) expect(refused).toBe(field);
    } else if (fate === 'honoured') {
      expect(taken.some(({ told }) => told !== before.told)).toBe(true);
    } else {
      expect(taken.filter(({ told }) => told !== before.told)).toEqual([]);
      expect(fate).toMatch(/^(without effect: .|only null$)/);
    }
  });
});

test('docs/fields.md is the table that scripts/write-field-docs.ts prints', () => {
  expect(readFileSync(join(root, 'docs', 'fields.md'), 'utf8')).toContain(fieldTable());
});
