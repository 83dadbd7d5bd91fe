// What is decided about a turn before it begins: the prompt, how long the model may think, and how it is stopped.
import { TiegelError } from '../base/index.ts';
import type { Engine, EngineCapabilities, GenerateRequest, UnrenderedTurn } from '../engine/index.ts';
import {
  type ChatMessage,
  type ChatTemplate,
  type PromptPiece,
  startsInReasoning,
  type Thinking,
  type ToolCallFormat,
  toolsAsText,
} from '../formats/index.ts';
import type { ConverseRequest } from './parts.ts';
import { prefilledPieces, prefillText } from './prefill.ts';
import { type Segment, thinkTags } from './segment-parser.ts';
import { maxTokensOf, textThatEndsThinking } from './thinking-end.ts';
import { answerReserveOf } from './thinking-request.ts';
import { markersOf } from './tool-call-syntax.ts';

export type TurnPlan = {
  readonly request: GenerateRequest;
  readonly startsIn: Segment;
  /** Most tokens the model may think; infinite where only the room limits it. */
  readonly budget: number;
  /** What is written to end the thinking. Empty where the engine's server renders the prompt and continues no turn. */
  readonly endText: string;
  /** The engine writes it by itself, when budget or room are used up or when `endNow` aborts. */
  readonly engineEnds: boolean;
  /** The engine's server does, in words of its own, when the budget is used up. */
  readonly serverEnds: boolean;
  /** Absent where prompt and completion fit into the context for certain: then the plan holds. */
  readonly endNow?: AbortController;
  /** The engine's server renders the prompt, and only what it says shows whether a think block is open at its end. */
  readonly mayHideThinking: boolean;
  /** How calls of tools stand in the answer; null where there are none to look for. */
  readonly toolCallFormat: ToolCallFormat | null;
};

export const closingTag = '</think>';

/** How thinking is ended in a turn that a server renders: as the published templates write it. */
const endOnServers = { text: `\n${closingTag}\n\n`, sentence: true } as const;

/** @throws TGL_CAPABILITY_MISSING where the engine or the template cannot do what is asked for, TGL_TEMPLATE_FAILED */
export async function planTurn(
  engine: Pick<Engine, 'model' | 'capabilities'>,
  request: ConverseRequest,
): Promise<TurnPlan> {
  const { capabilities } = engine;
  const { template, tools = [], endThinking, prefill, logProbabilities, constraint } = request;
  const messages = withSystemPrompt(request);
  requireSupport(engine, request);
  const rendering = capabilities.promptForm === 'tokens' ? template : null;
  const thinking = thinkingOf(capabilities, request, { messages, rendering });
  const { budget, endText, limit, maxTokens } = thinking;

  const rendered = (await rendering?.render(messages, { thinking: thinking.mode, tools })) ?? [];
  const prompt = rendering === null ? [] : prefilledPieces(rendered, rendering, prefill);
  const written = rendering === null ? prefillText(prefill) : undefined;
  const inReasoning = written === undefined ? startsInReasoning(prompt) : prefill?.answer === undefined;
  const startsIn: Segment = inReasoning ? 'reasoning' : 'answer';
  const engineEnds = startsIn === 'reasoning' && capabilities.thinkingStop === 'engine';
  const serverEnds = capabilities.thinkingStop === 'server';
  // Whoever may have to end the thinking or the answer on the way has to see them come.
  const mayEnd = (endText !== '' && !serverEnds) || endThinking !== undefined || request.stop.length > 0;
  const nonStreaming = request.nonStreaming === true && !mayEnd && logProbabilities === undefined;
  const fits = maxPromptTokensOf(prompt) + maxTokens <= capabilities.contextLength;
  const toolCalls = tools.length === 0 ? null : callFormat(engine, rendering);
  const endNow = engineEnds && !fits ? new AbortController() : undefined;
  const now = nowMember(endThinking, endNow?.signal);
  return {
    startsIn,
    budget,
    endText,
    engineEnds,
    serverEnds,
    ...(endNow !== undefined && { endNow }),
    mayHideThinking: rendering === null && startsIn === 'answer' && written === undefined,
    toolCallFormat: toolCalls,
    request: {
      ...(rendering === null
        ? { turn: unrenderedTurn(engine, request, { messages, thinking, written }) }
        : { prompt }),
      maxTokens,
      sampling: request.sampling,
      ...(engineEnds && { forced: { text: endText, afterTokens: limit, unless: closingTag, ...now } }),
      markers: toolCalls === null ? thinkTags : [...thinkTags, ...markersOf(toolCalls)],
      ...(request.cacheScope !== undefined && { cacheScope: request.cacheScope }),
      ...(nonStreaming && { nonStreaming }),
      ...(logProbabilities !== undefined && { logProbabilities }),
      ...(constraint !== undefined && {
        constraint: startsIn === 'reasoning' ? { ...constraint, after: closingTag } : constraint,
      }),
    },
  };
}

type PlannedThinking = Pick<TurnPlan, 'budget' | 'endText'> & {
  readonly mode: Thinking;
  /** Tokens of the nonStreaming completion. */
  readonly maxTokens: number;
  /** Tokens that the model may think, of what the budget and the answer leave. */
  readonly limit: number;
};

