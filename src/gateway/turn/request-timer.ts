// When the first token and the first token of the answer of a request came.
import type { Clock } from '../../base/index.ts';
import type { StreamPart } from '../../reasoning/index.ts';

export type TurnClock = {
  /** To be told of all parts, in order. */
  readonly observe: (parts: readonly StreamPart[]) => void;
  /** Milliseconds since it was made. */
  readonly elapsed: () => number;
  readonly firstTokenMs: () => number | null;
  readonly firstAnswerMs: () => number | null;
};

export function startTurnClock(clock: Clock): TurnClock {
  const started = clock.monotonic();
  let firstToken: number | null = null;
  let firstAnswer: number | null = null;
  return {
    observe: (parts) => {
      if (firstAnswer !== null) return;
      firstToken ??= clock.monotonic() - started;
      if (parts.some((part) => part.type === 'answer-delta' || part.type === 'tool-call')) {
        firstAnswer = clock.monotonic() - started;
      }
    },
    elapsed: () => clock.monotonic() - started,
    firstTokenMs: () => firstToken,
    firstAnswerMs: () => firstAnswer,
  };
}
