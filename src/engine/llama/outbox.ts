// Gathers the events of the child for messages to the engine: a message costs both processes as much as a token of a
// small model. All events of one turn of the event loop go together; tokens that follow within 5 ms of others wait for
// the rest of these 5 ms, which nobody sees, while everything else goes at once.
import type { Clock } from '../../base/index.ts';
import type { GenerationEvent } from './protocol.ts';

export type Outbox = { readonly emit: (event: GenerationEvent) => void };

const leastMilliseconds = 5;

export function createOutbox(send: (events: readonly GenerationEvent[]) => void, clock: Clock): Outbox {
  let events: GenerationEvent[] = [];
  let tokensSentAt = Number.NEGATIVE_INFINITY;
  let later: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;

  const flush = (): void => {
    clearTimeout(later);
    clearImmediate(soon);
    later = undefined;
    soon = undefined;
    const gathered = events;
    events = [];
    if (gathered.some(({ type }) => type === 'token')) tokensSentAt = clock.monotonic();
    send(gathered);
  };

  return {
    emit: (event) => {
      events.push(event);
      if (soon !== undefined) return;
      const wait = event.type === 'token' ? tokensSentAt + leastMilliseconds - clock.monotonic() : 0;
      if (wait <= 0) soon = setImmediate(flush);
      else later ??= setTimeout(flush, wait);
    },
  };
}
