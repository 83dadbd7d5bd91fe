// From a turn request to what `converse` takes, with the model's defaults for what the request leaves open.
import { type ConverseRequest, thinkingRequestOf } from '../reasoning/index.ts';
import type { ServedModel } from './served-model.ts';
import type { TurnRequest } from './turn-request.ts';

export function converseRequestOf(turn: TurnRequest, { defaults, template }: ServedModel): ConverseRequest {
  const maxTokens = turn.maxTokens ?? defaults.maxTokens;
  return {
    template,
    messages: turn.messages,
    thinking: thinkingRequestOf({}, defaults.thinkingBudget, maxTokens),
    maxTokens,
    sampling: {
      temperature: turn.temperature ?? defaults.temperature,
      topP: turn.topP ?? defaults.topP,
      ...(turn.seed !== undefined && { seed: turn.seed }),
    },
    stop: turn.stop,
  };
}
