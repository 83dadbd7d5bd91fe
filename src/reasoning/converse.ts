// One turn of a conversation: renders the prompt, runs the engine, splits reasoning from answer, ends thinking within
// its budget, finds calls of tools and stop strings, and counts tokens. Streams parts; `collect` gathers them for
// callers that want the whole.
import type { Engine, EngineEvent, GenerateRequest } from '../engine/index.ts';
import type { ToolCall } from '../formats/index.ts';
import { guardedTurn } from './filter/guarded-turn.ts';
import type { ConverseEnd, ConverseRequest, StreamPart } from './parts.ts';
import { createTurn } from './turn.ts';

/**
 * Runs one turn. Aborting the signal or leaving the loop frees the engine's sequence.
 *
 * @throws TGL_CAPABILITY_MISSING, TGL_TEMPLATE_FAILED, TGL_UPSTREAM_FAILED where a server made no call that it was told to
 *   make, and what `Engine.generate` throws, after the parts that came before the fault.
 */
export async function* converse(
  engine: Engine,
  request: ConverseRequest,
  signal?: AbortSignal,
): AsyncGenerator<StreamPart, void, undefined> {
  const events = (wanted: GenerateRequest): EventBatches => oneByOne(engine.generate(wanted, signal));
  for await (const parts of turnBatches(engine, request, events)) yield* parts;
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
    engine,
    request,
    (wanted) => engine.generateBatches?.(wanted, signal) ?? oneByOne(engine.generate(wanted, signal)),
  );
}

type EventBatches = AsyncIterable<readonly EngineEvent[]>;

function turnBatches(
  engine: Engine,
  request: ConverseRequest,
  generate: (request: GenerateRequest) => EventBatches,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  const { guards = [] } = request;
  const turn = () => unguardedBatches(engine, request, generate);
  return guards.length === 0 ? turn() : guardedTurn(guards, request, turn);
}

async function* unguardedBatches(
  engine: Engine,
  request: ConverseRequest,
  generate: (request: GenerateRequest) => EventBatches,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  const turn = await createTurn(engine, request);
  do {
    for await (const events of generate(turn.request())) {
      const parts = turn.take(events);
      if (parts.length > 0) yield parts;
      if (turn.state() !== 'reading') break;
    }
  } while (turn.state() === 'interrupted');
}

async function* oneByOne(events: AsyncIterable<EngineEvent>): AsyncGenerator<readonly EngineEvent[]> {
  for await (const event of events) yield [event];
}

export type Conversation = Omit<ConverseEnd, 'type'> & {
  readonly reasoning: string;
  /** Empty when thinking was cut off. */
  readonly answer: string;
  readonly toolCalls: readonly ToolCall[];
};

/** Gathers the parts of a turn. Fails as the stream fails. */
export async function collect(parts: AsyncIterable<StreamPart>): Promise<Conversation> {
  let reasoning = '';
  let answer = '';
  const toolCalls: ToolCall[] = [];
  for await (const part of parts) {
    if (part.type === 'reasoning-delta') reasoning += part.text;
    else if (part.type === 'answer-delta') answer += part.text;
    else if (part.type === 'tool-call') toolCalls.push({ name: part.name, arguments: part.arguments });
    else if (part.type === 'end') {
      const { type: _, ...end } = part;
      return { reasoning, answer, toolCalls, ...end };
    }
  }
  throw new TypeError('collect: the stream of parts has no end part');
}
