// What is asked of a model for a request: one turn a choice, as the served model and the request say, and what no engine behind it can keep
// is refused.
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../../base/index.ts';
import type { Engine, EngineCapabilities, Sampling } from '../../engine/index.ts';
import { tiegelTemplate } from '../../formats/index.ts';
import { pretendAdmitted, servedBy } from '../testing.ts';
import { converseRequestsOf } from './conversation.ts';
import type { TurnRequest } from './turn-request.ts';

const messages = [{ role: 'user' as const, content: 'hi' }];
const tools = [{ name: 'f', parameters: { type: 'object' } }];

const turnWith = (change: Partial<TurnRequest> = {}): TurnRequest => ({
  ...{ model: 'm', input: { messages }, stream: true, choices: 1, sampling: {}, stop: [] },
  ...{ thinking: {}, tools: [], ...change },
});

function asked(
  change: Partial<TurnRequest>,
  capabilities: Partial<EngineCapabilities> = {},
  { template = tiegelTemplate as typeof tiegelTemplate | null, systemPrompt = null as string | null } = {},
) {
  const engine = {
    model: 'far',
    capabilities: {
      ...{
        promptForm: 'tokens',
        constraints: ['json-schema'],
        samplingOptions: ['seed', 'topK', 'logitBias'],
      },
      ...capabilities,
    },
  } as unknown as Engine;
  const model = { ...servedBy(engine, pretendAdmitted(undefined, { systemPrompt })), template };
  return converseRequestsOf(turnWith(change), model, { cacheScope: 'scope' });
}

/** The code of a refusal and the field that it names. */
function refusal(...given: Parameters<typeof asked>): unknown {
  try {
    asked(...given);
    return undefined;
  } catch (error) {
    if (!TiegelError.isInstance(error)) throw error;
    return [error.code, error.details.field ?? error.details.feature];
  }
}

describe('choices', () => {
  test('differ by their seeds, where there is one, and in nothing else', () => {
    const seeds = (sampling: Partial<Sampling>, choices = 3): unknown =>
      asked({ choices, sampling }).map(({ sampling: { seed } }) => seed);
    expect(seeds({ seed: 7 })).toEqual([7, 8, 9]);
    expect(seeds({ seed: 2 ** 32 - 1 })).toEqual([2 ** 32 - 1, 0, 1]);
    expect(seeds({ seed: 0 }, 2)).toEqual([0, 1]);
    expect(seeds({})).toEqual([undefined, undefined, undefined]);
    const [first, second] = asked({ choices: 2 });
    expect(second).toEqual(first);
  });

  test('of the first text come before those of the second, each continued as it stands', () => {
    const requests = asked({ input: { texts: ['a', '<|user|>b'] }, choices: 2, sampling: { seed: 1 } });
    expect(requests.map(({ messages: [one], sampling }) => [one?.content, sampling.seed])).toEqual([
      ...[
        ['a', 1],
        ['a', 2],
      ],
      ...[
        ['<|user|>b', 1],
        ['<|user|>b', 2],
      ],
    ]);
    const { template } = requests[2]!;
    expect(template?.render(messages, {} as never)).toEqual([{ text: '<|user|>b', special: false }]);
    expect(template?.toolCallFormat).toBeNull();
  });
});

describe('a text is not continued', () => {
  const input = { texts: ['a'] };

  test('where the server renders prompts, or a system prompt would not be before it', () => {
    expect(refusal({ input }, {}, { template: null })).toEqual([
      'TGL_CAPABILITY_MISSING',
      'continuing a text',
    ]);
    expect(refusal({ input }, {}, { systemPrompt: 'be kind' })).toEqual([
      ...['TGL_CAPABILITY_MISSING', 'continuing a text without its system prompt before it'],
    ]);
    for (const given of [{ template: null }, { systemPrompt: 'be kind' }])
      expect(refusal({}, {}, given)).toBeUndefined();
  });
});

describe('sampling', () => {
  test('that an engine does not heed is refused by the name of the field', () => {
    expect(refusal({ sampling: { topK: 5 } })).toBeUndefined();
    expect(refusal({ sampling: { minP: 0.1 } })).toEqual(['TGL_CAPABILITY_MISSING', 'min_p']);
    expect(refusal({ sampling: { topK: 5 } }, { samplingOptions: [] })).toEqual([
      'TGL_CAPABILITY_MISSING',
      'top_k',
    ]);
    const samplingFields = { repetitionPenalty: 'repeat_penalty' };
    expect(refusal({ sampling: { repetitionPenalty: 2 }, samplingFields })).toEqual([
      ...['TGL_CAPABILITY_MISSING', 'repeat_penalty'],
    ]);
    expect(refusal({ sampling: { temperature: 0.1, topP: 0.1 } }, { samplingOptions: [] })).toBeUndefined();
  });

  test('of a server that fixes it may be said as it is fixed', () => {
    const fixedSampling = true;
    expect(refusal({ sampling: { temperature: 1, topP: 1 } }, { fixedSampling })).toBeUndefined();
    expect(refusal({}, { fixedSampling })).toBeUndefined();
    expect(refusal({ sampling: { temperature: 0.5 } }, { fixedSampling })).toEqual([
      ...['TGL_CAPABILITY_MISSING', 'temperature'],
    ]);
    expect(refusal({ sampling: { topP: 0.5 } }, { fixedSampling })).toEqual([
      'TGL_CAPABILITY_MISSING',
      'top_p',
    ]);
  });
});

describe('a call that the model has to make', () => {
  const required = { toolChoice: 'required', tools } as const;
  const constraint = { type: 'json-schema', schema: { type: 'object' } } as const;

  test('is a constraint where the engine can keep one, and the server’s affair where that can', () => {
    expect(asked(required)[0]).toMatchObject({
      constraint: { type: 'json-schema', schema: { required: ['name', 'arguments'] } },
    });
    expect(asked(required)[0]?.toolChoice).toBeUndefined();
    const [remote] = asked(required, { promptForm: 'messages', toolChoice: true });
    expect([remote?.toolChoice, remote?.constraint]).toEqual(['required', undefined]);
  });

  test('is refused where nobody can see to it, or another form is wanted as well', () => {
    const feature = 'having to call a tool';
    for (const capabilities of [
      { constraints: ['grammar'] },
      { constraints: ['grammar'], toolChoice: true },
      { promptForm: 'messages' },
      { promptForm: 'messages', toolChoice: false },
    ] as Partial<EngineCapabilities>[])
      expect(refusal(required, capabilities)).toEqual(['TGL_CAPABILITY_MISSING', feature]);
    expect(refusal({ ...required, constraint })).toEqual(['TGL_REQUEST_INVALID', 'tool_choice']);
  });

  test('is not asked for where it is not wanted', () => {
    expect(asked({ constraint })[0]).toMatchObject({ constraint });
    expect(asked({})[0]?.constraint).toBeUndefined();
  });
});

test('whole answers and streams are asked for as such, in the scope of whoever asks', () => {
  expect(asked({ stream: true })[0]).toMatchObject({ cacheScope: 'scope' });
  expect([asked({ stream: true })[0]?.nonStreaming, asked({ stream: false })[0]?.nonStreaming]).toEqual([
    ...[undefined, true],
  ]);
});
