// What a turn is asked for and the parts it gives.
import type { Json } from '../base/index.ts';
import type { Constraint, EndReason, Rewording, Sampling, TokenAlternative } from '../engine/index.ts';
import type { ChatMessage, ChatTemplate, ToolDefinition } from '../formats/index.ts';
import type { TokenUsage } from '../traffic/index.ts';
import type { ToolCallPart } from './answer-filter.ts';
import type { ContentFilter } from './filter/content-filter.ts';
import type { SegmentPart, ThinkingOutcome } from './segment-parser.ts';
import type { StrategyReport } from './strategy/sampled-turn.ts';
import type { ThinkingRequest } from './thinking-request.ts';

export type ConverseRequest = {
  /** Null for engines whose server renders the turn itself. */
  readonly template: ChatTemplate | null;
  readonly messages: readonly ChatMessage[];
  /** The operator's. It goes before the messages; a system message that they begin with follows it in the same one. */
  readonly systemPrompt?: string | undefined;
  readonly thinking: ThinkingRequest;
  /** Tokens of reasoning and answer together. */
  readonly maxTokens: number;
  readonly sampling: Sampling;
  /** Strings at which the answer ends; they are not part of it. Reasoning is not searched. */
  readonly stop: readonly string[];
  /** What the model may call. */
  readonly tools?: readonly ToolDefinition[] | undefined;
  /** It has to call one of them: for engines whose server sees to that (`EngineCapabilities.toolChoice`). */
  readonly toolChoice?: 'required' | undefined;
  /** Variables for the chat template of the engine's server (`EngineCapabilities.templateArguments`). */
  readonly templateArguments?: Readonly<Record<string, Json>> | undefined;
  /** Aborted to end the thinking, not the turn: the model then answers from what it has. */
  readonly endThinking?: AbortSignal | undefined;
  /** Nothing is looked at before the end of the turn, which then need not be streamed by a server. */
  readonly nonStreaming?: boolean | undefined;
  /** @see GenerateRequest.cacheScope */
  readonly cacheScope?: string | undefined;
  /** For the answer only: it holds from the end of the thinking on. */
  readonly constraint?: Constraint | undefined;
  /** Alternatives per token that are wanted; deltas then carry their tokens. */
  readonly logProbabilities?: number | undefined;
  /** The beginning of the reply, written in place of the model; it comes back as the first parts. */
  readonly prefill?: Prefill | undefined;
  /** In the order in which they stand before the model. @default none */
  readonly filters?: readonly ContentFilter[] | undefined;
  /** How the reply is said to whoever gets it. @default as the model writes it */
  readonly rewording?: Rewording | undefined;
};

/** No text in it counts as a control token. An answer ends the think block, whether or not there is reasoning. */
export type Prefill = { readonly reasoning?: string; readonly answer?: string };

export type TokenDetail = {
  readonly text: string;
  readonly logProbability: number;
  readonly alternatives: readonly TokenAlternative[];
};

/** A delta with the tokens it comes from, tags left out, where log-probabilities were asked for. */
type DetailedDelta = {
  readonly type: 'reasoning-delta' | 'answer-delta';
  readonly text: string;
  readonly tokens?: readonly TokenDetail[];
};

/**
 * Why a think block ended. `length`: what `maxTokens` and the context leave, once the answer has its share;
 * `content-filter`: the engine's server withheld the rest.
 */
export type StoppedBy = 'model' | 'budget' | 'request' | 'length' | 'content-filter';

export type ThinkingReport = {
  readonly outcome: ThinkingOutcome;
  /** Tokens the model wrote in think blocks and to end them, without those that were written to make it stop. */
  readonly tokens: number;
  /** Those: counted as reasoning and as completion. */
  readonly forcedTokens: number;
  /** As asked for. */
  readonly budget: number | null;
  /** Null where nothing was thought. */
  readonly stoppedBy: StoppedBy | null;
};

export type ConverseEnd = {
  readonly type: 'end';
  /** `stop` where it wrote a stop string as well. */
  readonly finish: EndReason;
  readonly usage: TokenUsage;
  readonly thinking: ThinkingReport;
  /** The stop string that ended the answer. */
  readonly stopSequence?: string;
  /** What was done where several samples were drawn; the usage is that of all of them. */
  readonly strategy?: StrategyReport;
};

export type StreamPart = SegmentPart | DetailedDelta | ToolCallPart | ConverseEnd;
