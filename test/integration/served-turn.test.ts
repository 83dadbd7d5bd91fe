// The promise of the gate: what is assessed is what is served. The same tuple and the same question give the same prompt
// and the same settings, whoever asks: the gateway in any dialect, the assessment, the chat, the counting of tokens.
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askServed } from '../../src/assess/run/ask-served.ts';
import { createBudget } from '../../src/assess/terms/budget.ts';
import { manualClock, systemClock, systemEntropy } from '../../src/base/index.ts';
import type { AdmittedVariant, ServingConfiguration } from '../../src/catalog/index.ts';
import { chatTurns } from '../../src/cli/chat.ts';
import { createScriptedEngine, type GenerateRequest } from '../../src/engine/index.ts';
import { qwen25Template } from '../../src/formats/chat-template/qwen.ts';
import { type ChatMessage, type ChatTemplate, tiegelTemplate } from '../../src/formats/index.ts';
import { createGateway, type Gateway } from '../../src/gateway/index.ts';
import { keysOf } from '../../src/gateway/testing.ts';
import { collect, converse } from '../../src/reasoning/index.ts';

const key = 'tgl_test-key-0123456789';

type Tuple = { readonly systemPrompt: string | null; readonly template: ChatTemplate };

const tuples: Readonly<Record<string, Tuple>> = {
  bare: { systemPrompt: null, template: tiegelTemplate },
  instructed: { systemPrompt: 'Answer in one line.', template: tiegelTemplate },
  // Its template has a system prompt of its own where there is none.
  qwen: { systemPrompt: null, template: qwen25Template },
  'qwen-instructed': { systemPrompt: 'Answer in one line.', template: qwen25Template },
};

type Question = {
  readonly system?: string;
  readonly user: string;
  readonly thinking: boolean;
  readonly prefill?: string;
};

const questions: Readonly<Record<string, Question>> = {
  'a question': { user: 'What is 3 + 4?', thinking: true },
  'a system message of the client': { system: 'Speak German.', user: 'What is 3 + 4?', thinking: true },
  'an answer without thinking': { user: 'What is 3 + 4?', thinking: false },
  'a prefilled reply': {
    system: 'Speak German.',
    user: 'What is 3 + 4?',
    thinking: true,
    prefill: 'It is',
  },
};

const asked: GenerateRequest[] = [];
const engine = createScriptedEngine({
  model: 'double',
  reply: (request) => {
    asked.push(request);
    return ['</think>', 'seven'];
  },
});

function admittedAs({ systemPrompt, template }: Tuple): AdmittedVariant {
  const serving: ServingConfiguration = {
    runtimeBuild: 'scripted',
    sampling: { temperature: 0.3, topP: 0.8, maxTokens: 400 },
    ...{ thinkingBudget: 90, systemPrompt, filters: [] },
  };
  const record = { expires: '2999-01-01T00:00:00.000Z' };
  // Only the catalog makes one; this test pretends to be it.
  return { admissionKey: '0'.repeat(64), record, serving, template } as unknown as AdmittedVariant;
}

let gateway: Gateway;
let url: string;
beforeAll(async () => {
  gateway = createGateway({
    models: {
      list: () => [],
      resolve: (name) => {
        const tuple = tuples[name] as Tuple;
        return { admitted: admittedAs(tuple), engine, places: [], template: tuple.template, created: 0 };
      },
    },
    keys: keysOf(key),
    ...{ clock: systemClock, entropy: systemEntropy, logger: pino({ level: 'silent' }) },
  });
  url = await gateway.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await gateway.close();
  await engine[Symbol.asyncDispose]();
});

async function post<Reply>(path: string, body: object): Promise<Reply> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Reply;
}

function messagesOf({ system, user }: Question): readonly ChatMessage[] {
  const asking = { role: 'user', content: user } as const;
  return system === undefined ? [asking] : [{ role: 'system', content: system }, asking];
}

function prefillOf({ prefill }: Question, members: object = {}): readonly object[] {
  return prefill === undefined ? [] : [{ role: 'assistant', content: prefill, ...members }];
}

type Caller = (model: string, question: Question) => Promise<unknown>;

const anthropicBody = (model: string, { system, user, thinking, ...rest }: Question): object => ({
  model,
  ...(system !== undefined && { system }),
  messages: [{ role: 'user', content: user }, ...prefillOf({ user, thinking, ...rest })],
  ...(!thinking && { thinking: { type: 'disabled' } }),
});

