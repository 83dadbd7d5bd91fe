// A generate request as the body of `POST /chat/completions`. Only members of a fixed list ever leave, each from a typed
// value, so that no field of a client reaches a server that nobody has thought about.
import { digestOf, type Entropy, type Json, TiegelError } from '../../base/index.ts';
import type { ChatMessage, ToolDefinition } from '../../formats/index.ts';
import type { Constraint, GenerateRequest } from '../engine.ts';
import type { ServerProfile } from './server-profile.ts';

export type Members = { [name: string]: Json };

export type ChatRequestOptions = {
  /** The name of our model, for messages. */
  readonly model: string;
  readonly remoteModel: string;
  readonly profile: ServerProfile;
  /** The server's template opens the think block. */
  readonly opensThinking: boolean;
  readonly entropy: Entropy;
};

/** @throws TGL_CAPABILITY_MISSING for what this kind of server cannot be asked */
export function chatRequest(request: GenerateRequest, options: ChatRequestOptions): string {
  const { model, profile } = options;
  const { turn } = request;
  const missing = (feature: string): TiegelError =>
    new TiegelError('TGL_CAPABILITY_MISSING', { model, feature });
  if (turn === undefined) throw missing('a prompt that is rendered already');
  if (turn.thinking === 'closed' && profile.withoutThinking === null)
    throw missing('answering without thinking');
  if (turn.begun !== undefined && profile.continuation === null) throw missing('continuing a turn');
  const begun =
    turn.begun === undefined ? [] : [{ role: 'assistant', content: begunText(turn.begun, options) }];

  const body: Members = {
    ...commonMembers(request, options),
    messages: [...messagesOf(turn.messages), ...begun],
  };
  if (turn.thinking === 'closed') Object.assign(body, profile.withoutThinking);
  else if (turn.thinkingBudget !== null) {
    if (profile.budgetField === null) throw missing('thinking budgets');
    body[profile.budgetField] = turn.thinkingBudget;
  }
  if (turn.tools !== undefined && turn.tools.length > 0) {
    if (!profile.tools) throw missing('tools');
    body.tools = turn.tools.map(toolMember);
    if (turn.mustCall === true) {
      if (!profile.toolChoice) throw missing('having to call a tool');
      // Where one tool is wanted no other is defined, so that the form which every server knows says it all.
      body.tool_choice = 'required';
    }
  }
  if (turn.begun !== undefined) Object.assign(body, profile.continuation?.members);
  if (request.logProbabilities !== undefined) {
    Object.assign(body, { logprobs: true, top_logprobs: request.logProbabilities });
  }
  if (request.constraint !== undefined) Object.assign(body, constraintMembers(request.constraint));
  return JSON.stringify(body);
}

const streaming = { stream: true, stream_options: { include_usage: true } } as const;

/** What both paths of a server are told alike. */
export function commonMembers(request: GenerateRequest, options: ChatRequestOptions): Members {
  const { maxTokens, sampling, stop = [], cacheScope } = request;
  const { remoteModel, profile } = options;
  const members: Members = {
    model: remoteModel,
    [profile.lengthField]: maxTokens,
    ...(request.whole === true ? { stream: false } : streaming),
  };
  if (!profile.fixedSampling)
    Object.assign(members, { temperature: sampling.temperature, top_p: sampling.topP });
  if (profile.seed && sampling.seed !== undefined) members.seed = sampling.seed;
  if (stop.length > 0) members.stop = stop;
  if (profile.cacheSaltField !== null) members[profile.cacheSaltField] = cacheSalt(cacheScope, options);
  return members;
}

/** Calls of tools are numbered through; their results follow in the order of the calls. */
function messagesOf(messages: readonly ChatMessage[]): readonly Json[] {
  let called = 0;
  let answered = 0;
  return messages.map(({ role, content, toolCalls }): Json => {
    if (role === 'tool') return { role, content, tool_call_id: `call_${answered++}` };
    if (toolCalls === undefined || toolCalls.length === 0) return { role, content };
    const calls = toolCalls.map(({ name, arguments: text }) => ({
      id: `call_${called++}`,
      type: 'function',
      function: { name, arguments: text },
    }));
    return { role, content, tool_calls: calls };
  });
}

function toolMember({ name, description, parameters }: ToolDefinition): Json {
  const described = description === undefined ? {} : { description };
  // Without a schema, a function takes nothing; some servers insist on being told.
  const schema = parameters ?? { type: 'object', properties: {} };
  return { type: 'function', function: { name, ...described, parameters: schema } };
}

/** The tag that the template writes itself is not sent. */
function begunText(begun: string, { profile, opensThinking }: ChatRequestOptions): string {
  const written = profile.continuation?.behindTemplate === true && opensThinking;
  return written ? begun.replace(/^<think>\n?/, '') : begun;
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

/** The same for one cache scope, unlike for any other; without a cache scope, unlike anything before. */
function cacheSalt(cacheScope: string | undefined, { entropy }: ChatRequestOptions): string {
  return cacheScope === undefined
    ? Buffer.from(entropy(16)).toString('hex')
    : digestOf(`tiegel prefix ${cacheScope}`);
}
