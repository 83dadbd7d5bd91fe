// What an API dialect is: a schema, two pure functions (its request → our turn, our parts → its events) and a few words
// of its own. Everything between the two is the same for all dialects; see turn/complete.ts.
import type { EngineCapabilities } from '../../engine/index.ts';
import type { StreamPart } from '../../reasoning/index.ts';
import {
  type BodySchema,
  type ErrorEnvelope,
  type Parsed,
  parseWith,
  type UnknownFields,
} from '../../wire/index.ts';
import type { Bill } from '../access/gate.ts';
import type { GatheredTurn } from '../turn/gather.ts';
import type { TurnRequest } from '../turn/turn-request.ts';

/** Under which name OpenAI's dialects show reasoning: DeepSeek's, vLLM's, both, or not at all. */
export type ReasoningField = 'both' | 'reasoning_content' | 'reasoning' | 'none';

/** What every answer and every event of one request have in common. */
export type Reply = {
  /** Unique; dialects put their own prefix before it. */
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  readonly model: string;
  readonly reasoningField: ReasoningField;
  /** What the engine's log-probabilities are. */
  readonly logProbabilities: EngineCapabilities['logProbabilities'];
  /** Milliseconds since the request was read. */
  readonly elapsed: () => number;
  /** What it cost, once it is complete; undefined where nothing says so. */
  readonly bill?: () => Bill | undefined;
};

/** Turns the parts of one streamed reply into the text of its events. Holds state, does no I/O. */
export type StreamEncoder = {
  /** What goes before the first part. */
  readonly open: () => string;
  /** The events of one part of one choice; empty for a part that the dialect does not show. */
  readonly part: (choice: number, part: StreamPart) => string;
  /** What goes after the last part of the last choice. */
  readonly close: () => string;
  /** The last event of a reply that fails after its first byte; it must not look like a complete one. */
  readonly fail: (envelope: ErrorEnvelope) => string;
};

/** A request in some dialect that passed its checks. */
export type DialectRequest = {
  readonly turn: TurnRequest;
  /** The body of the answer; one turn per choice. */
  readonly nonStreaming: (turns: readonly [GatheredTurn, ...GatheredTurn[]], reply: Reply) => object;
  readonly stream: (reply: Reply) => StreamEncoder;
};

/** In which words a request is told of an error, and in which header of its identifier. */
export type ErrorWords = {
  readonly requestIdHeader: string;
  readonly refusal: (envelope: ErrorEnvelope) => object;
};

/** Those of OpenAI, and of routes that belong to no dialect. */
export const plainWords: ErrorWords = {
  requestIdHeader: 'x-request-id',
  refusal: (envelope) => envelope,
};

export type Dialect = ErrorWords & {
  readonly name: string;
  readonly body: BodySchema;
  readonly streamType: 'text/event-stream' | 'application/x-ndjson';
  /** What a client ignores, to keep a silent connection alive; empty where the dialect has nothing like it. */
  readonly ping: string;
  /** @throws TGL_REQUEST_INVALID for fields that contradict each other. */
  readonly read: (body: unknown, unknownFields: UnknownFields) => Parsed<DialectRequest>;
};

/** What streams of server-sent events have in common. */
export const serverSentEvents = {
  streamType: 'text/event-stream',
  ping: ': ping\n\n',
} as const;

/** A dialect by its parts; from here on nobody needs to know the type of its body. */
export function defineDialect<Body>(
  parts: Omit<Dialect, 'read' | 'body'> & {
    readonly body: BodySchema<Body>;
    readonly toTurn: (body: Body) => TurnRequest;
    readonly nonStreaming: (
      turns: readonly [GatheredTurn, ...GatheredTurn[]],
      reply: Reply,
      body: Body,
    ) => object;
    readonly stream: (reply: Reply, body: Body) => StreamEncoder;
  },
): Dialect {
  const { toTurn, nonStreaming, stream, ...facts } = parts;
  return {
    ...facts,
    read: (input, unknownFields) => {
      const parsed = parseWith(facts.body, input, unknownFields);
      if (parsed.problem !== undefined) return parsed;
      const body = parsed.value;
      return {
        ignored: parsed.ignored,
        value: {
          turn: toTurn(body),
          nonStreaming: (turns, reply) => nonStreaming(turns, reply, body),
          stream: (reply) => stream(reply, body),
        },
      };
    },
  };
}
