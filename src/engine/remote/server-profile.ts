// What kinds of OpenAI-compatible servers can do and how they want to be asked, as data, from their documentation. The
// operator names the kind; nothing is guessed from answers.
import { type Json, TiegelError } from '../../base/index.ts';
import type { Constraint, Effort, EngineCapabilities, Sampling } from '../engine.ts';

/** Members of a request. */
export type Members = { readonly [name: string]: Json };

type SamplingOption = Exclude<keyof Sampling, 'temperature' | 'topP' | 'seed'>;

export type ServerProfile = {
  readonly lengthField: 'max_tokens' | 'max_completion_tokens';
  /** The same seed gives the same tokens, or is documented to; assessment finds out. */
  readonly seed: boolean;
  readonly logProbabilities: EngineCapabilities['logProbabilities'];
  readonly constraints: readonly Constraint['type'][];
  /** Members that make the model answer at once; null where the server cannot be asked to. */
  readonly withoutThinking: Members | null;
  /** Members that ask for a level of thinking, for the levels that it knows. */
  readonly efforts: Readonly<Partial<Record<Effort, Members>>>;
  /** Its names of the sampling options that it keeps. */
  readonly samplingFields: Readonly<Partial<Record<SamplingOption, string>>>;
  /** A client may set variables of the chat template, in the member `chat_template_kwargs`. */
  readonly templateArguments: boolean;
  /** Under which names it takes the reasoning of the assistant's earlier turns. */
  readonly reasoningFields: readonly string[];
  /** The member that bounds thinking, or null. */
  readonly budgetField: string | null;
  /** How the server is made to go on behind the beginning of a reply, or null. */
  readonly continuation: TurnContinuation | null;
  /** It takes definitions of tools and finds the calls. */
  readonly tools: boolean;
  /** It can be told that the model has to call one. */
  readonly toolChoice: boolean;
  /** It hears that a client has left also while it owes a non-streaming reply. */
  readonly nonStreaming: boolean;
  /** How prompts that are rendered already are sent to `POST /completions`, or null where they are not taken. */
  readonly renderedPrompts: RenderedPrompts | null;
  /** The member whose value keeps the prefix caches of different scopes apart, or null. */
  readonly cacheSaltField: string | null;
  /** Temperature and top-p are settled by the server at 1, and members that try to change them are ignored or refused. */
  readonly fixedSampling: boolean;
};

export type RenderedPrompts = {
  readonly members: Members;
  /** The server's tokenizer writes the token that begins a text by itself. */
  readonly begins: boolean;
};

/** The beginning is sent as the last message. */
export type TurnContinuation = {
  readonly members: Members;
  /** It is put behind what the template writes before a reply; otherwise it is the whole reply so far. */
  readonly behindTemplate: boolean;
};

export type ServerKind =
  | 'compatible'
  | 'vllm'
  | 'sglang'
  | 'llama-server'
  | 'ollama'
  | 'lm-studio'
  | 'foundry-local'
  | 'deepseek'
  | 'openrouter'
  | 'openai';

const compatible: ServerProfile = {
  lengthField: 'max_tokens',
  seed: true,
  logProbabilities: 'none',
  constraints: [],
  withoutThinking: null,
  efforts: {},
  samplingFields: {},
  templateArguments: false,
  reasoningFields: ['reasoning_content'],
  budgetField: null,
  continuation: null,
  tools: false,
  toolChoice: false,
  nonStreaming: false,
  renderedPrompts: null,
  cacheSaltField: null,
  fixedSampling: false,
};

/** Each event then says what was counted so far. */
const countedEvents = { stream_options: { include_usage: true, continuous_usage_stats: true } };

/** Qwen's and GLM's name of the switch, and DeepSeek's; a template that knows neither reads neither. */
const switchedOff = { chat_template_kwargs: { enable_thinking: false, thinking: false } };
const switchedOn = { enable_thinking: true, thinking: true };

