// What the cases of the engine contract have in common. Imported by tests only.
import { expect } from 'vitest';
import type { PromptPiece } from '../formats/index.ts';
import type {
  Engine,
  EngineEvent,
  ForcedText,
  GenerateRequest,
  RenderedRequest,
  Sampling,
} from './engine.ts';

export type ContractEngine = {
  /** With at least two slots. It must go on for 200 tokens on `prompt` under `maxTokens: 200`. */
  readonly engine: Engine;
  readonly prompt: readonly PromptPiece[];
  /** Does not fit into the context. */
  readonly tooLongPrompt: readonly PromptPiece[];
  /** The id of a token by its text, of a letter at least. Absent: tokens come from a script that no sampling changes. */
  readonly idOf?: (text: string) => number;
};

export type ContractCase = (made: ContractEngine) => Promise<void>;

export function greedy(
  prompt: readonly PromptPiece[],
  maxTokens: number,
  options: Partial<Sampling> = {},
): RenderedRequest {
  return { prompt, maxTokens, sampling: { temperature: 0, topP: 1, ...options } };
}

export async function collect(
  engine: Engine,
  request: GenerateRequest,
  signal?: AbortSignal,
): Promise<readonly EngineEvent[]> {
  return (await Array.fromAsync(engine.generate(request, signal))).flat();
}

export type Token = Extract<EngineEvent, { type: 'token' }>;

export function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join('');
}

export function tokensOf(events: readonly EngineEvent[]): readonly Token[] {
  return events.filter((event) => event.type === 'token');
}

export async function skipToToken(generation: AsyncIterator<readonly EngineEvent[]>): Promise<void> {
  for (;;) {
    const { value, done } = await generation.next();
    if (done === true) throw new Error('the generation ended before its first token');
    if (tokensOf(value).length > 0) return;
  }
}

export async function drain(generation: AsyncIterator<unknown>): Promise<void> {
  while ((await generation.next()).done !== true);
}

/** An engine that cannot do what the request asks for has to refuse it. */
export async function whereSupported(
  engine: Engine,
  supported: boolean,
  request: GenerateRequest,
  check: (tokens: readonly Token[]) => void,
): Promise<void> {
  if (supported) return check(tokensOf(await collect(engine, request)));
  await expect(collect(engine, request)).rejects.toMatchObject({ code: 'TGL_CAPABILITY_MISSING' });
}

export const neverWritten = 'what no model of these tests writes';

export function forcing(
  prompt: readonly PromptPiece[],
  maxTokens: number,
  forced: ForcedText,
): GenerateRequest {
  return { ...greedy(prompt, maxTokens), forced };
}

export function canForce({ capabilities }: Engine): boolean {
  return capabilities.thinkingStop === 'engine';
}
