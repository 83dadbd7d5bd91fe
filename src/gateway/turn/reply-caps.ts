// How long a reply may get where its request was admitted with less room than it asked for: the caps become limits of the
// turn, so that whatever keeps those keeps the caps.
import { thinkingRequestOf } from '../../reasoning/index.ts';
import type { Demand, ReplyCaps } from '../access/gate.ts';
import { canEndThinking, type ServedModel } from '../access/served-model.ts';
import type { TurnRequest } from './turn-request.ts';

/** What reasoning may come to over all choices; nothing where nothing limits it but the completion. */
export function reasoningOf(
  { thinking }: TurnRequest,
  modelBudget: number | null,
  choices: number,
): Pick<Demand, 'reasoningTokens'> {
  const { budget } = thinkingRequestOf(thinking, modelBudget);
  return budget === null ? {} : { reasoningTokens: choices * budget };
}

/** The turn, cut at the caps. Thinking that nobody can end is cut with the completion. */
export function withinCaps(turn: TurnRequest, model: ServedModel, caps: ReplyCaps | undefined): TurnRequest {
  if (caps === undefined) return turn;
  const { serving } = model.admitted;
  const maxTokens = Math.min(turn.maxTokens ?? serving.sampling.maxTokens, caps.completion);
  const { budget } = thinkingRequestOf(turn.thinking, serving.thinkingBudget);
  const isLower = caps.reasoning < Math.min(budget ?? Number.POSITIVE_INFINITY, maxTokens);
  if (!isLower || !canEndThinking(model)) return { ...turn, maxTokens };
  return { ...turn, maxTokens, thinking: { ...turn.thinking, maxThinkingTokens: caps.reasoning } };
}
