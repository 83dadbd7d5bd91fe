// What every engine offers: prompt in, tokens out, abort at any moment. An engine knows nothing of thinking, cache scopes
// or HTTP. Engines with fewer abilities declare so in `capabilities`; nothing degrades in silence.
import type { Json } from '../base/index.ts';
import type { ChatMessage, PromptPiece, Thinking, ToolDefinition } from '../formats/index.ts';

export type EngineCapabilities = {
  /** Which form of a request it takes; the other one is refused. */
  readonly promptForm: 'tokens' | 'messages';
  /** Token ids accompany the text. */
  readonly tokenIds: boolean;
  /** The same seed and sampling give the same tokens. */
  readonly seed: boolean;
  /** Sequences that run at the same time; further requests wait. */
  readonly slots: number;
  /** Tokens of prompt and completion together. */
  readonly contextLength: number;
  /**
   * How thinking that may not go on is stopped. `engine`: it heeds `GenerateRequest.forced`. `server`: it heeds
   * `UnrenderedTurn.thinkingBudget`. `continuation`: neither; whoever reads breaks the generation off, and another one goes
   * on behind a prompt, or a prefill, that closes the block. `none`: not at all.
   */
  readonly thinkingStop: 'engine' | 'server' | 'continuation' | 'none';
  /** The levels of `UnrenderedTurn.effort` that are heeded. Absent: none. */
  readonly efforts?: readonly Effort[];
  /** `UnrenderedTurn.templateArguments` reach the template. Absent: they are refused. */
  readonly templateArguments?: boolean;
  /** `UnrenderedTurn.prefill` is heeded. Absent: it is refused. */
  readonly prefill?: boolean;
  /** `UnrenderedTurn.tools` is heeded, and calls come as events. Absent: they are refused. */
  readonly tools?: boolean;
  /** `UnrenderedTurn.toolChoice` is heeded. Absent: it is refused. */
  readonly toolChoice?: boolean;
  /** Whether log-probabilities are the model's own or those left after temperature and top-p. */
  readonly logProbabilities: 'none' | 'raw' | 'post-sampling';
  readonly constraints: readonly Constraint['type'][];
  /** What was computed for a prompt is used again for prompts of the same cache scope that begin alike. */
  readonly prefixReuse: boolean;
  /** `Engine.embed` is there. */
  readonly embeddings: boolean;
  /** `Engine.countTokens` is there. Absent: it is not. */
  readonly tokenCounts?: boolean;
  /** `GenerateRequest.stop` may end a generation early. */
  readonly stopStrings: boolean;
  /** Temperature and top-p are its server's own, which is 1 for either; what `Sampling` says is not heeded. Absent: it is. */
  readonly fixedSampling?: boolean;
  /** What is heeded of `Sampling` beyond temperature, top-p and seed. Absent: nothing; it is refused. */
  readonly samplingOptions?: readonly SamplingOption[];
  /** Adapters can be applied to the weights when it starts. Absent: it runs weights as they are. */
  readonly adapters?: boolean;
  /** `GenerateRequest.watermark` is heeded, among so many of the likeliest tokens at most. Absent: it is refused. */
  readonly watermark?: { readonly candidates: number };
  /** Another model can propose tokens to it. Absent: it writes each token by itself. */
  readonly draftModels?: boolean;
};

export type Sampling = {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed?: number;
  /** Only so many of the likeliest tokens are drawn from. */
  readonly topK?: number;
  /** Only tokens at least this share as likely as the likeliest are drawn from. */
  readonly minP?: number;
  /** Divides the logits of tokens of prompt and completion (multiplies those below zero); 1 changes nothing. */
  readonly repetitionPenalty?: number;
  /** Subtracted once from the logits of tokens that have occurred in the completion. */
  readonly presencePenalty?: number;
  /** Subtracted from the logits of tokens for each time they have occurred in the completion. */
  readonly frequencyPenalty?: number;
  /** Pairs of a token id and what is added to its logit. */
  readonly logitBias?: readonly (readonly [token: number, bias: number])[];
};

/** The members of `Sampling` that not every engine can keep. */
type SamplingOption = Exclude<keyof Sampling, 'temperature' | 'topP' | 'seed'>;

export const samplingOptions: readonly SamplingOption[] = [
  'topK',
  'minP',
  'repetitionPenalty',
  'presencePenalty',
  'frequencyPenalty',
  'logitBias',
];

/**
 * Text that the engine writes in place of what the model would have written, once: after `afterTokens` completion
 * tokens (null: never by count) or when `now` aborts, unless `unless` has appeared in the completion by then. It is
 * read as template text, and the model goes on after it.
 */
