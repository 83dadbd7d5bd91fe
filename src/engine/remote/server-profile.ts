// What kinds of OpenAI-compatible servers can do and how they want to be asked, as data, from their documentation. The
// operator names the kind; nothing is guessed from answers.
import { type Json, TiegelError } from '../../base/index.ts';
import type { Constraint, EngineCapabilities } from '../engine.ts';

export type ServerProfile = {
  readonly lengthField: 'max_tokens' | 'max_completion_tokens';
  /** The same seed gives the same tokens, or is documented to; assessment finds out. */
  readonly seed: boolean;
  readonly logProbabilities: EngineCapabilities['logProbabilities'];
  readonly constraints: readonly Constraint['type'][];
  /** Members that make the model answer at once; null where the server cannot be asked to. */
  readonly withoutThinking: { readonly [name: string]: Json } | null;
  /** The member that bounds thinking, or null. */
  readonly budgetField: string | null;
  /** How the server is made to go on behind the beginning of a reply, or null. */
  readonly continuation: TurnContinuation | null;
  /** It takes definitions of tools and finds the calls. */
  readonly tools: boolean;
  /** It can be told that the model has to call one. */
  readonly toolChoice: boolean;
  /** It hears that a client has left also while it owes a whole reply. */
  readonly wholeReplies: boolean;
  /** How prompts that are rendered already are sent to `POST /completions`, or null where they are not taken. */
  readonly renderedPrompts: RenderedPrompts | null;
  /** The member whose value keeps the prefix caches of different scopes apart, or null. */
  readonly cacheSaltField: string | null;
  /** Sampling is settled by the server, and members that try to change it are ignored or refused. */
  readonly fixedSampling: boolean;
};

export type RenderedPrompts = {
  readonly members: { readonly [name: string]: Json };
  /** The server's tokenizer writes the token that begins a text by itself. */
  readonly begins: boolean;
};

/** The beginning is sent as the last message. */
export type TurnContinuation = {
  readonly members: { readonly [name: string]: Json };
  /** It is put behind what the template writes before a reply; otherwise it is the whole reply so far. */
  readonly behindTemplate: boolean;
};

export type ServerKind =
  | 'compatible'
  | 'vllm'
  | 'sglang'
  | 'llama-server'
  | 'ollama'
  | 'foundry-local'
  | 'deepseek'
  | 'openai';

const compatible: ServerProfile = {
  lengthField: 'max_tokens',
  seed: true,
  logProbabilities: 'none',
  constraints: [],
  withoutThinking: null,
  budgetField: null,
  continuation: null,
  tools: false,
  toolChoice: false,
  wholeReplies: false,
  renderedPrompts: null,
  cacheSaltField: null,
  fixedSampling: false,
};

/** Each event then says what was counted so far. */
const countedEvents = { stream_options: { include_usage: true, continuous_usage_stats: true } };

const templateSwitch = { chat_template_kwargs: { enable_thinking: false } };

/** `compatible` asks for nothing that only some servers know. */
export const serverProfiles: Readonly<Record<ServerKind, ServerProfile>> = {
  compatible,
  vllm: {
    ...compatible,
    tools: true,
    toolChoice: true,
    logProbabilities: 'raw',
    constraints: ['json-schema'],
    withoutThinking: templateSwitch,
    budgetField: 'thinking_token_budget',
    wholeReplies: true,
    renderedPrompts: { members: { add_special_tokens: false, ...countedEvents }, begins: false },
    // Refused by vLLM with templates that drop the thinking of a last message, as R1's do.
    continuation: {
      members: { add_generation_prompt: false, continue_final_message: true },
      behindTemplate: false,
    },
    cacheSaltField: 'cache_salt',
  },
  sglang: {
    ...compatible,
    tools: true,
    toolChoice: true,
    logProbabilities: 'raw',
    constraints: ['json-schema'],
    withoutThinking: templateSwitch,
    renderedPrompts: { members: countedEvents, begins: true },
    // Its reasoning parsers would take what follows a continued block for reasoning.
    continuation: {
      members: { continue_final_message: true, separate_reasoning: false },
      behindTemplate: true,
    },
  },
  'llama-server': {
    ...compatible,
    tools: true,
    toolChoice: true,
    logProbabilities: 'raw',
    constraints: ['json-schema', 'grammar'],
    withoutThinking: templateSwitch,
    budgetField: 'thinking_budget_tokens',
    wholeReplies: true,
    renderedPrompts: { members: {}, begins: true },
  },
  ollama: { ...compatible, tools: true, withoutThinking: { reasoning_effort: 'none' } },
  // Documents neither budgets nor schemas, and tools for some of its models only.
  'foundry-local': compatible,
  deepseek: { ...compatible, tools: true, seed: false, fixedSampling: true },
  openai: {
    ...compatible,
    tools: true,
    toolChoice: true,
    lengthField: 'max_completion_tokens',
    seed: false,
    constraints: ['json-schema'],
    withoutThinking: { reasoning_effort: 'none' },
    fixedSampling: true,
  },
};

/** Whether such servers take prompts that are rendered already. */
export function takesRenderedPrompts(kind: ServerKind): boolean {
  return serverProfiles[kind].renderedPrompts !== null;
}

/** @throws TGL_SERVER_UNKNOWN */
export function serverKind(name: string): ServerKind {
  if (Object.hasOwn(serverProfiles, name)) return name as ServerKind;
  throw new TiegelError('TGL_SERVER_UNKNOWN', { received: name, known: Object.keys(serverProfiles) });
}
