// One turn of a conversation: renders the prompt, runs the engine, splits reasoning from answer, ends thinking within
// its budget, finds calls of tools and stop strings, and counts tokens. Streams parts; `collect` gathers them for
// callers that want the whole.
import type { Engine } from '../engine/index.ts';
import type { ToolCall } from '../formats/index.ts';
import { noUsage, type TokenUsage } from '../traffic/index.ts';
import { filteredTurn } from './filter/filtered-turn.ts';
import type { ConverseEnd, ConverseRequest, StreamPart } from './parts.ts';
import { rewordedTurn } from './reworded-turn.ts';
import { createTurn, type Turn } from './turn.ts';

export type RunningTurn = {
  /** In batches of what became known together, none of them empty. Nothing runs before they are read. */
  readonly parts: AsyncGenerator<readonly StreamPart[], void, undefined>;
  /** What the turn has used so far; the final figures once it has ended, and those of what was done where it broke off. */
  readonly usage: () => TokenUsage;
};

/**
 * Runs one turn, with its usage at any moment. Deltas that follow each other may be one. Aborting the signal or leaving the loop frees the engine's sequence.
 *
 * @throws (from reading the parts) TGL_CAPABILITY_MISSING, TGL_TEMPLATE_FAILED, TGL_UPSTREAM_FAILED where a server made no call that it was told to
 *   make, and what `Engine.generate` throws, after the parts that came before the fault.
 */
export function converse(engine: Engine, request: ConverseRequest, signal?: AbortSignal): RunningTurn {
  const { filters = [], rewording } = request;
  const run: Run = { engine, request, signal, turn: undefined };
  const turn = (): RunningTurn['parts'] =>
    rewording === undefined ? unfiltered(run) : rewordedTurn(rewording, request, unfiltered(run));
  return {
    parts: filters.length === 0 ? turn() : filteredTurn(filters, request, turn),
    usage: () => run.turn?.usage() ?? noUsage,
  };
}

/** What is run, and the turn once it has begun. */
type Run = {
  readonly engine: Engine;
  readonly request: ConverseRequest;
  readonly signal: AbortSignal | undefined;
  turn: Turn | undefined;
};

async function* unfiltered(run: Run): RunningTurn['parts'] {
  const { engine, request, signal } = run;
  const turn = await createTurn(engine, request);
  run.turn = turn;
  do {
    for await (const events of engine.generate(turn.request(), signal)) {
      const parts = turn.take(events);
      if (parts.length > 0) yield parts;
      if (turn.state() !== 'running') break;
    }
  } while (turn.state() === 'interrupted');
}

type Readable = { readonly parts: AsyncIterable<readonly StreamPart[]> };

export type Conversation = Omit<ConverseEnd, 'type'> & {
  readonly reasoning: string;
  /** Empty when thinking was cut off. */
  readonly answer: string;
  readonly toolCalls: readonly ToolCall[];
};

/** Reads a turn to its end and gathers its parts. Fails as the turn fails. */
export async function collect({ parts }: Readable): Promise<Conversation> {
  let reasoning = '';
  let answer = '';
  const toolCalls: ToolCall[] = [];
  for await (const batch of parts) {
    for (const part of batch) {
      if (part.type === 'reasoning-delta') reasoning += part.text;
      else if (part.type === 'answer-delta') answer += part.text;
      else if (part.type === 'tool-call') toolCalls.push({ name: part.name, arguments: part.arguments });
      else if (part.type === 'end') {
        const { type: _, ...end } = part;
        return { reasoning, answer, toolCalls, ...end };
      }
    }
  }
  throw new TypeError('collect: the stream of parts has no end part');
}
