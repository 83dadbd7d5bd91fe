// From a turn request to what `converse` takes: the served turn of the model, changed by what the request says.
import { TiegelError } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ChatTemplate } from '../../formats/index.ts';
import { type ConverseRequest, servedTurn } from '../../reasoning/index.ts';
import type { ServedModel } from '../access/served-model.ts';
import { callConstraint } from './forced-call.ts';
import type { TurnRequest } from './turn-request.ts';

/**
 * What every choice of a request asks of the model.
 *
 * @throws TGL_CAPABILITY_MISSING for a text to be continued where only the engine's server renders prompts or the model
 *   has a system prompt, which would not be before it, and for a call that the engine cannot be held to; TGL_REQUEST_INVALID where such a call would have to keep to another form.
 */
export function converseRequestOf(
  turn: TurnRequest,
  { admitted, engine, template, guards }: ServedModel,
  context: Pick<ConverseRequest, 'cacheScope' | 'endThinking'>,
): ConverseRequest {
  const { input, stream, temperature, topP, seed, stop, tools, thinking, maxTokens } = turn;
  const { prefill, logProbabilities } = turn;
  const { serving } = admitted;
  const bare = 'text' in input;
  if (bare && (template === null || serving.systemPrompt !== null)) {
    const feature =
      template === null ? 'continuing a text' : 'continuing a text without its system prompt before it';
    throw new TiegelError('TGL_CAPABILITY_MISSING', { model: engine.model, feature });
  }
  const rendering = bare && template !== null ? continuationOf(input.text, template) : template;
  return servedTurn(
    { serving, template: rendering, guards },
    {
      // A text is continued as it stands; that somebody wrote it is for the guards to know.
      messages: bare ? [{ role: 'user', content: input.text }] : input.messages,
      ...{ thinking, maxTokens, stop, tools, prefill, logProbabilities },
      ...(turn.mustCall === true ? requiredCall(turn, engine) : formOf(turn)),
      sampling: { temperature, topP, seed },
      ...(!stream && { whole: true }),
      ...context,
    },
  );
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
