// A generate request as the body of `POST /chat/completions`. Only members of a fixed list ever leave, each from a typed
// value, so that no field of a client reaches a server that nobody has thought about.
import { type Json, TiegelError } from '../../base/index.ts';
import type { ChatMessage, ToolDefinition } from '../../formats/index.ts';
import {
  type Constraint,
  type GenerateRequest,
  samplingOptions,
  type UnrenderedRequest,
  type UnrenderedTurn,
} from '../engine.ts';
import type { CacheSalts } from './cache-salt.ts';
import { type ReturnedReasoning, returnedReasoning } from './model-family.ts';
import type { Members, ServerProfile } from './server-profile.ts';

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

export type ChatRequestOptions = {
  /** The name of our model, for messages. */
  readonly model: string;
  readonly remoteModel: string;
  readonly profile: ServerProfile;
  /** The server's template opens the think block. */
  readonly opensThinking: boolean;
  readonly cacheSalt: CacheSalts;
};

/** @throws TGL_CAPABILITY_MISSING for what this kind of server cannot be asked */
export function chatRequest(request: UnrenderedRequest, options: ChatRequestOptions): string {
  const { model, profile } = options;
  const { turn } = request;
  const missing = (feature: string): TiegelError =>
    new TiegelError('TGL_CAPABILITY_MISSING', { model, feature });
  if (turn.thinking === 'closed' && profile.withoutThinking === null)
    throw missing('answering without thinking');
  if (turn.prefill !== undefined && profile.continuation === null) throw missing('continuing a turn');
  const prefill =
    turn.prefill === undefined ? [] : [{ role: 'assistant', content: prefillText(turn.prefill, options) }];

  const body: Writable<Members> = {
    ...commonMembers(request, options),
    messages: [...messagesOf(turn.messages, options), ...prefill],
  };
  Object.assign(body, thinkingMembers(turn, options));
  if (turn.tools !== undefined && turn.tools.length > 0) {
    if (!profile.tools) throw missing('tools');
    body.tools = turn.tools.map(toolMember);
    if (turn.toolChoice === 'required') {
      if (!profile.toolChoice) throw missing('having to call a tool');
      // Where one tool is wanted no other is defined, so that the form which every server knows says it all.
      body.tool_choice = 'required';
    }
  }
  if (turn.prefill !== undefined) Object.assign(body, profile.continuation?.members);
  if (request.logProbabilities !== undefined) {
    Object.assign(body, { logprobs: true, top_logprobs: request.logProbabilities });
  }
  if (request.constraint !== undefined) Object.assign(body, constraintMembers(request.constraint));
  return JSON.stringify(body);
}

/** How much is thought, and what else the template is told. */
function thinkingMembers(
  { thinking, thinkingBudget, effort, templateArguments }: UnrenderedTurn,
  { model, profile }: ChatRequestOptions,
): Members {
  const missing = (feature: string): TiegelError =>
    new TiegelError('TGL_CAPABILITY_MISSING', { model, feature });
  const members: Writable<Members> = {};
  if (thinking === 'closed') Object.assign(members, profile.withoutThinking);
  else {
    if (effort !== undefined) {
      const level = profile.efforts[effort];
      if (level === undefined) throw missing(`the reasoning effort ${effort}`);
      Object.assign(members, level);
    }
    if (thinkingBudget !== null) {
      if (profile.budgetField === null) throw missing('thinking budgets');
      members[profile.budgetField] = thinkingBudget;
    }
  }
  if (templateArguments === undefined) return members;
  if (!profile.templateArguments) throw missing('arguments for its chat template');
  // What a request says of thinking in general words counts more.
  const own = members.chat_template_kwargs as Members | undefined;
  return { ...members, chat_template_kwargs: { ...templateArguments, ...own } };
}

const streaming = { stream: true, stream_options: { include_usage: true } } as const;

