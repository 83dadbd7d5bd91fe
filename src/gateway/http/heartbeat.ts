// Keeps silent streams alive: proxies cut connections on which nothing moves, and a reasoner may be silent for minutes
// while a long prompt is read. One timer for all streams, because nearly every stream ends before its first beat.
import { type Clock, createLinkedList } from '../../base/index.ts';

/** One stream that is watched. */
export type Pulse = {
  /** Something was written. */
  readonly touch: () => void;
  readonly stop: () => void;
};

export type Heartbeat = {
  /** Calls `beat` whenever nothing was written for the time of silence. */
  readonly watch: (beat: () => void) => Pulse;
};

type Watched = { last: number; readonly beat: () => void };

/** Looks so many times within the time of silence, and is late by at most that share of it. */
const looks = 8;

export function createHeartbeat(clock: Clock, silenceMs: number): Heartbeat {
  const watched = createLinkedList<Watched>();
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const now = clock.monotonic();
    watched.forEach((stream) => {
      if (now - stream.last < silenceMs) return;
      stream.last = now;
      stream.beat();
    });
  };
  return {
    watch: (beat) => {
      const stream: Watched = { last: clock.monotonic(), beat };
      const node = watched.add(stream);
      timer ??= setInterval(look, silenceMs / looks);
      return {
        touch: () => {
          stream.last = clock.monotonic();
        },
        stop: () => {
          watched.remove(node);
          if (watched.size() > 0) return;
          clearInterval(timer);
          timer = undefined;
        },
      };
    },
  };
}
