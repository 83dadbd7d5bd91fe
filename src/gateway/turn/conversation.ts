// From a turn request to what `converse` takes, with the model's defaults for what the request leaves open.
import { TiegelError } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ChatTemplate } from '../../formats/index.ts';
import { type ConverseRequest, thinkingRequestOf } from '../../reasoning/index.ts';
import type { ServedModel } from '../access/served-model.ts';
import { callConstraint } from './forced-call.ts';
import type { TurnRequest } from './turn-request.ts';

/**
 * What every choice of a request asks of the model.
 *
 * @throws TGL_CAPABILITY_MISSING for a text to be continued where only the engine's server renders prompts, and for a
 *   call that the engine cannot be held to; TGL_REQUEST_INVALID where such a call would have to keep to another form.
 */
export function converseRequestOf(
  turn: TurnRequest,
  { defaults, engine, template, guards = [] }: ServedModel,
  context: Pick<ConverseRequest, 'account' | 'endThinking'>,
): ConverseRequest {
  const { input, stop, tools, prefill, logProbabilities } = turn;
  const form = turn.mustCall === true ? requiredCall(turn, engine) : formOf(turn);
  const maxTokens = turn.maxTokens ?? defaults.maxTokens;
  const bare = 'text' in input;
  if (bare && template === null) {
    const feature = 'continuing a text';
    throw new TiegelError('TGL_CAPABILITY_MISSING', { model: engine.model, feature });
  }
  return {
    template: bare && template !== null ? continuationOf(input.text, template) : template,
    // A text is continued as it stands; that somebody wrote it is for the guards to know.
    messages: bare ? [{ role: 'user', content: input.text }] : input.messages,
    thinking: thinkingRequestOf(turn.thinking, defaults.thinkingBudget),
    maxTokens,
    sampling: {
      temperature: turn.temperature ?? defaults.temperature,
      topP: turn.topP ?? defaults.topP,
      ...(turn.seed !== undefined && { seed: turn.seed }),
    },
    stop,
    ...(tools.length > 0 && { tools }),
    ...form,
    ...(logProbabilities !== undefined && { logProbabilities }),
    ...(prefill !== undefined && { prefill }),
    ...(guards.length > 0 && { guards }),
    ...(!turn.stream && { whole: true }),
    ...context,
  };
}

/** What the answer has to be. */
type AnswerForm = Pick<ConverseRequest, 'constraint' | 'mustCall'>;

function formOf({ constraint }: TurnRequest): AnswerForm {
  return constraint === undefined ? {} : { constraint };
}

/** By holding the answer to the form of a call, or by telling the server that renders the prompt. */
function requiredCall({ tools, constraint }: TurnRequest, { model, capabilities }: Engine): AnswerForm {
  if (constraint !== undefined) {
    const problem =
      'The fields tool_choice and response format exclude each other here; expected one of them.';
    throw new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'tool_choice' });
  }
  if (capabilities.promptForm === 'tokens' && capabilities.constraints.includes('json-schema'))
    return { constraint: callConstraint(tools) };
  if (capabilities.promptForm === 'messages' && capabilities.toolChoice === true) return { mustCall: true };
  throw new TiegelError('TGL_CAPABILITY_MISSING', { model, feature: 'having to call a tool' });
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
