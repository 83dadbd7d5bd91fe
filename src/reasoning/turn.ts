// The state of one turn between an engine's events and its parts. It ends thinking that may not go on: an engine that
// can force text does so as planned; otherwise, and where a model begins to think again, the generation is interrupted
// and another goes on behind a prompt that holds what was written and closes the block. So does a turn that the model
// ended in the middle of its thinking. That happens once a turn at most: afterwards everything is answer.
import { TiegelError } from '../base/index.ts';
import type { Engine, EngineEvent, GenerateRequest } from '../engine/index.ts';
import type { TokenUsage } from '../traffic/index.ts';
import { createAnswerFilter } from './answer-filter.ts';
import type { ConverseEnd, ConverseRequest, StoppedBy, StreamPart, ThinkingReport } from './parts.ts';
import { closingTag, planTurn } from './plan.ts';
import { createSegmentParser, type ParsedPart, type Segment, thinkTags } from './segment-parser.ts';
import { mostTokens } from './thinking-end.ts';
import { answerReserveOf } from './thinking-request.ts';
import { createTokenDetails } from './token-details.ts';
import { createUnopenedThinkingWatch } from './unopened-thinking.ts';
import { createWrittenReply } from './written-reply.ts';

export type Turn = {
  /** What the engine is asked first, and after an interruption. Taking it begins the reading. */
  readonly request: () => GenerateRequest;
  /** The parts that events give; what follows an interruption or the end in the same list is dropped. */
  readonly take: (events: readonly EngineEvent[]) => readonly StreamPart[];
  readonly state: () => 'reading' | 'interrupted' | 'ended';
  /** What it has used so far, also where it is broken off. */
  readonly usage: () => TokenUsage;
};

type TokenEvent = Extract<EngineEvent, { readonly type: 'token' }>;
type PromptEvent = Extract<EngineEvent, { readonly type: 'prompt' }>;
type CallEvent = Extract<EngineEvent, { readonly type: 'tool-call' }>;
type EndEvent = Extract<EngineEvent, { readonly type: 'end' }>;

