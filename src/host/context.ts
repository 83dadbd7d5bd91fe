// What the host needs of whoever calls it, a command or a server: settings, a clock, a signal to stop, and somebody to tell
// how the work goes. No terminal: who shows it, and how, is the caller's affair.
import type { CriterionStanding } from '../assess/index.ts';
import type { Clock } from '../base/index.ts';
import type { Environment } from './environment.ts';

/** How far long work is. Work whose parts cannot be counted is only named. */
export type WorkProgress = {
  readonly doing: string;
  readonly count?: {
    readonly done: number;
    readonly total: number;
    /** What is counted, in the plural; `bytes` are shown as sizes, `percent` as a share. */
    readonly unit: string;
    /** Where the worker knows it better than the rate of the last seconds tells. */
    readonly secondsLeft?: number;
  };
  /** A few figures beside it, such as the loss. */
  readonly detail?: string;
  /** Of an assessment by a policy: how its criteria stand. */
  readonly standings?: readonly CriterionStanding[];
};

export type HostContext = {
  readonly environment: Environment;
  readonly clock: Clock;
  /** Aborts when the caller no longer wants the result. */
  readonly signal: AbortSignal;
  /** Called as long work goes on, and with null once it is over. */
  readonly onProgress: (work: WorkProgress | null) => void;
  /** A sentence about what is going on. */
  readonly onNote: (text: string) => void;
};
