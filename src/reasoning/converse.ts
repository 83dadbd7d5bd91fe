// One turn of a conversation: renders the prompt, runs the engine, splits reasoning from answer, watches for stop
// strings and counts tokens. Streams parts; `collect` gathers them for callers that want the whole.
import type { Engine, EngineEvent, GenerateRequest, Sampling } from '../engine/index.ts';
import { type ChatMessage, type ChatTemplate, startsInReasoning, type Thinking } from '../formats/index.ts';
import { createSegmentParser, type SegmentPart, type ThinkingOutcome } from './segment-parser.ts';
import { createStopMatcher, type StopMatcher } from './stop-matcher.ts';

export type ConverseRequest = {
  readonly template: Pick<ChatTemplate, 'render'>;
  readonly messages: readonly ChatMessage[];
  readonly thinking: Thinking;
  /** Tokens of reasoning and answer together. */
  readonly maxTokens: number;
  readonly sampling: Sampling;
  /** Strings at which the answer ends; they are not part of it. Reasoning is not searched. */
  readonly stop: readonly string[];
};

export type ConverseEnd = {
  readonly type: 'end';
  /** `stop`: the model ended its turn or wrote a stop string; `length`: maxTokens or the context was reached. */
  readonly finish: 'stop' | 'length';
  readonly usage: {
    readonly promptTokens: number;
    readonly completionTokens: number;
    /** Those of the completion that fell into a think block, tags included. */
    readonly reasoningTokens: number;
  };
  readonly thinking: ThinkingOutcome;
  /** The stop string that ended the answer. */
  readonly stopSequence?: string;
};

export type StreamPart = SegmentPart | ConverseEnd;

/**
 * Runs one turn. Aborting the signal or leaving the loop frees the engine's sequence.
 *
 * @throws what `Engine.generate` throws, after the parts that came before the fault.
 */
export async function* converse(
  engine: Engine,
  request: ConverseRequest,
  signal?: AbortSignal,
): AsyncGenerator<StreamPart, void, undefined> {
  const events = (wanted: GenerateRequest): EventBatches => oneByOne(engine.generate(wanted, signal));
  for await (const parts of turnBatches(request, events)) yield* parts;
}

/**
 * The same turn in lists of what became known together, for readers to whom the number of wake-ups matters. Deltas that
 * follow each other may be one. No list is empty.
 */
export function converseBatches(
  engine: Engine,
  request: ConverseRequest,
  signal?: AbortSignal,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  return turnBatches(
    request,
    (wanted) => engine.generateBatches?.(wanted, signal) ?? oneByOne(engine.generate(wanted, signal)),
  );
}

type EventBatches = AsyncIterable<readonly EngineEvent[]>;

async function* turnBatches(
  request: ConverseRequest,
  generate: (request: GenerateRequest) => EventBatches,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  const { template, messages, thinking, maxTokens, sampling, stop } = request;
  const prompt = template.render(messages, { thinking });
  const parser = createSegmentParser(startsInReasoning(prompt) ? 'reasoning' : 'answer');
  const stops = stop.length > 0 ? createStopMatcher(stop) : undefined;
  const usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0 };

  for await (const events of generate({ prompt, maxTokens, sampling })) {
    const batch: StreamPart[] = [];
    for (let index = 0; index < events.length; index++) {
      const event = events[index] as EngineEvent;
      if (event.type === 'prompt') {
        usage.promptTokens = event.promptTokens;
        continue;
      }
      let parts: readonly SegmentPart[];
      if (event.type === 'token') {
        const run = plainRun(events, index, stops === undefined && !parser.holdsBack());
        index += run.tokens - 1;
        const before = parser.segment();
        parts = parser.push(run.text);
        usage.completionTokens += run.tokens;
        if (before === 'reasoning' || parser.segment() === 'reasoning') usage.reasoningTokens += run.tokens;
      } else {
        parts = parser.end();
      }
      const until = stops === undefined ? { parts } : cutAtStop(parts, stops);
      batch.push(...until.parts);
      if (until.stopped !== undefined) {
        const thought = parser.thinking();
        batch.push({ type: 'end', finish: 'stop', usage, thinking: thought, stopSequence: until.stopped });
        yield batch;
        return;
      }
      if (event.type === 'end') {
        batch.push({ type: 'end', finish: event.reason, usage, thinking: parser.thinking() });
      }
    }
    if (batch.length > 0) yield batch;
  }
}

async function* oneByOne(events: AsyncIterable<EngineEvent>): AsyncGenerator<readonly EngineEvent[]> {
  for await (const event of events) yield [event];
}

/**
 * The token at `from` and, where `together` allows it, those after it without a `<`: they all belong to the segment that
 * is open and can be looked at as one text. Stop strings forbid it, since what follows one is not counted.
 */
function plainRun(
  events: readonly EngineEvent[],
  from: number,
  together: boolean,
): { readonly text: string; readonly tokens: number } {
  let text = textOf(events[from]) ?? '';
  let next = from + 1;
  if (together && !text.includes('<')) {
    for (; next < events.length; next++) {
      const more = textOf(events[next]);
      if (more === undefined || more.includes('<')) break;
      text += more;
    }
  }
  return { text, tokens: next - from };
}

function textOf(event: EngineEvent | undefined): string | undefined {
  return event?.type === 'token' ? event.text : undefined;
}

type CutParts = { readonly parts: readonly SegmentPart[]; readonly stopped?: string };

function cutAtStop(parts: readonly SegmentPart[], stops: StopMatcher): CutParts {
  const kept: SegmentPart[] = [];
  for (const part of parts) {
    if (part.type === 'answer-delta') {
      const { text, stopped } = stops.push(part.text);
      if (text !== '') kept.push({ type: 'answer-delta', text });
      if (stopped !== undefined) {
        kept.push({ type: 'answer-end' });
        return { parts: kept, stopped };
      }
      continue;
    }
    if (part.type === 'answer-end') {
      const text = stops.flush();
      if (text !== '') kept.push({ type: 'answer-delta', text });
    }
    kept.push(part);
  }
  return { parts: kept };
}

export type Conversation = Omit<ConverseEnd, 'type'> & {
  readonly reasoning: string;
  /** Empty when thinking was cut off. */
  readonly answer: string;
};

/** Gathers the parts of a turn. Fails as the stream fails. */
export async function collect(parts: AsyncIterable<StreamPart>): Promise<Conversation> {
  let reasoning = '';
  let answer = '';
  for await (const part of parts) {
    if (part.type === 'reasoning-delta') reasoning += part.text;
    else if (part.type === 'answer-delta') answer += part.text;
    else if (part.type === 'end') {
      const { type: _, ...end } = part;
      return { reasoning, answer, ...end };
    }
  }
  throw new TypeError('collect: the stream of parts has no end part');
}