export type ForcedText = {
  readonly text: string;
  readonly afterTokens: number | null;
  readonly unless: string;
  readonly now?: AbortSignal;
};

/**
 * Tokens are drawn by a key, so that its holder can tell later from text alone. Over keys each token comes as often as without;
 * at temperature 0 nothing is drawn, and nothing marked.
 */
export type Watermark = {
  /** 32 bytes, in hexadecimal. */
  readonly key: string;
  /** How many tokens before one decide its number, from 1 to 16. Text that was changed loses the mark in so many tokens more. */
  readonly window: number;
  /** How many of the tokens are drawn by it; by the others two replies to one prompt differ. @default 1, all */
  readonly share?: number;
};

/** What the completion has to look like, from its begin or from the end of `after`, once that was generated. */
export type Constraint = (
  | { readonly type: 'json-schema'; readonly schema: Readonly<Record<string, unknown>> }
  /** In GBNF; the rule `root` describes the whole. */
  | { readonly type: 'grammar'; readonly grammar: string }
) & { readonly after?: string };

/** Levels of thinking, in the words of OpenAI's `reasoning_effort`; `none` is not to think. */
export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** A turn before it is rendered, for engines whose server does that itself. */
export type UnrenderedTurn = {
  readonly messages: readonly ChatMessage[];
  readonly thinking: Thinking;
  /** Most thinking tokens, kept by the server; null: none but `maxTokens`. */
  readonly thinkingBudget: number | null;
  /** How much the model should think, in a word that the server knows. */
  readonly effort?: Effort;
  /** Variables for the server's chat template, as the client named them. */
  readonly templateArguments?: Readonly<Record<string, Json>>;
  /** What the assistant has written of its reply, think tags included: the server goes on behind it. */
  readonly prefill?: string;
  /** What the model may call. */
  readonly tools?: readonly ToolDefinition[];
  /** It has to call one of them. */
  readonly toolChoice?: 'required';
};

/** What a completion goes on behind, for engines of the prompt form `tokens`. */
export type RenderedInput = { readonly prompt: readonly PromptPiece[]; readonly turn?: never };
/** The same for those of the form `messages`. */
export type UnrenderedInput = { readonly turn: UnrenderedTurn; readonly prompt?: never };
export type GenerateInput = RenderedInput | UnrenderedInput;

export type GenerateRequest = GenerateInput & GenerateOptions;
export type RenderedRequest = RenderedInput & GenerateOptions;
export type UnrenderedRequest = UnrenderedInput & GenerateOptions;

type GenerateOptions = {
  /** At most this many completion tokens; the engine lowers it to what the context still holds. */
  readonly maxTokens: number;
  readonly sampling: Sampling;
  /** Whose prompt it is. What is computed for it may be reused for the same cache scope only; absent: for nobody. */
  readonly cacheScope?: string;
  /** Log-probabilities of the tokens are wanted, with so many of the likeliest alternatives. */
  readonly logProbabilities?: number;
  readonly constraint?: Constraint;
  readonly forced?: ForcedText;
  readonly watermark?: Watermark;
  /** Strings at which an engine that can may end the generation. Who needs an exact cut still makes it himself. */
  readonly stop?: readonly string[];
  /** Nobody looks at the reply before it is complete, so that an engine may have it sent in one piece. */
  readonly nonStreaming?: boolean;
  /** Texts that the reader takes for more than text, such as `</think>`; see `markerTokens` of the event `prompt`. */
  readonly markers?: readonly string[];
};

/**
 * Why a generation ended. `stop`: the model ended its turn; `length`: maxTokens or the context was reached;
 * `content-filter`: the engine's server withheld the rest, which says something of this request and not of the server.
 */
export type EndReason = 'stop' | 'length' | 'content-filter';

export type TokenAlternative = { readonly text: string; readonly logProbability: number };

/**
 * `token` events come one per token of the completion, forced ones included; engines of the prompt form `messages` give
 * them as they arrive, with several tokens where a server sends several. `text` may be empty while a character is still
 * incomplete. The last event of a generation that was not aborted and did not fail is `end`.
 */
