// What a server counted, under all names in use: docs/serve.md lists them.
import { countOf, type Fields, fieldsOf, firstCount, isFields } from './json-fields.ts';

export type ServerUsage = {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Those of the prompt that it had computed before. */
  readonly reusedTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
};

/**
 * In the event or document itself, in its choice (Moonshot), or in Groq's extension; where there is none, out of the
 * timings of llama-server. Undefined where nothing was counted: some servers send zeros until they know.
 */
export function usageIn(document: Fields, choice: Fields): ServerUsage | undefined {
  const usage = [document.usage, choice.usage, fieldsOf(document.x_groq).usage].find(isFields);
  const counted = usage === undefined ? timed(document.timings) : named(usage);
  if (counted === undefined || counted.promptTokens + counted.completionTokens === 0) return undefined;
  return {
    ...counted,
    // Parts are at most the whole, whatever a server counts.
    reusedTokens: atMost(counted.reusedTokens, counted.promptTokens),
    reasoningTokens: atMost(counted.reasoningTokens, counted.completionTokens),
  };
}

function named(usage: Fields): ServerUsage | undefined {
  const promptDetails = fieldsOf(usage.prompt_tokens_details ?? usage.input_tokens_details);
  const completionDetails = fieldsOf(usage.completion_tokens_details ?? usage.output_tokens_details);
  const completionTokens = firstCount(usage.completion_tokens, usage.output_tokens);
  const promptTokens = countOf(usage.prompt_tokens) ?? inputTokens(usage);
  if (promptTokens === undefined || completionTokens === undefined) return undefined;
  return {
    promptTokens,
    completionTokens,
    // OpenAI's place first, then DeepSeek's, Anthropic's and Moonshot's.
    reusedTokens: firstCount(
      promptDetails.cached_tokens,
      usage.prompt_cache_hit_tokens,
      usage.cache_read_input_tokens,
      usage.cached_tokens,
    ),
    // OpenAI's place first, then SGLang's.
    reasoningTokens: firstCount(completionDetails.reasoning_tokens, usage.reasoning_tokens),
  };
}

/** Anthropic counts what was read from and written to the cache beside the input. */
function inputTokens(usage: Fields): number | undefined {
  const input = countOf(usage.input_tokens);
  if (input === undefined) return undefined;
  const cached = [usage.cache_read_input_tokens, usage.cache_creation_input_tokens].map(
    (count) => countOf(count) ?? 0,
  );
  return cached.reduce((sum, count) => sum + count, input);
}

function timed(timings: unknown): ServerUsage | undefined {
  const { cache_n, prompt_n, predicted_n } = fieldsOf(timings);
  const [fresh, completionTokens] = [countOf(prompt_n), countOf(predicted_n)];
  if (fresh === undefined || completionTokens === undefined) return undefined;
  const reusedTokens = countOf(cache_n);
  return {
    promptTokens: fresh + (reusedTokens ?? 0),
    completionTokens,
    reusedTokens,
    reasoningTokens: undefined,
  };
}

function atMost(count: number | undefined, most: number): number | undefined {
  return count === undefined ? undefined : Math.min(count, most);
}
