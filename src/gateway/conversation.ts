// From a turn request to what `converse` takes, with the model's defaults for what the request leaves open.
import { TiegelError } from '../base/index.ts';
import type { ChatTemplate } from '../formats/index.ts';
import { type ConverseRequest, thinkingRequestOf } from '../reasoning/index.ts';
import type { ServedModel } from './served-model.ts';
import type { TurnRequest } from './turn-request.ts';

/**
 * What every choice of a request asks of the model.
 *
 * @throws TGL_CAPABILITY_MISSING for a text to be continued where only the engine's server renders prompts.
 */
export function converseRequestOf(
  turn: TurnRequest,
  { defaults, engine, template }: ServedModel,
  context: { readonly account: string; readonly endThinking: AbortSignal },
): ConverseRequest {
  const { input, stop, tools, constraint, logProbabilities } = turn;
  const maxTokens = turn.maxTokens ?? defaults.maxTokens;
  const bare = 'text' in input;
  if (bare && template === null) {
    const feature = 'continuing a text';
    throw new TiegelError('TGL_CAPABILITY_MISSING', { model: engine.model, feature });
  }
  return {
    template: bare && template !== null ? continuationOf(input.text, template) : template,
    messages: bare ? [] : input.messages,
    thinking: thinkingRequestOf(turn.thinking, defaults.thinkingBudget, maxTokens),
    maxTokens,
    sampling: {
      temperature: turn.temperature ?? defaults.temperature,
      topP: turn.topP ?? defaults.topP,
      ...(turn.seed !== undefined && { seed: turn.seed }),
    },
    stop,
    ...(tools.length > 0 && { tools }),
    ...(constraint !== undefined && { constraint }),
    ...(logProbabilities !== undefined && { logProbabilities }),
    ...context,
  };
}

/** The same request for the choice of that number. */
export function choiceOf(request: ConverseRequest, choice: number): ConverseRequest {
  const { seed } = request.sampling;
  if (choice === 0 || seed === undefined) return request;
  return { ...request, sampling: { ...request.sampling, seed: (seed + choice) % 2 ** 32 } };
}

/** The text and nothing around it. Control tokens in it stay text. */
function continuationOf(text: string, template: ChatTemplate): ChatTemplate {
  return { ...template, render: () => [{ text, special: false }], toolCallFormat: null };
}
