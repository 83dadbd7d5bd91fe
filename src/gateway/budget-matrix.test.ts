// Every dialect's way to say how much may be thought, times {0, 16, 64, unlimited}, times {streaming, non-streaming}: the thinking
// stays within what was said and the answer is never empty, over a model that would think for ever.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ThinkingExtension } from '../wire/index.ts';
import { type RunningGateway, startGateway, testKey, testModel } from './testing.ts';

type Budget = 0 | 16 | 64 | null;

type Way = {
  readonly path: string;
  /** The members that say it; undefined where this way cannot say that. */
  readonly say: (budget: Budget) => object | undefined;
};

const maxTokens = 300;
const messages = [{ role: 'user', content: 'how long?' }];
const chat = '/v1/chat/completions';
const inChat = { messages, max_tokens: maxTokens };
const inResponses = { input: 'how long?', max_output_tokens: maxTokens };
const inOllama = { options: { num_predict: maxTokens } };

/** Levels whose budget is larger than the whole completion do not limit it. */
const level = (budget: Budget): string | undefined =>
  budget === 0 ? 'none' : budget === null ? 'max' : undefined;
const limit = (budget: Budget): number => budget ?? maxTokens;
const withLevel = (budget: Budget, members: (effort: string) => object): object | undefined => {
  const effort = level(budget);
  return effort === undefined ? undefined : members(effort);
};

const ways: Readonly<Record<string, Way>> = {
  'chat: reasoning_effort': {
    path: chat,
    say: (budget) => withLevel(budget, (reasoning_effort) => ({ ...inChat, reasoning_effort })),
  },
  'chat: reasoning.effort': {
    path: chat,
    say: (budget) => withLevel(budget, (effort) => ({ ...inChat, reasoning: { effort } })),
  },
  'chat: reasoning.max_tokens': {
    path: chat,
    say: (budget) => ({ ...inChat, reasoning: { max_tokens: limit(budget) } }),
  },
  'chat: reasoning.max_tokens, excluded': {
    path: chat,
    say: (budget) => ({ ...inChat, reasoning: { max_tokens: limit(budget), exclude: true } }),
  },
  'chat: reasoning.enabled': {
    path: chat,
    say: (budget) =>
      budget === 0 || budget === null ? { ...inChat, reasoning: { enabled: budget === null } } : undefined,
  },
  'chat: thinking_token_budget': {
    path: chat,
    say: (budget) => ({ ...inChat, ...(budget !== null && { thinking_token_budget: budget }) }),
  },
  'chat: think': {
    path: chat,
    say: (budget) => (budget === 0 || budget === null ? { ...inChat, think: budget === null } : undefined),
  },
  'responses: reasoning.effort': {
    path: '/v1/responses',
    say: (budget) => withLevel(budget, (effort) => ({ ...inResponses, reasoning: { effort } })),
  },
  'responses: reasoning.max_tokens': {
    path: '/v1/responses',
    say: (budget) => ({ ...inResponses, reasoning: { max_tokens: limit(budget) } }),
  },
  'messages: thinking.budget_tokens': {
    path: '/v1/messages',
    say: (budget) => ({ ...inChat, thinking: { type: 'enabled', budget_tokens: limit(budget) } }),
  },
  'messages: thinking.type': {
    path: '/v1/messages',
    say: (budget) => {
      if (budget === 0) return { ...inChat, thinking: { type: 'disabled' } };
      return budget === null ? { ...inChat, thinking: { type: 'adaptive' } } : undefined;
    },
  },
  'messages: output_config.effort': {
    path: '/v1/messages',
    say: (budget) => withLevel(budget, (effort) => ({ ...inChat, output_config: { effort } })),
  },
  'ollama chat: think': {
    path: '/api/chat',
    say: (budget) =>
      budget === 0 || budget === null ? { ...inOllama, messages, think: budget === null } : undefined,
  },
  'ollama chat: think as a level': {
    path: '/api/chat',
    say: (budget) => withLevel(budget, (think) => ({ ...inOllama, messages, think })),
  },
  'ollama generate: think': {
    path: '/api/generate',
    say: (budget) =>
      budget === 0 || budget === null
        ? { ...inOllama, prompt: 'how long?', think: budget === null }
        : undefined,
  },
};

const cases = Object.entries(ways).flatMap(([name, { path, say }]) =>
  ([0, 16, 64, null] as const).flatMap((budget) => {
    const members = say(budget);
    if (members === undefined) return [];
    return [true, false].map((stream) => ({ name, path, budget, members, stream }));
  }),
);

let server: RunningGateway;
beforeAll(async () => {
  // Thinks on until it is told to stop; what comes after that is its answer.
  server = await startGateway({ reply: () => Array.from({ length: 2000 }, () => ' so') });
});
afterAll(async () => await server[Symbol.asyncDispose]());

async function ask(path: string, body: object): Promise<string> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: testModel, ...body }),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return text;
}

/** Every JSON object of a reply: in one body, as server-sent events or as lines. */
function documentsOf(text: string): readonly object[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^data: /, ''))
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as object);
}

/** All strings under these names, joined, wherever they stand. */
function stringsUnder(value: unknown, names: readonly string[]): string {
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([name, member]) => {
      if (typeof member === 'string') return names.includes(name) ? member : '';
      return name === 'response' || name === 'item' || name === 'part' ? '' : stringsUnder(member, names);
    })
    .join('');
}

function thinkingOf(value: unknown): ThinkingExtension | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('x_tiegel' in value) return (value.x_tiegel as { readonly thinking: ThinkingExtension }).thinking;
  for (const member of Object.values(value)) {
    const found = thinkingOf(member);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The text of the answer, which each dialect keeps under another name. */
function answerOf(path: string, documents: readonly object[]): string {
  if (path === chat || path === '/api/chat') return stringsUnder(documents, ['content']);
  if (path === '/api/generate')
    return documents.map((line) => (line as { response: string }).response).join('');
  if (path === '/v1/messages') return stringsUnder(documents, ['text']);
  return documents
    .map((event) => {
      const { type, delta } = event as { readonly type?: string; readonly delta?: string };
      if (type === 'response.output_text.delta') return delta;
      const { output = [] } = event as { readonly output?: readonly { readonly type: string }[] };
      return stringsUnder(
        output.filter((item) => item.type === 'message'),
        ['text'],
      );
    })
    .join('');
}

describe.each(Object.keys(ways))('%s', (way) => {
  test.each(cases.filter(({ name }) => name === way))(
    'a budget of $budget, streamed: $stream',
    async ({ path, budget, members, stream }) => {
      const documents = documentsOf(await ask(path, { ...members, stream }));
      const thinking = documents.map(thinkingOf).findLast((found) => found !== undefined);
      expect(thinking?.tokens).toBeLessThanOrEqual(budget ?? maxTokens);
      if (budget === 0) expect(thinking?.outcome).toBe('none');
      else
        expect(thinking).toMatchObject({
          outcome: 'closed',
          stopped_by: budget === null ? 'length' : 'budget',
        });
      expect(answerOf(path, documents).trim()).not.toBe('');
    },
  );
});
