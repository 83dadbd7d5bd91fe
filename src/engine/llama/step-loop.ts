// The loop of the thread that evaluates: messages, a step, what came of it, until there is nothing left to evaluate.
import type { SharedState } from './shared-state.ts';

export type StepLoop = {
  /** Comes back when there is nothing left to evaluate. Harmless while it runs. */
  readonly run: () => void;
};

export type StepLoopOptions = {
  readonly state: Pick<SharedState, 'abortFlag' | 'beginStep' | 'endStep' | 'setWorking'>;
  /** Takes in what has arrived, without waiting. */
  readonly readMessages: () => void;
  /** False where there was nothing to evaluate. */
  readonly step: () => boolean;
  /** Gives away what came of a step. */
  readonly flush: () => void;
};

export function createStepLoop({ state, readMessages, step, flush }: StepLoopOptions): StepLoop {
  let isRunning = false;
  return {
    run: () => {
      if (isRunning) return;
      isRunning = true;
      state.setWorking(true);
      let isBusy = true;
      let wasBrokenOff = false;
      while (isBusy) {
        // The step after one that was broken off may not be: otherwise clients that come and leave could keep all others
        // from ever having one.
        state.beginStep(!wasBrokenOff);
        readMessages();
        isBusy = step();
        wasBrokenOff = Atomics.load(state.abortFlag, 0) === 1;
        state.endStep();
        flush();
      }
      state.setWorking(false);
      isRunning = false;
    },
  };
}