const penalties = { presencePenalty: 'presence_penalty', frequencyPenalty: 'frequency_penalty' } as const;
const biased = { ...penalties, logitBias: 'logit_bias' } as const;
const allSampling = {
  ...biased,
  topK: 'top_k',
  minP: 'min_p',
  repetitionPenalty: 'repetition_penalty',
} as const;

/** The same members for several levels, each with its own word. */
function efforts(
  levels: readonly Effort[],
  membersOf: (level: Effort) => Members,
): Readonly<Partial<Record<Effort, Members>>> {
  return Object.fromEntries(levels.map((level) => [level, membersOf(level)]));
}

/** What gpt-oss was made for, and what templates of others that know levels take. */
const threeLevels = ['low', 'medium', 'high'] as const;

/** `compatible` asks for nothing that only some servers know. */
export const serverProfiles: Readonly<Record<ServerKind, ServerProfile>> = {
  compatible,
  vllm: {
    ...compatible,
    tools: true,
    toolChoice: true,
    logProbabilities: 'raw',
    constraints: ['json-schema'],
    withoutThinking: switchedOff,
    efforts: efforts(threeLevels, (level) => ({
      reasoning_effort: level,
      chat_template_kwargs: switchedOn,
    })),
    samplingFields: allSampling,
    templateArguments: true,
    // The newer name, and the one that versions before 0.11 read.
    reasoningFields: ['reasoning', 'reasoning_content'],
    budgetField: 'thinking_token_budget',
    nonStreaming: true,
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
    withoutThinking: switchedOff,
    efforts: efforts(threeLevels, (level) => ({
      reasoning_effort: level,
      chat_template_kwargs: switchedOn,
    })),
    samplingFields: allSampling,
    templateArguments: true,
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
    withoutThinking: switchedOff,
    efforts: efforts(threeLevels, (level) => ({
      chat_template_kwargs: { ...switchedOn, reasoning_effort: level },
    })),
    samplingFields: { ...allSampling, repetitionPenalty: 'repeat_penalty' },
    templateArguments: true,
    budgetField: 'thinking_budget_tokens',
    nonStreaming: true,
    renderedPrompts: { members: {}, begins: true },
  },
  ollama: {
    ...compatible,
    tools: true,
    withoutThinking: { reasoning_effort: 'none' },
    efforts: efforts(threeLevels, (level) => ({ reasoning_effort: level })),
    samplingFields: penalties,
    reasoningFields: ['reasoning'],
  },
  'lm-studio': {
    ...compatible,
    tools: true,
    toolChoice: true,
    constraints: ['json-schema'],
    samplingFields: { ...biased, topK: 'top_k', repetitionPenalty: 'repeat_penalty' },
  },
  // Documents neither budgets nor schemas, and tools for some of its models only.
  'foundry-local': compatible,
  deepseek: {
    ...compatible,
    tools: true,
    seed: false,
    fixedSampling: true,
    withoutThinking: { thinking: { type: 'disabled' } },
    // It maps the levels that it does not know to those that it does.
    efforts: efforts(['minimal', ...threeLevels, 'xhigh', 'max'], (level) => ({
      thinking: { type: 'enabled' },
      reasoning_effort: level,
    })),
  },
  // Whose servers answer differs from request to request. A number of thinking tokens is a hint to most of them, so that
  // none is promised here.
  openrouter: {
    ...compatible,
    tools: true,
    toolChoice: true,
    seed: false,
    constraints: ['json-schema'],
    withoutThinking: { reasoning: { effort: 'none' } },
    efforts: efforts(['minimal', ...threeLevels, 'xhigh'], (level) => ({ reasoning: { effort: level } })),
    samplingFields: allSampling,
    reasoningFields: ['reasoning'],
  },
  openai: {
    ...compatible,
    tools: true,
    toolChoice: true,
    lengthField: 'max_completion_tokens',
    seed: false,
    constraints: ['json-schema'],
    withoutThinking: { reasoning_effort: 'none' },
    efforts: efforts(['minimal', ...threeLevels, 'xhigh'], (level) => ({ reasoning_effort: level })),
    samplingFields: biased,
    // It never shows any.
    reasoningFields: [],
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
