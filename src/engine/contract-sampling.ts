// The cases of the engine contract about sampling: each option does what it says, and absent ones nothing. Imported by
// tests only.
import { expect } from 'vitest';
import type { PromptPiece } from '../formats/index.ts';
import {
  type ContractCase,
  type ContractEngine,
  collect,
  greedy,
  type Token,
  textOf,
  tokensOf,
  whereSupported,
} from './contract-case.ts';
import { type GenerateRequest, type Sampling, samplingOptions } from './engine.ts';

export const samplingCases: Readonly<Record<string, ContractCase>> = {
  'draws the likeliest token where only one is to be drawn from': async (made) => {
    const { engine, prompt } = made;
    const plain = textOf(tokensOf(await collect(engine, greedy(prompt, 40))));
    for (const only of [{ topK: 1 }, { minP: 1 }])
      await whereSampled(made, drawn(prompt, 40, only), (tokens) => expect(textOf(tokens)).toBe(plain));
  },
  'writes nothing but a token with a large bias, and never one with a bias of −100': async (made) => {
    const { engine, prompt, idOf = () => 0 } = made;
    const plain = tokensOf(await collect(engine, drawn(prompt, 40)));
    const written = plain.find(({ text }) => /^[ -~]+$/.test(text)) as Token;
    const banned = written.id ?? idOf(written.text);
    await whereSampled(made, drawn(prompt, 8, { logitBias: [[idOf('q'), 100]] }), (tokens) =>
      expect(textOf(tokens)).toBe('q'.repeat(8)),
    );
    await whereSampled(made, drawn(prompt, 40, { logitBias: [[banned, -100]] }), (tokens) => {
      expect(tokens.map(({ text }) => text)).not.toContain(written.text);
      expect(tokens).toHaveLength(40);
    });
  },
  'repeats itself less under each of the penalties': async (made) => {
    const { engine, prompt } = made;
    const variety = (tokens: readonly Token[]): number => new Set(tokens.map(({ text }) => text)).size;
    const plain = variety(tokensOf(await collect(engine, greedy(prompt, 60))));
    for (const penalty of [{ repetitionPenalty: 2 }, { presencePenalty: 2 }, { frequencyPenalty: 2 }])
      await whereSampled(made, greedy(prompt, 60, penalty), (tokens) =>
        expect(variety(tokens)).toBeGreaterThan(plain),
      );
  },
  'writes the same where sampling options are absent, or change nothing': async (made) => {
    const { engine, prompt } = made;
    const plain = tokensOf(await collect(engine, drawn(prompt, 40)));
    const neutral = {
      minP: 0,
      repetitionPenalty: 1,
      presencePenalty: 0,
      frequencyPenalty: 0,
      logitBias: [],
    } as const;
    for (const [option, value] of Object.entries(neutral))
      await whereSampled(made, drawn(prompt, 40, { [option]: value }), (tokens) =>
        expect(tokens).toEqual(plain),
      );
  },
  'obeys a grammar where it says so, whatever is sampled from': async (made) => {
    const { engine, prompt, idOf = () => 0 } = made;
    if (!engine.capabilities.constraints.includes('grammar') || made.idOf === undefined) return;
    const constraint = { type: 'grammar', grammar: 'root ::= "yes" | "no"' } as const;
    const { samplingOptions: heeded = [] } = engine.capabilities;
    const options = {
      topK: 1,
      repetitionPenalty: 2,
      presencePenalty: 2,
      frequencyPenalty: 2,
      logitBias: [[idOf('q'), 100]],
    } as const;
    const kept = Object.entries(options).filter(([option]) => (heeded as readonly string[]).includes(option));
    const request = { ...drawn(prompt, 20, Object.fromEntries(kept)), constraint };
    expect(textOf(tokensOf(await collect(engine, request)))).toMatch(/^(yes|no)$/);
  },
  'draws by the key of a watermark as it would have drawn without, and greedily what it would have written':
    async ({ engine, prompt }) => {
      const able = engine.capabilities.watermark !== undefined;
      const marked = (digit: string): GenerateRequest => ({
        ...drawn(prompt, 40),
        watermark: { key: digit.repeat(64), window: 4 },
      });
      const written: string[] = [];
      for (const digit of ['1', '1', '2'])
        await whereSupported(engine, able, marked(digit), (tokens) => written.push(textOf(tokens)));
      if (able) {
        expect(written[1]).toBe(written[0]);
        expect(written[2]).not.toBe(written[0]);
      }
      const { watermark } = marked('1');
      const plain = textOf(tokensOf(await collect(engine, greedy(prompt, 40))));
      await whereSupported(
        engine,
        able,
        { ...greedy(prompt, 40), ...(watermark && { watermark }) },
        (tokens) => expect(textOf(tokens)).toBe(plain),
      );
    },
};

function drawn(
  prompt: readonly PromptPiece[],
  maxTokens: number,
  options: Partial<Sampling> = {},
): GenerateRequest {
  return { prompt, maxTokens, sampling: { temperature: 1, topP: 1, seed: 3, ...options } };
}

/** An engine that cannot keep the sampling option in a request has to refuse it. */
async function whereSampled(
  { engine, idOf }: ContractEngine,
  request: GenerateRequest,
  check: (tokens: readonly Token[]) => void,
): Promise<void> {
  const { samplingOptions: heeded = [] } = engine.capabilities;
  const wanted = samplingOptions.filter((option) => request.sampling[option] !== undefined);
  const able = wanted.every((option) => heeded.includes(option));
  if (able && idOf === undefined) return;
  await whereSupported(engine, able, request, check);
}
