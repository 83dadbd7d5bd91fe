// One request to one replica, and how its reply is read: as a stream, or as the document that was asked for or came anyway.
import type { Clock } from '../../base/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import type { EngineEvent } from '../engine.ts';
import { type CompletionStreamOptions, completionEvents } from './completion-stream.ts';
import { completionEventsOf } from './non-streaming.ts';
import { replyType, type Upstream } from './upstream-fault.ts';

/** What a replica is asked, and how its reply is read. */
export type Sent = Pick<
  CompletionStreamOptions,
  'limits' | 'promptTokens' | 'opensThinking' | 'waitsForCount'
> & {
  readonly body: string;
  /** It is wanted in one piece. */
  readonly nonStreaming: boolean;
  readonly firstByteMs: number;
};

/** Milliseconds. */
export type RequestLimits = {
  readonly connectMs: number;
  readonly firstTokenMs: number;
  /** Between two pieces of a reply. */
  readonly idleMs: number;
  readonly totalMs: number;
  /** Between the reason why a reply ended and what the server counted, or the end of its stream. */
  readonly countMs: number;
  /** For the body of a refusal. */
  readonly refusalMs: number;
};

export type ReplicaRequestOptions = {
  readonly path: string;
  readonly upstream: Upstream;
  readonly limits: RequestLimits;
  readonly credentials: Readonly<Record<string, string>>;
  readonly outbound: Outbound;
  readonly clock: Clock;
};

type Replies = AsyncIterable<readonly EngineEvent[]> | readonly (readonly EngineEvent[])[];

/** @throws what `faultOf` tells apart */
export async function askReplica(
  endpoint: string,
  { body, nonStreaming, firstByteMs, ...reading }: Sent,
  signal: AbortSignal,
  { path, upstream, limits, credentials, outbound, clock }: ReplicaRequestOptions,
): Promise<Replies> {
  const { connectMs, idleMs, totalMs, firstTokenMs, countMs } = limits;
  const start = clock.monotonic();
  const response = await outbound.request({
    method: 'POST',
    url: `${endpoint}/${path}`,
    headers: {
      'content-type': 'application/json',
      accept: nonStreaming ? 'application/json' : 'text/event-stream',
    },
    credentials,
    body,
    deadlines: { connectMs, idleMs, totalMs, firstByteMs },
    maxBytes: nonStreaming ? reading.limits.documentBytes : reading.limits.streamBytes,
    signal,
  });
  try {
    // Some servers send a document to whom asked for a stream.
    const type = await replyType(response, upstream, limits.refusalMs);
    if (type === 'application/json') return [await completionEventsOf(response, { upstream, ...reading })];
  } catch (error) {
    response[Symbol.dispose]();
    throw error;
  }
  const left = Math.max(firstTokenMs - (clock.monotonic() - start), 1);
  return completionEvents(response, { upstream, firstTokenMs: left, countMs, ...reading });
}
