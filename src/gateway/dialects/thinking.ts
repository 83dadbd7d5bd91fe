// How thinking is said and shown alike in several dialects.
import type { Json } from '../../base/index.ts';
import type { ConverseEnd, ThinkingOptions } from '../../reasoning/index.ts';
import type {
  ChatCompletionRequest,
  EffortName,
  Maybe,
  StrategyExtension,
  ThinkingExtension,
} from '../../wire/index.ts';
import { strategyExtensionOf } from './strategy.ts';

/** Ollama's `think`: on, off, or a level. */
export function optionsOfThink(think: Maybe<boolean | EffortName>): ThinkingOptions {
  if (typeof think === 'boolean') return { enabled: think };
  return typeof think === 'string' ? { effort: think } : {};
}

type TemplateVariables = ChatCompletionRequest['chat_template_kwargs'];

/** What published templates call their switches of thinking: Qwen's, DeepSeek's, Seed's and gpt-oss's. */
export function optionsOfVariables(variables: TemplateVariables): ThinkingOptions {
  const { enable_thinking, thinking, thinking_budget, reasoning_effort } = variables ?? {};
  const enabled = enable_thinking ?? thinking;
  return {
    ...(typeof enabled === 'boolean' && { enabled }),
    ...(typeof reasoning_effort === 'string' && { effort: reasoning_effort }),
    ...(typeof thinking_budget === 'number' && { maxThinkingTokens: thinking_budget }),
  };
}

/** The other variables, which only a template knows. */
export function templateArgumentsOf(
  variables: TemplateVariables,
): Readonly<Record<string, Json>> | undefined {
  const {
    enable_thinking: _,
    thinking: __,
    thinking_budget: ___,
    reasoning_effort: ____,
    ...others
  } = variables ?? {};
  return Object.keys(others).length > 0 ? (others as Record<string, Json>) : undefined;
}

/** What is ours about the end of a turn. */
export function extensionOf({ thinking, strategy }: Pick<ConverseEnd, 'thinking' | 'strategy'>): {
  readonly thinking: ThinkingExtension;
  readonly strategy?: StrategyExtension;
} {
  const { outcome, tokens, forcedTokens, budget, stoppedBy } = thinking;
  return {
    thinking: { outcome, tokens, forced_tokens: forcedTokens, budget, stopped_by: stoppedBy },
    ...(strategy !== undefined && { strategy: strategyExtensionOf(strategy) }),
  };
}
