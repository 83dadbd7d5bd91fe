// One turn between an engine's events and its parts. It ends thinking that may not go on: an engine that can force text
// does so as planned; otherwise, and where a model begins to think again, the generation is interrupted and another goes
// on behind a prompt that holds what was written and closes the block. So does a turn that the model ended in the middle
// of its thinking. That happens once a turn at most: afterwards everything is answer.
import type { Engine, EngineEvent, GenerateRequest } from '../engine/index.ts';
import type { TokenUsage } from '../traffic/index.ts';
import { createAnswerFilter } from './answer-filter.ts';
import type { ConverseRequest, StreamPart } from './parts.ts';
import { planTurn, type TurnPlan } from './plan.ts';
import { createSegmentParser, type Segment } from './segment-parser.ts';
import { maxTokensOf } from './thinking-end.ts';
import { createTokenDetails } from './token-details.ts';
import { tokensToThink, usageOf } from './turn-counts.ts';
import {
  firstState,
  give,
  requestOf,
  type TokenEvent,
  type TurnRun,
  type TurnState,
  type TurnStep,
  takeCall,
  takeEnd,
  takePrompt,
  takeTokens,
} from './turn-steps.ts';
import { createUnopenedThinkingWatch } from './unopened-thinking.ts';
import { createWrittenReply } from './written-reply.ts';

export type Turn = {
  /** What the engine is asked first, and after an interruption. Taking it begins the reading. */
  readonly request: () => GenerateRequest;
  /** The parts that events give; what follows an interruption or the end in the same list is dropped. */
  readonly take: (events: readonly EngineEvent[]) => readonly StreamPart[];
  readonly state: () => TurnState['phase'];
  /** What it has used so far, also where it is broken off. */
  readonly usage: () => TokenUsage;
};

/** @throws TGL_CAPABILITY_MISSING where the engine or the template cannot do what is asked for, TGL_TEMPLATE_FAILED */
export async function createTurn(
  engine: Pick<Engine, 'model' | 'capabilities'>,
  request: ConverseRequest,
): Promise<Turn> {
  const run = runOf(engine, request, await planTurn(engine, request));
  let state = firstState(run.plan);
  const follow = (batch: StreamPart[], step: TurnStep): void => {
    state = step.state;
    for (const part of step.parts) batch.push(part);
  };

  const opening: StreamPart[] = [];
  const { prefill } = request;
  for (const [segment, text] of [
    ['reasoning', prefill?.reasoning],
    ['answer', prefill?.answer],
  ] as const)
    if (text !== undefined) follow(opening, give(run, state, run.parser.push(text, segment)));

  return {
    state: () => state.phase,
    usage: () => state.usage ?? usageOf(state.counts),
    request: () => {
      const wanted = requestOf(run, state);
      state = { ...state, phase: 'running' };
      return wanted;
    },
    take: (events) => {
      const batch = opening.splice(0);
      for (let index = 0; index < events.length && state.phase === 'running'; ) {
        const event = events[index] as EngineEvent;
        if (event.type === 'token') {
          const until = endOfRun(events, index, maxTokensAtOnce(run, state, event.segment));
          let text = event.text;
          for (let at = index + 1; at < until; at++) text += (events[at] as TokenEvent).text;
          const tokens = event.tokens ?? until - index;
          follow(batch, takeTokens(run, state, { first: event, text, tokens }));
          index = until;
        } else {
          if (event.type === 'prompt') state = takePrompt(run, state, event);
          else if (event.type === 'tool-call') follow(batch, takeCall(run, state, event));
          else follow(batch, takeEnd(run, state, event));
          index++;
        }
      }
      return batch;
    },
  };
}

function runOf(
  { model, capabilities }: Pick<Engine, 'model' | 'capabilities'>,
  request: ConverseRequest,
  plan: TurnPlan,
): TurnRun {
  return {
    model,
    plan,
    request,
    limits: {
      completion: plan.request.maxTokens,
      context: capabilities.contextLength,
      budget: plan.budget,
      end: maxTokensOf(plan.endText),
      serverEnds: plan.serverEnds,
    },
    parser: createSegmentParser(plan.startsIn),
    filter: createAnswerFilter(request.stop, plan.toolCallFormat),
    details: createTokenDetails(request.logProbabilities !== undefined),
    written: createWrittenReply(),
    unopened: plan.mayHideThinking ? createUnopenedThinkingWatch() : undefined,
  };
}

/** How many tokens may be looked at as one text: never beyond the limit, where it is kept here. */
function maxTokensAtOnce(
  { request, parser, limits }: TurnRun,
  { counts }: TurnState,
  given?: Segment,
): number {
  const tokenByToken = request.stop.length > 0 || request.logProbabilities !== undefined;
  if (tokenByToken || parser.holdsBack()) return 1;
  if ((given ?? parser.segment()) === 'answer') return Number.POSITIVE_INFINITY;
  return Math.max(1, tokensToThink(counts, limits));
}

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
