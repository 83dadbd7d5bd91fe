// What the two threads of the child share: the byte that breaks a step off, and how far the one that evaluates has come.
// The other one can be heard and answer for it while a step takes long.
import type { Progress } from './protocol.ts';

export type SharedState = {
  readonly memory: SharedArrayBuffer;
  /** For the thread that evaluates: native code reads its first byte; a zero follows. */
  readonly abortFlag: Uint8Array;
  /**
   * For the thread that evaluates, before it reads its messages for the next step: the flag is down and, if `allowed`, may be
   * raised from here on. Who sends an abort raises it afterwards, so that either the message or the flag is seen.
   */
  readonly beginStep: (allowed: boolean) => void;
  /**
   * For the thread that evaluates: the step reads a part of a long prompt and has hardly begun until then, so that it may be
   * broken off for somebody who comes with a short one. @param until milliseconds since the Unix epoch
   */
  readonly mayYieldUntil: (until: number) => void;
  readonly endStep: () => void;
  readonly setWorking: (working: boolean) => void;
  /** For the other thread, once it has sent an abort. */
  readonly interrupt: () => void;
  /** For the other thread, once it has sent a short prompt. @param now milliseconds since the Unix epoch */
  readonly interruptForNewcomer: (now: number) => void;
  readonly progress: () => Progress;
};

const flagBytes = 8;
const places = { steps: 0, working: 1, interruptible: 2, yielding: 3, yieldsUntil: 4 } as const;

/** @param memory of the other thread. Absent: new. */
export function createSharedState(
  memory: SharedArrayBuffer = new SharedArrayBuffer(flagBytes + 4 * Object.keys(places).length),
): SharedState {
  const abortFlag = new Uint8Array(memory, 0, flagBytes);
  const words = new Int32Array(memory, flagBytes);
  const interrupt = (): void => {
    if (Atomics.load(words, places.interruptible) === 1) Atomics.store(abortFlag, 0, 1);
  };
  return {
    memory,
    abortFlag,
    beginStep: (allowed) => {
      Atomics.store(abortFlag, 0, 0);
      Atomics.store(words, places.interruptible, allowed ? 1 : 0);
    },
    mayYieldUntil: (until) => {
      Atomics.store(words, places.yieldsUntil, until | 0);
      Atomics.store(words, places.yielding, 1);
    },
    endStep: () => {
      Atomics.store(words, places.interruptible, 0);
      Atomics.store(words, places.yielding, 0);
      Atomics.add(words, places.steps, 1);
    },
    setWorking: (working) => void Atomics.store(words, places.working, working ? 1 : 0),
    interrupt,
    interruptForNewcomer: (now) => {
      // The times have lost their upper bits, and their distance has not.
      const left = (Atomics.load(words, places.yieldsUntil) - (now | 0)) | 0;
      if (Atomics.load(words, places.yielding) === 1 && left > 0) interrupt();
    },
    progress: () => ({
      steps: Atomics.load(words, places.steps) >>> 0,
      working: Atomics.load(words, places.working) === 1,
    }),
  };
}
