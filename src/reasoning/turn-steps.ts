// What an event does to a turn: from a state and an event to the next state and the parts that it gives. Texts on their
// way are held by the readers of `TurnRun`; everything that decides is in the state.
import { TiegelError } from '../base/index.ts';
import type { EngineEvent, GenerateRequest } from '../engine/index.ts';
import type { TokenUsage } from '../traffic/index.ts';
import type { AnswerFilter } from './answer-filter.ts';
import type { ConverseEnd, ConverseRequest, StoppedBy, StreamPart, ThinkingReport } from './parts.ts';
import { closingTag, type TurnPlan } from './plan.ts';
import { type ParsedPart, type SegmentParser, thinkTags } from './segment-parser.ts';
import type { TokenDetails } from './token-details.ts';
import {
  countPrompt,
  countSecondPrompt,
  countTokens,
  nothingCounted,
  type TurnCounts,
  type TurnLimits,
  tokensLeft,
  usageOf,
  whyThinkingIsOver,
} from './turn-counts.ts';
import type { UnopenedThinkingWatch } from './unopened-thinking.ts';
import type { WrittenReply } from './written-reply.ts';

/** What does not change in a turn, and the readers of its text. */
export type TurnRun = {
  readonly model: string;
  readonly plan: TurnPlan;
  readonly request: ConverseRequest;
  readonly limits: TurnLimits;
  readonly parser: SegmentParser;
  readonly filter: AnswerFilter;
  readonly details: TokenDetails;
  readonly written: WrittenReply;
  readonly unopened: UnopenedThinkingWatch | undefined;
};

export type TurnState = {
  readonly phase: 'running' | 'interrupted' | 'ended';
  readonly counts: TurnCounts;
  /** The engine will still write `endText` by itself. */
  readonly engineEnds: boolean;
  /** What ended thinking in place of the model. */
  readonly endedBy: StoppedBy | undefined;
  /** Calls that the engine's server has found. */
  readonly calls: number;
  /** The engine's server says what is reasoning. */
  readonly separates: boolean;
  /** Of a turn that has ended. */
  readonly usage: TokenUsage | undefined;
};

export type TurnStep = { readonly state: TurnState; readonly parts: readonly StreamPart[] };

export type TokenEvent = Extract<EngineEvent, { readonly type: 'token' }>;
type PromptEvent = Extract<EngineEvent, { readonly type: 'prompt' }>;
type CallEvent = Extract<EngineEvent, { readonly type: 'tool-call' }>;
type EndEvent = Extract<EngineEvent, { readonly type: 'end' }>;

export function firstState({ engineEnds }: TurnPlan): TurnState {
  return {
    phase: 'running',
    counts: nothingCounted,
    engineEnds,
    endedBy: undefined,
    calls: 0,
    separates: false,
    usage: undefined,
  };
}

/** The first prompt shows how much room the context leaves, the second what ending the thinking took. */
export function takePrompt(run: TurnRun, state: TurnState, event: PromptEvent): TurnState {
  const { plan, parser, filter, written, limits } = run;
  const { markerTokens = [] } = event;
  if (thinkTags.every((tag) => markerTokens.includes(tag))) {
    parser.expectMarkers();
    written.expectMarkers();
  }
  filter.expectMarkers(markerTokens);
  if (state.endedBy !== undefined)
    return { ...state, counts: countSecondPrompt(state.counts, event, limits) };
  const next = { ...state, counts: countPrompt(state.counts, event) };
  if (state.engineEnds && whyThinkingIsDue(run, next) === 'length') plan.endNow?.abort();
  return next;
}

/** Tokens that are looked at as one text, of which `first` is the first. */
export function takeTokens(
  run: TurnRun,
  state: TurnState,
  { first, text, tokens }: { readonly first: TokenEvent; readonly text: string; readonly tokens: number },
): TurnStep {
  const { parser, written, details } = run;
  const separates = state.separates || first.segment !== undefined;
  if (!separates) noticeUnopened(run, run.unopened?.push(text));
  const earlier = parser.segment();
  const parts = first.marker ? parser.pushMarker(text) : parser.push(text, first.segment);
  const after = parser.segment();
  const before = first.segment === undefined ? earlier : after;
  if (first.segment !== undefined && first.segment !== earlier) written.add(tagOf[first.segment]);
  if (first.marker) written.addMarker(text);
  else written.add(text);
  const thought = before === 'reasoning' ? 'thought' : 'other';
  const counts = countTokens(state.counts, tokens, first.forced ? 'forced' : thought);
  if (first.forced && parser.hasClosed()) parser.answerOnly();
  if (before === after && !(first.marker && thinkTags.includes(text))) details.add(first, after);
  const by = first.forced ? (state.endedBy ?? whyThinkingIsDue(run, state) ?? 'length') : state.endedBy;
  const engineEnds = state.engineEnds && !parser.hasClosed();
  const given = give(run, { ...state, separates, counts, endedBy: by, engineEnds }, parts);
  if (given.state.phase !== 'running' || after !== 'reasoning') return given;
  return join(given, endThinkingIfDue(run, given.state));
}

/** What calls tools has thought enough, whether or not it said so. */
export function takeCall(run: TurnRun, state: TurnState, { name, arguments: text }: CallEvent): TurnStep {
  const given = give(run, state, run.parser.push('', 'answer'));
  if (given.state.phase !== 'running') return given;
  const { calls } = given.state;
  const call = { type: 'tool-call', index: calls, name, arguments: text } as const;
  return { state: { ...given.state, calls: calls + 1 }, parts: [...given.parts, call] };
}

