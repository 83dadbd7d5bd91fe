// What each kind of server is told beyond the plain request, by the data of its profile.
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import type { ChatMessage } from '../../formats/index.ts';
import { type Sampling, samplingOptions, type UnrenderedRequest, type UnrenderedTurn } from '../engine.ts';
import { createCacheSalts } from './cache-salt.ts';
import { chatRequest } from './chat-request.ts';
import { question, remoteEngine } from './fixture.ts';
import { type ServerKind, serverProfiles } from './server-profile.ts';

const kinds = Object.keys(serverProfiles) as ServerKind[];

function bodyFor(
  server: ServerKind,
  change: Partial<UnrenderedRequest>,
  remoteModel = 'org/far',
): Readonly<Record<string, unknown>> {
  const random = seededRandom(1);
  const body = chatRequest(
    { ...question, ...change },
    {
      ...{ model: 'far', remoteModel, profile: serverProfiles[server], opensThinking: false },
      cacheSalt: createCacheSalts((bytes) =>
        Uint8Array.from({ length: bytes }, () => random.integer(0, 255)),
      ),
    },
  );
  return JSON.parse(body);
}

const turn = (members: Partial<UnrenderedTurn>): Partial<UnrenderedRequest> => ({
  turn: { ...(question.turn as UnrenderedTurn), ...members },
});

describe('sampling options', () => {
  const sampling: Sampling = {
    ...question.sampling,
    ...{ topK: 5, minP: 0.1, repetitionPenalty: 1.1, presencePenalty: 0.2, frequencyPenalty: 0.3 },
    logitBias: [
      [7, -100],
      [8, 5],
    ],
  };
  const penalties = { presence_penalty: 0.2, frequency_penalty: 0.3 };
  const bias = { logit_bias: { 7: -100, 8: 5 } };
  const all = { ...penalties, ...bias, top_k: 5, min_p: 0.1, repetition_penalty: 1.1 };
  const { repetition_penalty: repeat_penalty, ...others } = all;
  const plain = Object.keys(bodyFor('compatible', {}));

  test.each([
    ['vllm', all],
    ['sglang', all],
    ['openrouter', all],
    ['llama-server', { ...others, repeat_penalty }],
    ['lm-studio', { ...penalties, ...bias, top_k: 5, repeat_penalty }],
    ['ollama', penalties],
    ['openai', { ...penalties, ...bias }],
    ['deepseek', {}],
    ['foundry-local', {}],
    ['compatible', {}],
  ] as const)('reach %s under its names', (server, members) => {
    const known = new Set([...plain, ...Object.keys(bodyFor(server, {}))]);
    const body = Object.entries(bodyFor(server, { sampling })).filter(([name]) => !known.has(name));
    expect(Object.fromEntries(body)).toEqual(members);
  });

  test('that a kind has no name for are refused by name, before it is asked', async () => {
    for (const server of kinds) {
      await using setup = remoteEngine(['http://127.0.0.1:9/v1'], { server });
      const { samplingOptions: kept = [] } = setup.engine.capabilities;
      for (const option of samplingOptions.filter((one) => !kept.includes(one))) {
        const only = { ...question.sampling, [option]: sampling[option] };
        await expect(
          Array.fromAsync(setup.engine.generate({ ...question, sampling: only })),
        ).rejects.toMatchObject({
          code: 'TGL_CAPABILITY_MISSING',
          details: { feature: `the sampling option ${option}` },
        });
      }
    }
  });

  test.each(kinds)(
    'temperature and top-p are sent to %s, or it says that they are not heeded',
    async (server) => {
      await using setup = remoteEngine(['http://127.0.0.1:9/v1'], { server });
      const { temperature, top_p } = bodyFor(server, { sampling: { temperature: 0.3, topP: 0.4 } });
      const sent = setup.engine.capabilities.fixedSampling ? {} : { temperature: 0.3, top_p: 0.4 };
      expect({ temperature, top_p }).toEqual(sent);
    },
  );
});

test('what was not asked for is not sent', () => {
  for (const server of kinds) {
    const body = bodyFor(server, turn({ tools: [] }));
    for (const name of ['stop', 'seed', 'tools', 'tool_choice', 'logprobs', 'response_format'])
      expect(body).not.toHaveProperty(name);
  }
});

test('a seed is sent where it is kept, and a budget for thinking where there is a field for it', async () => {
  for (const server of kinds) {
    const { seed, budgetField } = serverProfiles[server];
    const sent = bodyFor(server, { sampling: { ...question.sampling, seed: 5 } }).seed;
    expect(sent).toBe(seed ? 5 : undefined);
    const ask = () => bodyFor(server, turn({ thinkingBudget: 64 }));
    if (budgetField !== null) expect(ask()[budgetField]).toBe(64);
    else
      expect(ask).toThrow(
        expect.objectContaining({
          code: 'TGL_CAPABILITY_MISSING',
          details: { model: 'far', feature: 'thinking budgets' },
        }),
      );
  }
});

test('only the tag that begins a prefill is left to the template', () => {
  const options = { model: 'far', remoteModel: 'far', profile: serverProfiles.sglang, opensThinking: true };
  const content = (prefill: string): unknown => {
    const request = { ...question, ...turn({ prefill }) };
    const body = JSON.parse(chatRequest(request, { ...options, cacheSalt: () => '' }));
    return body.messages.at(-1).content;
  };
  expect(content('<think>\nThe tag `<think>`')).toBe('The tag `<think>`');
  expect(content('The tag `<think>`')).toBe('The tag `<think>`');
});

