// What is read from the parts of a sample: its answer, what it votes for, and what samples have used together.
import { canonicalJson, type Json } from '../../base/index.ts';
import { noUsage, type TokenUsage } from '../../traffic/index.ts';
import type { StreamPart, TokenDetail } from '../parts.ts';

export function answerOf(parts: readonly StreamPart[]): string {
  return parts.map((part) => (part.type === 'answer-delta' ? part.text : '')).join('');
}

/** Of the answer, where log-probabilities were asked for. */
export function answerTokensOf(parts: readonly StreamPart[]): readonly TokenDetail[] {
  return parts.flatMap((part) =>
    part.type === 'answer-delta' && 'tokens' in part ? (part.tokens ?? []) : [],
  );
}

/** For whoever did not ask for log-probabilities. */
export function withoutTokens(part: StreamPart): StreamPart {
  if (!('tokens' in part)) return part;
  const { tokens: _, ...plain } = part;
  return plain;
}

/** Calls of tools are compared as a whole. Null where there is no answer, such as behind thinking that was cut off. */
export function keyOfParts(
  parts: readonly StreamPart[],
  keyOf: (answer: string) => string | null,
): string | null {
  const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [part] : []));
  if (calls.length === 0) return keyOf(answerOf(parts));
  return `calls ${canonicalJson(calls.map(({ name, arguments: text }) => [name, argumentsOf(text)]))}`;
}

/** Equal arguments may be written in several ways. */
function argumentsOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Every sample reads the prompt; what it found of it in the cache is told apart. */
export function sumOfUsages(usages: readonly TokenUsage[]): TokenUsage {
  return usages.reduce<TokenUsage>(
    (sum, usage) => ({
      promptTokens: sum.promptTokens + usage.promptTokens,
      cachedPromptTokens: sum.cachedPromptTokens + usage.cachedPromptTokens,
      completionTokens: sum.completionTokens + usage.completionTokens,
      reasoningTokens: sum.reasoningTokens + usage.reasoningTokens,
    }),
    noUsage,
  );
}