/** @throws TGL_UPSTREAM_FAILED where a call was due, TGL_THINKING_UNOPENED */
export function takeEnd(run: TurnRun, state: TurnState, event: EndEvent): TurnStep {
  const { model, request, parser, unopened } = run;
  if (!state.separates) noticeUnopened(run, unopened?.end());
  if (event.reason === 'stop' && parser.segment() === 'reasoning' && mayInterrupt(run, state))
    return interrupt(run, state, 'model');
  if (request.toolChoice === 'required' && state.calls === 0 && event.reason === 'stop') {
    const reason = 'it was told that a tool has to be called, and none was';
    throw new TiegelError('TGL_UPSTREAM_FAILED', { model, reason });
  }
  const given = give(run, state, parser.end());
  if (given.state.phase !== 'running') return given;
  return join(given, end(run, given.state, { finish: event.reason, event }));
}

/** What the engine is asked where the turn stands: first, or behind an interruption. */
export function requestOf(run: TurnRun, state: TurnState): GenerateRequest {
  const { plan, request, limits } = run;
  if (state.phase !== 'interrupted') return plan.request;
  const { forced: _, ...first } = plan.request;
  return {
    ...continued(first, run),
    maxTokens: tokensLeft(state.counts, limits),
    ...(request.constraint !== undefined && { constraint: request.constraint }),
  };
}

/** The same behind what was written, with the end of the thinking. */
function continued(first: GenerateRequest, { plan, written }: TurnRun): GenerateRequest {
  if (first.turn === undefined) {
    const end = { text: plan.endText, special: true };
    return { ...first, prompt: [...first.prompt, ...written.pieces(), end] };
  }
  const prefill = (first.turn.prefill ?? '') + written.text() + plan.endText;
  return { ...first, turn: { ...first.turn, thinkingBudget: null, prefill } };
}

/** The parts that parsed text gives behind the filter of the answer, and the end where a stop string was in it. */
export function give(run: TurnRun, state: TurnState, parsed: readonly ParsedPart[]): TurnStep {
  const filtered = run.filter.push(parsed);
  const given = { state, parts: run.details.attach(filtered.parts) };
  if (filtered.stopped === undefined) return given;
  return join(given, end(run, state, { finish: 'stop', stopSequence: filtered.stopped }));
}

/** Tags that a server has left out, as the model has written them. */
const tagOf = { reasoning: '<think>\n', answer: `\n${closingTag}\n\n` } as const;

function join(first: TurnStep, second: TurnStep): TurnStep {
  if (second.parts.length === 0) return { state: second.state, parts: first.parts };
  return { state: second.state, parts: [...first.parts, ...second.parts] };
}

/** What has been given out as answer was thinking, and the model is not what it was admitted as. */
function noticeUnopened({ model }: TurnRun, noticed = false): void {
  if (noticed) throw new TiegelError('TGL_THINKING_UNOPENED', { model });
}

/** Why thinking has to end now; undefined while it may go on. */
function whyThinkingIsDue({ request, limits }: TurnRun, { counts }: TurnState): StoppedBy | undefined {
  return whyThinkingIsOver(counts, limits) ?? (request.endThinking?.aborted ? 'request' : undefined);
}

function endThinkingIfDue(run: TurnRun, state: TurnState): TurnStep {
  const due = whyThinkingIsDue(run, state);
  if (due !== undefined && state.engineEnds) run.plan.endNow?.abort();
  else if (due !== undefined && mayInterrupt(run, state)) return interrupt(run, state, due);
  return { state, parts: [] };
}

function mayInterrupt({ plan, limits }: TurnRun, { endedBy, counts }: TurnState): boolean {
  return plan.endText !== '' && endedBy === undefined && tokensLeft(counts, limits) > 0;
}

function interrupt(run: TurnRun, state: TurnState, by: StoppedBy): TurnStep {
  const { plan, parser } = run;
  const given = give(run, { ...state, phase: 'interrupted', endedBy: by }, parser.pushTemplate(plan.endText));
  parser.answerOnly();
  return given;
}

type Ending = Pick<ConverseEnd, 'finish' | 'stopSequence'> & { readonly event?: EndEvent };

function end(run: TurnRun, state: TurnState, { event, ...ending }: Ending): TurnStep {
  const usage = usageOf(state.counts, event);
  const thinking = reportOf(run, state, ending.finish);
  return {
    state: { ...state, phase: 'ended', usage },
    parts: [{ type: 'end', usage, thinking, ...ending }],
  };
}

function reportOf(
  { parser, limits }: TurnRun,
  { counts, endedBy }: TurnState,
  finish: ConverseEnd['finish'],
): ThinkingReport {
  const { budget, serverEnds } = limits;
  const outcome = parser.thinking();
  const byServer = serverEnds && counts.thought >= budget ? 'budget' : 'model';
  const byModel: StoppedBy = outcome === 'unclosed' && finish !== 'stop' ? finish : byServer;
  return {
    outcome,
    tokens: counts.thought,
    forcedTokens: counts.forced,
    budget: budget === Number.POSITIVE_INFINITY ? null : budget,
    stoppedBy: outcome === 'none' ? null : (endedBy ?? byModel),
  };
}