function thinkingOf(
  capabilities: EngineCapabilities,
  { maxTokens: asked, thinking, endThinking, prefill }: ConverseRequest,
  { messages, rendering }: Pick<ConverseRequest, 'messages'> & { readonly rendering: ChatTemplate | null },
): PlannedThinking {
  const maxTokens = completionRoom(capabilities, asked, messages);
  const room = maxTokens - answerReserveOf(maxTokens);
  const budget = thinking.mode === 'closed' ? 0 : (thinking.budget ?? Number.POSITIVE_INFINITY);
  const thinkingEnd = rendering?.thinkingEnd ?? (capabilities.prefill ? endOnServers : null);
  const endText =
    thinkingEnd === null ? '' : textThatEndsThinking({ thinkingEnd }, messages, { budget, room });
  const limit = Math.min(budget, Math.max(0, room - maxTokensOf(endText)));
  const closed =
    prefill?.reasoning === undefined && (limit === 0 || endThinking?.aborted || prefill !== undefined);
  return { budget, endText, maxTokens, limit, mode: closed ? 'closed' : 'open' };
}

function unrenderedTurn(
  engine: Pick<Engine, 'model' | 'capabilities'>,
  { tools = [], toolChoice, templateArguments, thinking }: ConverseRequest,
  turn: {
    readonly messages: readonly ChatMessage[];
    readonly thinking: PlannedThinking;
    readonly written: string | undefined;
  },
): UnrenderedTurn {
  const { capabilities } = engine;
  const { messages, written } = turn;
  const { mode, limit } = turn.thinking;
  return {
    ...(capabilities.tools === true
      ? { messages, ...(tools.length > 0 && { tools }), ...(toolChoice !== undefined && { toolChoice }) }
      : { messages: toolsAsText(messages, tools) }),
    thinking: written === undefined ? mode : 'open',
    thinkingBudget: capabilities.thinkingStop === 'server' ? limit : null,
    ...(mode === 'open' && knowsLevel(engine, thinking) && { effort: thinking.effort! }),
    ...(templateArguments !== undefined && { templateArguments }),
    ...(written !== undefined && { prefill: written }),
  };
}

/** The conversation behind the operator's system prompt. Templates know one system message, which then holds both. */
function withSystemPrompt({
  messages,
  systemPrompt,
}: Pick<ConverseRequest, 'messages' | 'systemPrompt'>): readonly ChatMessage[] {
  if (systemPrompt === undefined) return messages;
  const [first, ...others] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: systemPrompt }, ...messages];
  return [{ ...first, content: `${systemPrompt}\n\n${first.content}` }, ...others];
}

/** Bytes that a token of a prompt stands for at least, nearly always; and what a server's template adds to it. */
const [fewestBytesOfToken, maxTemplateTokens] = [3, 64];
/** What is left for the completion whatever the estimate says, as a share of the context. */
const minRoomShare = 1 / 8;

/**
 * What a request may ask for, before the prompt's tokens are known. Some servers refuse a request that asks for more than
 * the context holds behind the prompt, and only they know its tokens, so these are estimated there.
 */
function completionRoom(
  { contextLength, tokenIds }: EngineCapabilities,
  maxTokens: number,
  messages: readonly ChatMessage[],
): number {
  if (tokenIds) return Math.min(maxTokens, contextLength);
  const bytes = messages.reduce((sum, { content }) => sum + maxTokensOf(content), 0);
  const left = contextLength - Math.ceil(bytes / fewestBytesOfToken) - maxTemplateTokens;
  return Math.min(maxTokens, Math.max(left, Math.ceil(contextLength * minRoomShare)));
}

function requireSupport(
  engine: Pick<Engine, 'model' | 'capabilities'>,
  { template, thinking, tools = [], prefill, templateArguments }: ConverseRequest,
): void {
  const { model, capabilities } = engine;
  const missing = (feature: string): TiegelError =>
    new TiegelError('TGL_CAPABILITY_MISSING', { model, feature });
  const rendered = capabilities.promptForm === 'tokens';
  if (rendered && template === null) throw new TypeError('converse: this engine needs a template');
  if (tools.length > 0 && rendered && template?.toolCallFormat === null) throw missing('tools');
  if (prefill !== undefined && !rendered && !capabilities.prefill) throw missing('a prefilled reply');
  const limited = thinking.mode === 'open' && thinking.budget !== null && thinking.budget > 0;
  if (limited && capabilities.thinkingStop === 'none' && !knowsLevel(engine, thinking))
    throw missing(
      thinking.effort === undefined ? 'a thinking budget' : `the reasoning effort ${thinking.effort}`,
    );
  if (templateArguments !== undefined && (rendered || !capabilities.templateArguments))
    throw missing('arguments for its chat template');
}

/** The engine's server takes the level itself; the tokens that it stands for are then an upper bound where one is kept. */
function knowsLevel(
  { capabilities }: Pick<Engine, 'capabilities'>,
  { effort }: ConverseRequest['thinking'],
): boolean {
  return effort !== undefined && capabilities.efforts?.includes(effort) === true;
}

/** A server that knows tools gives calls as events; one that knows none was told about them in R1's words. */
function callFormat(
  { capabilities }: Pick<Engine, 'capabilities'>,
  rendering: ConverseRequest['template'],
): ToolCallFormat | null {
  if (rendering !== null) return rendering.toolCallFormat;
  return capabilities.tools === true ? null : 'deepseek';
}

function maxPromptTokensOf(prompt: readonly PromptPiece[]): number {
  return prompt.reduce((sum, { text }) => sum + maxTokensOf(text), 0);
}

function nowMember(...signals: readonly (AbortSignal | undefined)[]): { readonly now?: AbortSignal } {
  const given = signals.filter((signal) => signal !== undefined);
  if (given.length === 0) return {};
  return { now: given.length === 1 ? given[0]! : AbortSignal.any(given) };
}