/** Those of the gateway that generate answer with what their usage says of the prompt. */
const dialects: Readonly<Record<string, (model: string, question: Question) => Promise<number>>> = {
  chat: async (model, question) => {
    const messages = [...messagesOf(question), ...prefillOf(question, { prefix: true })];
    const body = { model, messages, think: question.thinking };
    return (await post<{ usage: { prompt_tokens: number } }>('/v1/chat/completions', body)).usage
      .prompt_tokens;
  },
  responses: async (model, { system, user, thinking }) => {
    const reasoning = thinking ? {} : { reasoning: { effort: 'none' } };
    const body = { model, input: user, ...(system !== undefined && { instructions: system }), ...reasoning };
    return (await post<{ usage: { input_tokens: number } }>('/v1/responses', body)).usage.input_tokens;
  },
  messages: async (model, question) => {
    const body = { ...anthropicBody(model, question), max_tokens: 400 };
    const { usage } = await post<{ usage: Readonly<Record<string, number>> }>('/v1/messages', body);
    return (usage.input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
  },
  ollama: async (model, question) => {
    const body = { model, messages: messagesOf(question), stream: false, think: question.thinking };
    return (await post<{ prompt_eval_count: number }>('/api/chat', body)).prompt_eval_count;
  },
};

/** Dialects in which no client can begin a reply. */
const withoutPrefill: readonly string[] = ['responses', 'ollama'];

const others: Readonly<Record<string, Caller>> = {
  assess: (model, { prefill, thinking, ...question }) => {
    const tuple = tuples[model] as Tuple;
    const ask = askServed({
      ...{ engine, template: tuple.template, serving: admittedAs(tuple).serving },
      ...{ budget: createBudget({}), clock: manualClock() },
    });
    const begins = prefill === undefined ? {} : { answerPrefill: prefill };
    const messages = messagesOf({ thinking, ...question });
    return ask({ messages, thinking: thinking ? 'open' : 'closed', ...begins }, 1);
  },
  'chat of the command line': (model, question) => {
    const turn = chatTurns(admittedAs(tuples[model] as Tuple), { filters: [], thinking: question.thinking });
    return collect(converse(engine, turn(messagesOf(question))));
  },
};

async function requestOf(caller: Caller, model: string, question: Question): Promise<GenerateRequest> {
  asked.length = 0;
  await caller(model, question);
  expect(asked).toHaveLength(1);
  return asked[0] as GenerateRequest;
}

/** What decides a reply; a seed is the asker's own, and control of the thinking is no part of the question. */
function essence({ prompt, maxTokens, sampling, forced }: GenerateRequest) {
  const { seed: _, ...settings } = sampling;
  const { now: __, ...ending } = forced ?? {};
  return { prompt, maxTokens, settings, ending };
}

describe.each(Object.keys(tuples))('%s', (model) => {
  test.each(Object.entries(questions))('is asked alike by everybody: %s', async (_, question) => {
    const skips = question.prefill === undefined ? [] : [...withoutPrefill, 'chat of the command line'];
    const callers = Object.entries({ ...dialects, ...others }).filter(([name]) => !skips.includes(name));
    const seen: ReturnType<typeof essence>[] = [];
    for (const [, caller] of callers) seen.push(essence(await requestOf(caller, model, question)));
    for (const request of seen) expect(request).toEqual(seen[0]);
    const text = seen[0]?.prompt?.map((piece) => piece.text).join('');
    const { systemPrompt } = tuples[model] as Tuple;
    const system = [systemPrompt, question.system].filter((one) => one != null).join('\n\n');
    if (system !== '') expect(text).toContain(system);
  });

  test.each(Object.entries(questions))('is counted as it is then charged: %s', async (_, question) => {
    const body = anthropicBody(model, question);
    const { input_tokens: tokens } = await post<{ input_tokens: number }>('/v1/messages/count_tokens', body);
    for (const [name, dialect] of Object.entries(dialects)) {
      if (question.prefill !== undefined && withoutPrefill.includes(name)) continue;
      expect([name, await dialect(model, question)]).toEqual([name, tokens]);
    }
  });
});

test('a text is not continued past a system prompt', async () => {
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'instructed', prompt: 'Once upon a time' }),
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('TGL_CAPABILITY_MISSING');
});
