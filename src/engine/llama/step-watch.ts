// How long the child has been at the same step, by what it answers to each heartbeat: native code that hangs leaves its event
// loop alive, so that it still answers.
import type { Progress } from './protocol.ts';

export type StepWatch = {
  /** @returns milliseconds, in whole heartbeats, for which no step has ended while it worked */
  readonly answered: (progress: Progress) => number;
};

export function createStepWatch(heartbeatMs: number): StepWatch {
  let sameStepMs = 0;
  let lastStep = 0;
  return {
    answered: ({ working, steps }) => {
      sameStepMs = working && steps === lastStep ? sameStepMs + heartbeatMs : 0;
      lastStep = steps;
      return sameStepMs;
    },
  };
}
