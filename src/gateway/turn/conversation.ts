// From a turn request to what `converse` takes: the served turn of the model, changed by what the request says.
import { TiegelError } from '../../base/index.ts';
import { type Engine, samplingOptions } from '../../engine/index.ts';
import type { ChatTemplate } from '../../formats/index.ts';
import { type ConverseRequest, servedTurn } from '../../reasoning/index.ts';
import type { ServedModel } from '../access/served-model.ts';
import { usualFields } from '../dialects/sampling.ts';
import { callConstraint } from './forced-call.ts';
import { choiceOf } from './spend-samples.ts';
import type { TurnRequest } from './turn-request.ts';

/**
 * What is asked of the model, one request a sequence. Of several texts, all choices of the first come before those of the
 * second.
 *
 * @throws TGL_CAPABILITY_MISSING for a text to be continued where only the engine's server renders prompts or the model
 *   has a system prompt, which would not be before it, for a call that the engine cannot be held to, and for sampling that
 *   it does not keep; TGL_REQUEST_INVALID where such a call would have to keep to another form.
 */
export function converseRequestsOf(
  turn: TurnRequest,
  model: ServedModel,
  context: {
    readonly cacheScope?: string | undefined;
    readonly endThinking?: AbortSignal | undefined;
  },
): readonly ConverseRequest[] {
  const { admitted, engine, filters } = model;
  const { stream, thinking, maxTokens, sampling, stop, tools } = turn;
  const { prefill, logProbabilities, templateArguments } = turn;
  const { serving } = admitted;
  requireSampling(turn, engine);
  const form = turn.toolChoice === 'required' ? requiredCall(turn, engine) : formOf(turn);
  const requests: ConverseRequest[] = [];
  for (const { template, messages } of promptsOf(turn, model)) {
    const request = servedTurn(
      { serving, template, filters, engine },
      {
        messages,
        thinking,
        maxTokens,
        sampling,
        stop,
        tools,
        prefill,
        logProbabilities,
        templateArguments,
        constraint: form.constraint,
        toolChoice: form.toolChoice,
        nonStreaming: stream ? undefined : true,
        cacheScope: context.cacheScope,
        endThinking: context.endThinking,
      },
    );
    for (let choice = 0; choice < turn.choices; choice++) requests.push(choiceOf(request, choice));
  }
  return requests;
}

function promptsOf(
  { input }: TurnRequest,
  { admitted, engine, template }: ServedModel,
): readonly Pick<ConverseRequest, 'template' | 'messages'>[] {
  if ('messages' in input) return [{ template, messages: input.messages }];
  if (template === null || admitted.serving.systemPrompt !== null) {
    const feature =
      template === null ? 'continuing a text' : 'continuing a text without its system prompt before it';
    throw new TiegelError('TGL_CAPABILITY_MISSING', { model: engine.model, feature });
  }
  // A text is continued as it stands; that somebody wrote it is for the filters to know.
  return input.texts.map((text) => ({
    template: continuationOf(text, template),
    messages: [{ role: 'user', content: text }],
  }));
}

/** What servers of fixed sampling settle, at the same value. */
const fixedOptions = ['temperature', 'topP'] as const;
const fixedValue = 1;

function requireSampling({ sampling, samplingFields }: TurnRequest, { model, capabilities }: Engine): void {
  const { fixedSampling = false, samplingOptions: heeded = [] } = capabilities;
  const unheeded =
    fixedOptions.find((option) => fixedSampling && (sampling[option] ?? fixedValue) !== fixedValue) ??
    samplingOptions.find((option) => sampling[option] !== undefined && !heeded.includes(option));
  if (unheeded === undefined) return;
  const field = samplingFields?.[unheeded] ?? usualFields[unheeded];
  throw new TiegelError('TGL_CAPABILITY_MISSING', { model, feature: `the sampling option ${field}`, field });
}

/** What the answer has to be. */
type AnswerForm = Pick<ConverseRequest, 'constraint' | 'toolChoice'>;

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
  if (capabilities.promptForm === 'messages' && capabilities.toolChoice === true)
    return { toolChoice: 'required' };
  throw new TiegelError('TGL_CAPABILITY_MISSING', { model, feature: 'having to call a tool' });
}

/** The text and nothing around it. Control tokens in it stay text. */
function continuationOf(text: string, template: ChatTemplate): ChatTemplate {
  return { ...template, render: () => [{ text, special: false }], toolCallFormat: null };
}
