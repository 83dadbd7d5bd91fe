// How far a pull is: bytes, their rate over the last seconds, and the time that is left at that rate.
import type { Clock } from '../../base/index.ts';

export type PullProgress = {
  readonly received: number;
  readonly total: number;
  /** Null until there is something to measure. */
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
};

/** Milliseconds that the rate looks back, and between two looks. */
const window = 10_000;
const interval = 250;

/** A function that takes the bytes received and answers with the progress. */
export function progressMeter(clock: Clock, total: number): (received: number) => PullProgress {
  let samples: readonly { readonly time: number; readonly received: number }[] = [];
  return (received) => {
    const time = clock.monotonic();
    if (time - (samples.at(-1)?.time ?? Number.NEGATIVE_INFINITY) >= interval) {
      samples = [...samples.filter((sample) => time - sample.time <= window), { time, received }];
    }
    const milliseconds = time - samples[0]!.time;
    const bytes = received - samples[0]!.received;
    const bytesPerSecond = milliseconds > 0 && bytes > 0 ? (bytes / milliseconds) * 1000 : null;
    const secondsLeft = bytesPerSecond === null ? null : (total - received) / bytesPerSecond;
    return { received, total, bytesPerSecond, secondsLeft };
  };
}
