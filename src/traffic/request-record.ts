// What became of one request: nothing of what was said, and everything that is counted, logged or charged.
import type { EnginePlace } from '../base/index.ts';
import type { Principal } from './principal.ts';
import type { TokenUsage } from './token-usage.ts';

/**
 * `refused`: turned down before it gave anything; `failed`: broken off by a fault; `client-gone`: nobody waits for it any
 * more. Codes are those of the error table.
 */
export type RequestOutcome =
  | { readonly type: 'finished' }
  | { readonly type: 'client-gone' }
  | { readonly type: 'failed' | 'refused'; readonly code: string };

/** One reply of several that a request may ask for. */
export type ChoiceRecord = {
  /** How it ended, such as `stop` or `length`; null where it was broken off. */
  readonly finish: string | null;
  readonly usage: TokenUsage;
  /** What became of it where it is not what was answered with: one of several samples, or a probe of the thinking. */
  readonly beside?: 'discarded' | 'probe';
};

export type RequestRecord = {
  readonly requestId: string;
  /** The request of a client that this one is a tier of, and which, from 0 on. @default it is a client's */
  readonly tierOf?: { readonly request: string; readonly tier: number };
  /** It was answered by tiers of other models, each of which has a record of its own with what it used. @default false */
  readonly isSpread?: boolean;
  /** Null where it was refused before its key was looked at. */
  readonly principal: Principal | null;
  /** Null where no such model is served. */
  readonly model: string | null;
  readonly admissionKey: string | null;
  /** Where it may have been answered: of each replica that it was allowed to reach. Empty where no such model is served. */
  readonly places: readonly EnginePlace[];
  /** Of the data policy that allowed it; null where none was asked, or refused it. */
  readonly policyVersion: number | null;
  /** The path of the route, and the name of the dialect that is spoken there. */
  readonly route: string;
  readonly dialect: string;
  readonly outcome: RequestOutcome;
  /** Of all choices together, also of those that were broken off; the prompt, which they share, counts once. */
  readonly usage: TokenUsage;
  readonly choices: readonly ChoiceRecord[];
  /** Milliseconds since the Unix epoch. */
  readonly arrived: number;
  /** Milliseconds from the arrival on; null for what never came, or came in one piece with everything else. */
  readonly firstTokenMs: number | null;
  readonly firstAnswerMs: number | null;
  readonly durationMs: number;
  /** Milliseconds until the first of its places in the engine was free; null where it got none. */
  readonly waitedMs: number | null;
};
