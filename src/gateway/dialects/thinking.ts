// How thinking is said and shown alike in several dialects.
import type { ThinkingReport, ThinkingWish } from '../../reasoning/index.ts';
import type { EffortName, Maybe, ThinkingExtension } from '../../wire/index.ts';

/** Ollama's `think`: on, off, or a level. */
export function wishOfThink(think: Maybe<boolean | EffortName>): ThinkingWish {
  if (typeof think === 'boolean') return { enabled: think };
  return typeof think === 'string' ? { effort: think } : {};
}

export function extensionOf(thinking: ThinkingReport): ThinkingExtension {
  const { outcome, tokens, forcedTokens, budget, stoppedBy } = thinking;
  return { outcome, tokens, forced_tokens: forcedTokens, budget, stopped_by: stoppedBy };
}
