// Reads a reply from one of several equal replicas. Another one is asked only while nothing of the reply has been given out;
// after that a fault ends the generation.
import { TiegelError } from '../../base/index.ts';
import type { EngineEvent } from '../engine.ts';
import type { Assignment, Replicas } from './replicas.ts';
import { faultOf, type Upstream, type UpstreamFault } from './upstream-fault.ts';

/** A request that may be sent: it has a slot, which it gives back when it is disposed. */
export type ReplicaReading = Disposable & {
  readonly ask: (
    replica: number,
  ) => Promise<AsyncIterable<readonly EngineEvent[]> | Iterable<readonly EngineEvent[]>>;
  readonly replicas: Replicas;
  /** Of the conversation, so that a replica that knows it is asked first. */
  readonly prefixes: readonly string[];
  /** Replicas that are asked for one request. */
  readonly attempts: number;
  /** Replicas that may not be asked. */
  readonly excluded: ReadonlySet<number>;
  readonly upstream: Upstream;
  readonly signal: AbortSignal;
};

/**
 * @param begin called once the reply is read
 * @throws what `begin` does; TGL_UPSTREAM_BUSY where no replica can be asked, or the fault of the last one that was
 */
export async function* readWithFailover(
  begin: () => Promise<ReplicaReading>,
): AsyncGenerator<readonly EngineEvent[]> {
  using reading = await begin();
  const { ask, replicas, prefixes, attempts, excluded, upstream, signal } = reading;
  const ruledOut = new Set(excluded);
  let fault: UpstreamFault | undefined;
  for (;;) {
    const assignment = replicas.assign(prefixes, ruledOut);
    if ('retryAfterMs' in assignment) {
      const { retryAfterMs } = assignment;
      throw fault?.error ?? new TiegelError('TGL_UPSTREAM_BUSY', { model: upstream.model, retryAfterMs });
    }
    ruledOut.add(assignment.replica);
    signal.addEventListener('abort', assignment.abandon, { once: true });
    let hasBegun = false;
    try {
      for await (const events of await ask(assignment.replica)) {
        signal.throwIfAborted();
        hasBegun = true;
        yield events;
      }
      assignment.succeed();
      return;
    } catch (cause) {
      signal.throwIfAborted();
      fault = faultOf(cause, upstream);
      settle(replicas, assignment, fault);
      if (hasBegun || fault.blame === 'request' || ruledOut.size - excluded.size >= attempts)
        throw fault.error;
    } finally {
      // The reader has left in the middle of it.
      assignment.abandon();
    }
  }
}

function settle(replicas: Replicas, assignment: Assignment, { blame, retryAfterMs }: UpstreamFault): void {
  if (blame === 'replica') assignment.fail();
  else assignment.abandon();
  if (retryAfterMs !== undefined) replicas.pause(assignment.replica, retryAfterMs);
}
