// The door of the engines: who may come in, and how those inside are told to leave. Each engine takes as many requests
// as it has slots and a bounded number that wait; a request ends when its client does.
import type { Socket } from 'node:net';
import { type Clock, TiegelError } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';

/** The reason of a signal that was aborted because nobody waits for the answer any more. */
export const clientGone: Error = new Error('The client has gone.');

export type Visit = {
  readonly signal: AbortSignal;
  /** Ends whatever runs under the signal. */
  readonly abort: (reason: unknown) => void;
  /** To be called once, however the request ended. */
  readonly leave: () => void;
};

export type Door = {
  /** @throws TGL_OVERLOADED when the queue is full, TGL_DRAINING after `shut`. */
  readonly enter: (engine: Engine, socket: Socket) => Visit;
  readonly isShut: () => boolean;
  /** How many are inside, model by model. */
  readonly crowds: () => readonly { readonly model: string; readonly inside: number }[];
  /** Lets nobody in any more; resolves when the last one has left. */
  readonly shut: () => Promise<void>;
  readonly abortAll: (reason: Error) => void;
};

type Crowd = {
  count: number;
  /** Exponential average, in milliseconds, of how long a request stays. */
  stay: number;
};

const longestRetryMs = 60_000;

export function createDoor(queue: number, clock: Clock): Door {
  const crowds = new Map<Engine, Crowd>();
  const inside = new Set<AbortController>();
  const waitingForEmpty: (() => void)[] = [];
  let shut = false;

  const crowdOf = (engine: Engine): Crowd => {
    const known = crowds.get(engine);
    if (known !== undefined) return known;
    const crowd: Crowd = { count: 0, stay: 1000 };
    crowds.set(engine, crowd);
    return crowd;
  };

  return {
    isShut: () => shut,
    crowds: () => [...crowds].map(([engine, crowd]) => ({ model: engine.model, inside: crowd.count })),
    enter: (engine, socket) => {
      if (shut) throw new TiegelError('TGL_DRAINING');
      const { slots } = engine.capabilities;
      const crowd = crowdOf(engine);
      if (crowd.count >= slots + queue) {
        const waiting = crowd.count - slots;
        const retryAfterMs = Math.min(longestRetryMs, (crowd.stay * (waiting + 1)) / slots);
        throw new TiegelError('TGL_OVERLOADED', { slots, waiting, retryAfterMs });
      }
      crowd.count++;
      const entered = clock.monotonic();
      const controller = new AbortController();
      const hangUp = (): void => controller.abort(clientGone);
      if (socket.destroyed) hangUp();
      // The socket, not the response: a pipelined request waits without a socket of its own.
      else socket.once('close', hangUp);
      inside.add(controller);
      return {
        signal: controller.signal,
        abort: (reason) => controller.abort(reason),
        leave: () => {
          socket.removeListener('close', hangUp);
          crowd.count--;
          crowd.stay += (clock.monotonic() - entered - crowd.stay) / 8;
          inside.delete(controller);
          if (shut && inside.size === 0) for (const resolve of waitingForEmpty.splice(0)) resolve();
        },
      };
    },
    shut: async () => {
      shut = true;
      if (inside.size > 0) await new Promise<void>((resolve) => waitingForEmpty.push(resolve));
    },
    abortAll: (reason) => {
      for (const controller of inside) controller.abort(reason);
    },
  };
}