describe('levels of thinking', () => {
  test.each([
    ['vllm', { reasoning_effort: 'high', chat_template_kwargs: { enable_thinking: true, thinking: true } }],
    ['sglang', { reasoning_effort: 'high', chat_template_kwargs: { enable_thinking: true, thinking: true } }],
    ['llama-server', { chat_template_kwargs: { enable_thinking: true, reasoning_effort: 'high' } }],
    ['ollama', { reasoning_effort: 'high' }],
    ['deepseek', { reasoning_effort: 'high', thinking: { type: 'enabled' } }],
    ['openrouter', { reasoning: { effort: 'high' } }],
    ['openai', { reasoning_effort: 'high' }],
  ] as const)('reach %s in its words', (server, members) => {
    expect(bodyFor(server, turn({ effort: 'high' }))).toMatchObject(members);
  });

  test.each([
    ['vllm', { chat_template_kwargs: { enable_thinking: false, thinking: false } }],
    ['ollama', { reasoning_effort: 'none' }],
    ['deepseek', { thinking: { type: 'disabled' } }],
    ['openrouter', { reasoning: { effort: 'none' } }],
    ['openai', { reasoning_effort: 'none' }],
  ] as const)('%s is told not to think', (server, members) => {
    const body = bodyFor(server, turn({ thinking: 'closed', effort: 'high' }));
    expect(body).toMatchObject(members);
  });

  test('are declared as they are sent, and refused where a kind knows none', async () => {
    for (const server of kinds) {
      await using setup = remoteEngine(['http://127.0.0.1:9/v1'], { server });
      const { efforts = [] } = setup.engine.capabilities;
      for (const effort of ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const) {
        const ask = () => bodyFor(server, turn({ effort }));
        if (efforts.includes(effort)) expect(JSON.stringify(ask())).toContain(`"${effort}"`);
        else expect(ask).toThrow(expect.objectContaining({ code: 'TGL_CAPABILITY_MISSING' }));
      }
    }
  });
});

test("a client's variables reach the template where a kind takes them; what it asked in general words counts more", () => {
  const templateArguments = { custom: [1], enable_thinking: true };
  for (const server of kinds) {
    const ask = () => bodyFor(server, turn({ templateArguments, thinking: 'closed' }));
    if (serverProfiles[server].templateArguments)
      expect(ask().chat_template_kwargs).toMatchObject({ custom: [1], enable_thinking: false });
    else expect(ask).toThrow(expect.objectContaining({ code: 'TGL_CAPABILITY_MISSING' }));
  }
});

describe('the reasoning of earlier turns', () => {
  const called = { name: 'add', arguments: '{}' };
  const messages: readonly ChatMessage[] = [
    { role: 'user', content: 'plain' },
    { role: 'assistant', content: 'a', reasoning: 'thought 1' },
    { role: 'user', content: 'with a tool' },
    { role: 'assistant', content: '', reasoning: 'thought 2', toolCalls: [called] },
    { role: 'tool', content: '3' },
    { role: 'assistant', content: 'b', reasoning: 'thought 3' },
    { role: 'user', content: 'with a tool again' },
    { role: 'assistant', content: '', reasoning: 'thought 4', toolCalls: [called] },
    { role: 'tool', content: '4' },
  ];
  const sent = (model: string, server: ServerKind, field: string): readonly unknown[] => {
    const body = bodyFor(server, turn({ messages }), model) as { messages: Record<string, unknown>[] };
    return body.messages.map((message) => message[field]).filter((text) => text !== undefined);
  };
  const [plain, behind, after, current] = [1, 2, 3, 4].map((place) => `thought ${place}`);

  test.each([
    ['deepseek-v4-pro', 'deepseek', 'reasoning_content', [behind, after, current]],
    ['deepseek-reasoner', 'deepseek', 'reasoning_content', [behind, after, current]],
    ['deepseek-ai/DeepSeek-V3.2', 'vllm', 'reasoning', [current]],
    ['deepseek-ai/DeepSeek-V3.2', 'vllm', 'reasoning_content', [current]],
    ['moonshotai/Kimi-K2-Thinking', 'sglang', 'reasoning_content', [current]],
    ['zai-org/GLM-4.6', 'sglang', 'reasoning_content', [current]],
    ['zai-org/GLM-4.7', 'sglang', 'reasoning_content', [plain, behind, after, current]],
    ['minimax/minimax-m2.5', 'openrouter', 'reasoning', [plain, behind, after, current]],
    ['gpt-oss:20b', 'ollama', 'reasoning', [current]],
    ['Qwen/Qwen3-8B', 'llama-server', 'reasoning_content', [current]],
    ['deepseek-ai/DeepSeek-R1-Distill-Qwen-7B', 'vllm', 'reasoning_content', []],
    ['deepseek/deepseek-r1-0528-qwen3-8b', 'openrouter', 'reasoning', []],
    ['org/unknown', 'vllm', 'reasoning_content', []],
    ['gpt-5', 'openai', 'reasoning_content', []],
  ] as const)('goes back to %s (%s) in %s as its family wants it', (model, server, field, thoughts) => {
    expect(sent(model, server, field)).toEqual(thoughts);
  });
});