/** @throws TGL_CAPABILITY_MISSING where the engine or the template cannot do what is asked for, TGL_TEMPLATE_FAILED */
export async function createTurn(
  engine: Pick<Engine, 'model' | 'capabilities'>,
  request: ConverseRequest,
): Promise<Turn> {
  const plan = await planTurn(engine, request);
  const { budget, endText, endNow } = plan;
  const { contextLength } = engine.capabilities;
  const parser = createSegmentParser(plan.startsIn);
  const filter = createAnswerFilter(request.stop, plan.toolCallFormat);
  let unopened = plan.mayHideThinking ? createUnopenedThinkingWatch() : undefined;
  const details = createTokenDetails(request.logProbabilities !== undefined);
  const tokenByToken = request.stop.length > 0 || request.logProbabilities !== undefined;

  let state: 'reading' | 'interrupted' | 'ended' = 'reading';
  let next = plan.request;
  /** The engine will still write `endText` by itself. */
  let { engineEnds } = plan;
  let endedBy: StoppedBy | undefined;
  const written = createWrittenReply();
  let promptTokens = 0;
  let cachedPromptTokens = 0;
  let completionTokens = 0;
  let thoughtTokens = 0;
  let forcedTokens = 0;
  /** Completion tokens that are part of the second prompt. */
  let tokensContinued = 0;
  let calls = 0;
  let finalUsage: TokenUsage | undefined;

  /** The first prompt shows how much room the context leaves, the second what `endText` took. */
  const takePrompt = ({ promptTokens: tokens, reusedTokens = 0, markerTokens = [] }: PromptEvent): void => {
    if (thinkTags.every((tag) => markerTokens.includes(tag))) {
      parser.expectMarkers();
      written.expectMarkers();
    }
    filter.expectMarkers(markerTokens);
    if (endedBy === undefined) {
      promptTokens = tokens;
      cachedPromptTokens = reusedTokens;
      if (engineEnds && whyThinkingIsDue() === 'length') endNow?.abort();
    } else {
      const added = Math.max(0, tokens - promptTokens - completionTokens);
      forcedTokens = Math.min(added, mostTokens(endText));
      completionTokens += forcedTokens;
      tokensContinued = completionTokens;
    }
  };

  const takeTokens = (batch: StreamPart[], first: TokenEvent, text: string, tokens: number): void => {
    const earlier = parser.segment();
    const parts = first.marker ? parser.pushMarker(text) : parser.push(text, first.segment);
    const after = parser.segment();
    const before = first.segment === undefined ? earlier : after;
    if (first.segment === undefined) noticeUnopened(unopened?.push(text));
    else unopened = undefined;
    if (first.segment !== undefined && first.segment !== earlier) written.add(tagOf[first.segment]);
    if (first.marker) written.addMarker(text);
    else written.add(text);
    if (first.forced) {
      forcedTokens += tokens;
      endedBy ??= whyThinkingIsDue() ?? 'length';
      if (parser.hasClosed()) parser.answerOnly();
    } else if (before === 'reasoning') {
      thoughtTokens += tokens;
    }
    completionTokens += tokens;
    engineEnds &&= !parser.hasClosed();
    if (before === after && !(first.marker && thinkTags.includes(text))) details.add(first, after);
    give(batch, parts);
    if (state === 'reading' && after === 'reasoning') endThinkingIfDue(batch);
  };

  /** What has been given out as answer was thinking, and the model is not what it was admitted as. */
  const noticeUnopened = (noticed = false): void => {
    if (noticed) throw new TiegelError('TGL_THINKING_UNOPENED', { model: engine.model });
  };

  const endThinkingIfDue = (batch: StreamPart[]): void => {
    const due = whyThinkingIsDue();
    if (due === undefined) return;
    if (engineEnds) endNow?.abort();
    else if (mayInterrupt()) interrupt(batch, due);
  };

  /** Why thinking has to end now; undefined while it may go on. */
  const whyThinkingIsDue = (): StoppedBy | undefined => {
    if (!plan.serverEnds && thoughtTokens >= budget) return 'budget';
    if (!plan.serverEnds && tokensLeft() <= answerReserveOf(room())) return 'length';
    return request.endThinking?.aborted ? 'request' : undefined;
  };

  /** Tokens of the whole completion: known exactly once the prompt's are. */
  const room = (): number => Math.min(plan.request.maxTokens, contextLength - promptTokens);

  /** Tokens for the answer that are left where thinking ends now. */
  const tokensLeft = (): number => room() - completionTokens - mostTokens(endText);

  const mayInterrupt = (): boolean => endText !== '' && endedBy === undefined && tokensLeft() > 0;

  const interrupt = (batch: StreamPart[], by: StoppedBy): void => {
    endedBy = by;
    const { forced: _, turn, ...first } = plan.request;
    next = {
      ...first,
      ...(turn === undefined
        ? { prompt: [...first.prompt, ...written.pieces(), { text: endText, special: true }] }
        : { turn: { ...turn, thinkingBudget: null, begun: (turn.begun ?? '') + written.text() + endText } }),
      maxTokens: tokensLeft(),
      ...(request.constraint !== undefined && { constraint: request.constraint }),
    };
    state = 'interrupted';
    give(batch, parser.pushTemplate(endText));
    parser.answerOnly();
  };

  /** What calls tools has thought enough, whether or not it said so. */
  const takeCall = (batch: StreamPart[], { name, arguments: text }: CallEvent): void => {
    give(batch, parser.push('', 'answer'));
    if (state === 'reading') batch.push({ type: 'tool-call', index: calls++, name, arguments: text });
  };

  const takeEnd = (batch: StreamPart[], event: EndEvent): void => {
    noticeUnopened(unopened?.end());
    if (event.reason === 'stop' && parser.segment() === 'reasoning' && mayInterrupt()) {
      interrupt(batch, 'model');
      return;
    }
    if (request.mustCall === true && calls === 0 && event.reason === 'stop') {
      const reason = 'it was told that a tool has to be called, and none was';
      throw new TiegelError('TGL_UPSTREAM_FAILED', { model: engine.model, reason });
    }
    give(batch, parser.end());
    if (state === 'reading') end(batch, event.reason, event);
  };

  const give = (batch: StreamPart[], parts: readonly ParsedPart[]): void => {
    const filtered = filter.push(parts);
    batch.push(...details.attach(filtered.parts));
    if (filtered.stopped !== undefined) end(batch, 'stop', undefined, filtered.stopped);
  };

  const end = (
    batch: StreamPart[],
    finish: ConverseEnd['finish'],
    event: EndEvent | undefined,
    stopSequence?: string,
  ): void => {
    state = 'ended';
    finalUsage = usageOf(event);
    batch.push({
      type: 'end',
      finish,
      usage: finalUsage,
      thinking: report(finish),
      ...(stopSequence !== undefined && { stopSequence }),
    });
  };

  /** What a server counted is worth more than its pieces. It counts a turn that was taken up again as its prompt. */
  const usageOf = (event: EndEvent | undefined): TokenUsage => {
    const reasoningTokens = thoughtTokens + forcedTokens;
    const counted = event?.counted;
    if (event === undefined || counted === undefined)
      return { promptTokens, cachedPromptTokens, completionTokens, reasoningTokens };
    return {
      promptTokens: Math.max(0, counted.promptTokens - tokensContinued),
      // What a second request of the same turn finds in the cache is what the first one has put there.
      cachedPromptTokens: (tokensContinued === 0 ? counted.reusedTokens : undefined) ?? cachedPromptTokens,
      completionTokens: tokensContinued + event.completionTokens,
      reasoningTokens: (tokensContinued === 0 ? counted.reasoningTokens : undefined) ?? reasoningTokens,
    };
  };

  const report = (finish: ConverseEnd['finish']): ThinkingReport => {
    const outcome = parser.thinking();
    const byServer = plan.serverEnds && thoughtTokens >= budget ? 'budget' : 'model';
    const byModel: StoppedBy = outcome === 'unclosed' && finish !== 'stop' ? finish : byServer;
    return {
      outcome,
      tokens: thoughtTokens,
      forcedTokens,
      budget: budget === Number.POSITIVE_INFINITY ? null : budget,
      stoppedBy: outcome === 'none' ? null : (endedBy ?? byModel),
    };
  };

  /** How many tokens may be looked at as one text: never beyond the limit, where it is kept here. */
  const mostAtOnce = (segment: Segment = parser.segment()): number => {
    if (tokenByToken || parser.holdsBack()) return 1;
    if (segment === 'answer') return Number.POSITIVE_INFINITY;
    return Math.max(1, Math.min(budget - thoughtTokens, tokensLeft() - answerReserveOf(room())));
  };

  const opening: StreamPart[] = [];
  const { prefill } = request;
  if (prefill?.reasoning !== undefined) give(opening, parser.push(prefill.reasoning, 'reasoning'));
  if (prefill?.answer !== undefined) give(opening, parser.push(prefill.answer, 'answer'));

  return {
    state: () => state,
    usage: () => finalUsage ?? usageOf(undefined),
    request: () => {
      state = 'reading';
      return next;
    },
    take: (events) => {
      const batch = opening.splice(0);
      for (let index = 0; index < events.length && state === 'reading'; ) {
        const event = events[index] as EngineEvent;
        if (event.type === 'token') {
          const until = endOfRun(events, index, mostAtOnce(event.segment));
          let text = event.text;
          for (let at = index + 1; at < until; at++) text += (events[at] as TokenEvent).text;
          takeTokens(batch, event, text, event.tokens ?? until - index);
          index = until;
        } else {
          if (event.type === 'prompt') takePrompt(event);
          else if (event.type === 'tool-call') takeCall(batch, event);
          else takeEnd(batch, event);
          index++;
        }
      }
      return batch;
    },
  };
}

/** Tags that a server has left out, as the model has written them. */
const tagOf = { reasoning: '<think>\n', answer: `\n${closingTag}\n\n` } as const;

/** Where the tokens end that can be looked at as one text: those that a server put into one segment, or hold no `<`. */
function endOfRun(events: readonly EngineEvent[], from: number, most: number): number {
  const { segment } = events[from] as TokenEvent;
  const last = Math.min(events.length, from + most);
  let until = from;
  while (until < last && isPlain(events[until] as EngineEvent, segment)) until++;
  return Math.max(until, from + 1);
}

function isPlain(event: EngineEvent, segment: Segment | undefined): boolean {
  if (event.type !== 'token' || event.forced || event.marker || event.segment !== segment) return false;
  return event.tokens === undefined && (segment !== undefined || !event.text.includes('<'));
}