export type EngineEvent =
  | {
      readonly type: 'prompt';
      readonly promptTokens: number;
      /** How many of them were computed for an earlier request of the same cache scope. Absent: none. */
      readonly reusedTokens?: number;
      /**
       * Those of `markers` that the vocabulary has as tokens of their own: the same characters in other tokens are text.
       * Absent: that is not known.
       */
      readonly markerTokens?: readonly string[];
    }
  | {
      readonly type: 'token';
      readonly text: string;
      readonly id?: number;
      /** Where the engine's server put it. Absent: the tags in the text decide. */
      readonly segment?: 'reasoning' | 'answer';
      /** How many tokens it stands for, where a server gave them in one piece. Absent: one. */
      readonly tokens?: number;
      /** The engine wrote it, not the model. */
      readonly forced?: true;
      /** It is one of `markerTokens`. */
      readonly marker?: true;
      /** Natural logarithm. Absent for forced tokens. */
      readonly logProbability?: number;
      /** The likeliest tokens at this place, in falling order. */
      readonly alternatives?: readonly TokenAlternative[];
    }
  /** A complete call, as the engine's server found it. Other engines leave calls in the text. */
  | { readonly type: 'tool-call'; readonly name: string; readonly arguments: string }
  | {
      readonly type: 'end';
      readonly reason: EndReason;
      readonly completionTokens: number;
      /** What a server counted: its stream comes in pieces that need not be tokens, and its prompt is not seen here. */
      readonly counted?: {
        readonly promptTokens: number;
        /** How many of them it had computed before. Absent: none that it knows of. */
        readonly reusedTokens?: number;
        readonly reasoningTokens?: number;
      };
    };

export type Embedding = {
  readonly vector: Float32Array;
  /** Tokens of the text, with those that begin and end it. */
  readonly tokens: number;
};

/** Says what was written in another way that means the same, while it is written. */
export type Rewording = (asked: string) => {
  /** What can be given out of the text so far. */
  readonly push: (text: string) => string;
  /** Text that goes before and stays as it is; before anything is pushed. */
  readonly keep: (text: string) => void;
  /** The rest. */
  readonly end: () => string;
};

type EngineState = 'ready' | 'restarting' | 'closed';

export type Engine = AsyncDisposable & {
  /**
   * The same engine, with the same places for requests, of which only these replicas are ever asked; they are numbered from 0.
   * Absent: it has one place and no choice.
   */
  readonly within?: (replicas: readonly number[]) => Engine;
  /** How what it writes is said to those whom it is served to; `generate` gives it as it was written. Absent: likewise. */
  readonly rewording?: Rewording;
  /** The name of the model it runs, for messages. */
  readonly model: string;
  /** Name and version of the runtime and of its binding; part of the admission key. */
  readonly runtimeBuild: string;
  readonly capabilities: EngineCapabilities;
  readonly state: () => EngineState;
  /** Sequences running and requests waiting at this moment. */
  readonly load: () => { readonly active: number; readonly waiting: number };
  /**
   * Generates a completion, in batches: what became known in one turn of the event loop, at least one event, so that a
   * reader is woken once for all of it. When `signal` aborts, the sequence is free within one token or 250 ms and the
   * iteration ends by throwing the signal's reason. Leaving the loop early (`break`) aborts as well.
   *
   * @throws TGL_CAPABILITY_MISSING, TGL_CONSTRAINT_INVALID, TGL_PROMPT_TOO_LONG, TGL_ENGINE_UNAVAILABLE,
   * TGL_ENGINE_CRASHED, TGL_ENGINE_CLOSED
   */
  readonly generate: (
    request: GenerateRequest,
    signal?: AbortSignal,
  ) => AsyncIterable<readonly EngineEvent[]>;
  /**
   * Reads a constraint, so that a generation under it begins at once. Takes no slot. Absent where nothing has to be read
   * before; `generate` reads what was not.
   *
   * @param cacheScope whose it is.
   * @throws TGL_CONSTRAINT_INVALID, TGL_CONSTRAINTS_BUSY, TGL_ENGINE_UNAVAILABLE, TGL_ENGINE_CLOSED, the reason of `signal`
   */
  readonly readConstraint?: (
    constraint: Constraint,
    cacheScope: string,
    signal?: AbortSignal,
  ) => Promise<void>;
  /**
   * How many tokens a prompt has: what the event `prompt` of its generation says. Takes no slot, and a prompt that the
   * context does not hold is counted like any other.
   *
   * @throws TGL_ENGINE_UNAVAILABLE, TGL_ENGINE_CRASHED, TGL_ENGINE_CLOSED, the reason of `signal`
   */
  readonly countTokens?: (prompt: readonly PromptPiece[], signal?: AbortSignal) => Promise<number>;
  /**
   * One vector a text, as long as the model is wide and not normalised: its last hidden state behind the last token.
   * Only models made for it put texts of like meaning near each other. The texts are read one after the other in one
   * slot; control tokens in them are text.
   *
   * @throws TGL_PROMPT_TOO_LONG, TGL_ENGINE_UNAVAILABLE, TGL_ENGINE_CRASHED, TGL_ENGINE_CLOSED, the reason of `signal`
   */
  readonly embed?: (texts: readonly string[], signal?: AbortSignal) => Promise<readonly Embedding[]>;
};
