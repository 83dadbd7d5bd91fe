// One `chat.completion.chunk` of a server, or a whole `chat.completion`, read member by member: whatever a server sends,
// what leaves here is typed and bounded, and its error texts go no further.
import type { TokenAlternative } from '../engine.ts';
import type { CallPiece } from './call-collector.ts';

export type TokenLikelihood = {
  readonly text: string;
  readonly logProbability: number;
  readonly alternatives: readonly TokenAlternative[];
};

export type CompletionChunk = {
  readonly reasoning: string;
  readonly content: string;
  readonly calls: readonly CallPiece[];
  /** As the server says it, such as `stop` or `length`. */
  readonly finish: string | undefined;
  readonly usage: ChunkUsage | undefined;
  readonly likelihoods: readonly TokenLikelihood[];
};

export type ChunkUsage = {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly reasoningTokens: number | undefined;
};

type Fields = Readonly<Record<string, unknown>>;

/** @returns what is wrong with it as a sentence's end, where it is not a chunk */
export function readChunk(data: string): CompletionChunk | string {
  let chunk: unknown;
  try {
    chunk = JSON.parse(data);
  } catch {
    return 'it sent something that is not JSON';
  }
  if (!isFields(chunk)) return 'it sent something that is not an object';
  if (chunk.error !== undefined && chunk.error !== null) return 'it broke off with an error';
  if (!Array.isArray(chunk.choices)) return 'it sent something without choices';
  const choice: unknown = chunk.choices[0];
  const { delta, message, text, finish_reason, logprobs } = isFields(choice) ? choice : ({} as Fields);
  const said = delta ?? message;
  const { content, reasoning_content, reasoning, tool_calls } = isFields(said) ? said : ({} as Fields);
  return {
    // Servers use one name or the other; those that send both send the same text twice.
    reasoning: textOf(reasoning_content) || textOf(reasoning),
    // `text` is what `/completions` sends.
    content: textOf(content) || textOf(text),
    calls: Array.isArray(tool_calls) ? tool_calls.flatMap(callPieceOf) : [],
    finish: typeof finish_reason === 'string' ? finish_reason : undefined,
    usage: usageOf(chunk.usage),
    likelihoods: likelihoodsOf(logprobs),
  };
}

function callPieceOf(entry: unknown): readonly CallPiece[] {
  if (!isFields(entry) || !isFields(entry.function)) return [];
  const { name, arguments: text } = entry.function;
  return [{ index: countOf(entry.index), name: textOf(name), arguments: textOf(text) }];
}

function usageOf(usage: unknown): ChunkUsage | undefined {
  if (!isFields(usage)) return undefined;
  const details = isFields(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const [promptTokens, completionTokens] = [countOf(usage.prompt_tokens), countOf(usage.completion_tokens)];
  if (promptTokens === undefined || completionTokens === undefined) return undefined;
  // OpenAI's place first, then SGLang's.
  const reasoningTokens = countOf(details.reasoning_tokens) ?? countOf(usage.reasoning_tokens);
  return { promptTokens, completionTokens, reasoningTokens };
}

function likelihoodsOf(logprobs: unknown): readonly TokenLikelihood[] {
  if (!isFields(logprobs) || !Array.isArray(logprobs.content)) return [];
  return logprobs.content.flatMap((entry: unknown) => {
    const likely = alternativeOf(entry);
    if (likely === undefined || !isFields(entry)) return [];
    const others: readonly unknown[] = Array.isArray(entry.top_logprobs) ? entry.top_logprobs : [];
    return [{ ...likely, alternatives: others.flatMap((other) => alternativeOf(other) ?? []) }];
  });
}

function alternativeOf(entry: unknown): TokenAlternative | undefined {
  if (!isFields(entry) || typeof entry.token !== 'string' || typeof entry.logprob !== 'number')
    return undefined;
  return { text: entry.token, logProbability: entry.logprob };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