/** What both paths of a server are told alike. */
export function commonMembers(request: GenerateRequest, options: ChatRequestOptions): Members {
  const { maxTokens, sampling, stop = [], cacheScope } = request;
  const { remoteModel, profile } = options;
  const members: Writable<Members> = {
    model: remoteModel,
    [profile.lengthField]: maxTokens,
    ...(request.nonStreaming === true ? { stream: false } : streaming),
  };
  if (!profile.fixedSampling)
    Object.assign(members, { temperature: sampling.temperature, top_p: sampling.topP });
  if (profile.seed && sampling.seed !== undefined) members.seed = sampling.seed;
  Object.assign(members, samplingMembers(request, profile));
  if (stop.length > 0) members.stop = stop;
  if (profile.cacheSaltField !== null) members[profile.cacheSaltField] = options.cacheSalt(cacheScope);
  return members;
}

/** Options that the engine does not declare were refused before. */
function samplingMembers({ sampling }: GenerateRequest, { samplingFields }: ServerProfile): Members {
  const members: Writable<Members> = {};
  for (const option of samplingOptions) {
    const [value, field] = [sampling[option], samplingFields[option]];
    if (value === undefined || field === undefined) continue;
    members[field] = typeof value === 'number' ? value : Object.fromEntries(value);
  }
  return members;
}

/** Calls of tools are numbered through; their results follow in the order of the calls. */
function messagesOf(
  messages: readonly ChatMessage[],
  { remoteModel, profile }: ChatRequestOptions,
): readonly Json[] {
  const returned = turnsReturned(messages, returnedReasoning(remoteModel));
  let called = 0;
  let answered = 0;
  return messages.map(({ role, content, reasoning, toolCalls }, place): Json => {
    if (role === 'tool') return { role, content, tool_call_id: `call_${answered++}` };
    const thought =
      reasoning === undefined || !returned.has(place)
        ? {}
        : Object.fromEntries(profile.reasoningFields.map((field) => [field, reasoning]));
    if (toolCalls === undefined || toolCalls.length === 0) return { role, content, ...thought };
    const calls = toolCalls.map(({ name, arguments: text }) => ({
      id: `call_${called++}`,
      type: 'function',
      function: { name, arguments: text },
    }));
    return { role, content, ...thought, tool_calls: calls };
  });
}

/** The places of the assistant's messages that go back with their reasoning. */
function turnsReturned(messages: readonly ChatMessage[], returned: ReturnedReasoning): ReadonlySet<number> {
  const places = new Set<number>();
  let turn: number[] = [];
  let calls = false;
  const endTurn = (isLast: boolean): void => {
    const kept = { none: false, calls, current: isLast, all: true }[returned];
    if (kept) for (const place of turn) places.add(place);
    turn = [];
    calls = false;
  };
  for (const [place, { role, toolCalls = [] }] of messages.entries()) {
    if (role === 'user') endTurn(false);
    if (role !== 'assistant') continue;
    turn.push(place);
    calls ||= toolCalls.length > 0;
  }
  endTurn(true);
  return places;
}

function toolMember({ name, description, parameters }: ToolDefinition): Json {
  const described = description === undefined ? {} : { description };
  // Without a schema, a function takes nothing; some servers insist on being told.
  const schema = parameters ?? { type: 'object', properties: {} };
  return { type: 'function', function: { name, ...described, parameters: schema } };
}

/** The tag that the template writes itself is not sent. */
function prefillText(prefill: string, { profile, opensThinking }: ChatRequestOptions): string {
  const written = profile.continuation?.behindTemplate === true && opensThinking;
  return written ? prefill.replace(/^<think>\n?/, '') : prefill;
}

/** Servers apply these after the thinking where they separate it, which is what `after` asks for. */
function constraintMembers(constraint: Constraint): Members {
  if (constraint.type === 'grammar') return { grammar: constraint.grammar };
  const schema = {
    name: 'answer',
    schema: constraint.schema as { readonly [name: string]: Json },
    strict: true,
  };
  return { response_format: { type: 'json_schema', json_schema: schema } };
}
