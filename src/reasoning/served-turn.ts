// One turn as a model is served: what the admitted tuple says, then what the question changes. Everybody who makes a
// model speak composes turns here, so that what is assessed, served, chatted with and counted is the same.
import type { Json } from '../base/index.ts';
import type { ServingConfiguration } from '../catalog/index.ts';
import type { Constraint, Engine, Sampling } from '../engine/index.ts';
import type { ChatMessage, ChatTemplate, ToolDefinition } from '../formats/index.ts';
import type { ContentFilter } from './filter/content-filter.ts';
import type { ConverseRequest, Prefill } from './parts.ts';
import { type ThinkingOptions, thinkingRequestOf } from './thinking-request.ts';

/** What of the served tuple decides a turn. */
export type ServedTuple = {
  readonly serving: Pick<ServingConfiguration, 'sampling' | 'thinkingBudget' | 'systemPrompt'>;
  /** Null where the engine's server renders the prompts. */
  readonly template: ChatTemplate | null;
  /** The content filters, in their order. @default none */
  readonly filters?: readonly ContentFilter[] | undefined;
  /** What serves it, whose rewording its replies have. @default they are as the model writes them */
  readonly engine?: Pick<Engine, 'rewording'> | undefined;
};

/** What is asked of it. An absent member leaves the tuple's own; the rest are those of `ConverseRequest`. */
export type TurnQuestion = {
  /** Without the system prompt of the tuple, which goes before them. */
  readonly messages: readonly ChatMessage[];
  /** @default as the model does by itself */
  readonly thinking?: ThinkingOptions | undefined;
  readonly maxTokens?: number | undefined;
  readonly sampling?: { readonly [Option in keyof Sampling]?: Sampling[Option] | undefined };
  readonly stop?: readonly string[] | undefined;
  readonly tools?: readonly ToolDefinition[] | undefined;
  readonly toolChoice?: 'required' | undefined;
  readonly templateArguments?: Readonly<Record<string, Json>> | undefined;
  readonly constraint?: Constraint | undefined;
  readonly logProbabilities?: number | undefined;
  readonly prefill?: Prefill | undefined;
  readonly endThinking?: AbortSignal | undefined;
  readonly nonStreaming?: boolean | undefined;
  readonly cacheScope?: string | undefined;
};

/** A question cannot exceed the tuple's thinking budget, go before its system prompt or pass by its filters. */
export function servedTurn(
  { serving, template, filters = [], engine }: ServedTuple,
  question: TurnQuestion,
): ConverseRequest {
  const { temperature, topP } = serving.sampling;
  const { thinking = {}, sampling = {}, stop = [], tools = [] } = question;
  // Every member, absent ones too: all requests then have one form, which what reads them for each token profits from.
  return {
    template,
    messages: question.messages,
    systemPrompt: serving.systemPrompt ?? undefined,
    thinking: thinkingRequestOf(thinking, serving.thinkingBudget),
    maxTokens: question.maxTokens ?? serving.sampling.maxTokens,
    sampling: { temperature, topP, ...definedMembers(sampling) },
    stop,
    tools: tools.length > 0 ? tools : undefined,
    filters: filters.length > 0 ? filters : undefined,
    rewording: engine?.rewording,
    toolChoice: question.toolChoice,
    templateArguments: question.templateArguments,
    constraint: question.constraint,
    logProbabilities: question.logProbabilities,
    prefill: question.prefill,
    endThinking: question.endThinking,
    nonStreaming: question.nonStreaming,
    cacheScope: question.cacheScope,
  } satisfies Record<keyof ConverseRequest, unknown>;
}

type Defined<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

function definedMembers<T extends object>(members: T): Defined<T> {
  const defined: Partial<T> = {};
  for (const name of Object.keys(members) as (keyof T)[]) {
    if (members[name] !== undefined) defined[name] = members[name];
  }
  return defined as Defined<T>;
}
