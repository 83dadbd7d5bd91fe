// How far long work is: what is done, the rate over the last seconds, and the time that is left at that rate.
import type { Clock } from './clock.ts';

export type Progress = {
  /** Of whatever is counted: bytes, tensors, trials. */
  readonly done: number;
  readonly total: number;
  /** Null until there is something to measure. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
};

/** Milliseconds that the rate looks back at least, and between two looks. */
const window = 10_000;
const interval = 250;
/** Looks that the rate goes back over where they are further apart than the window. */
const fewest = 4;

/** A function that takes what is done and answers with the progress. */
export function progressMeter(clock: Clock, total: number): (done: number) => Progress {
  let samples: readonly { readonly time: number; readonly done: number }[] = [];
  return (done) => {
    const time = clock.monotonic();
    if (time - (samples.at(-1)?.time ?? Number.NEGATIVE_INFINITY) >= interval) {
      const recent = samples.findIndex((sample) => time - sample.time <= window);
      const from = recent < 0 ? samples.length : recent;
      samples = [...samples.slice(Math.max(0, Math.min(from, samples.length - fewest))), { time, done }];
    }
    const milliseconds = time - samples[0]!.time;
    const counted = done - samples[0]!.done;
    const perSecond = milliseconds > 0 && counted > 0 ? (counted / milliseconds) * 1000 : null;
    const secondsLeft = perSecond === null ? null : (total - done) / perSecond;
    return { done, total, perSecond, secondsLeft };
  };
}
