// One account in one week: its state, and its features at every checkpoint on the way. Checkpoints are fixed numbers of requests,
// so that accounts are compared with others that had asked as much.
import { accountFeatures, type Snapshot, snapshotOf } from '../account/account-features.ts';
import {
  type AccountState,
  addRequest,
  emptyAccountState,
  type RequestFacts,
  sumOf,
} from '../account/account-state.ts';
import type { RequestFeatures } from '../features/request-features.ts';

const checkpoints: readonly number[] = [10, 25, 50, 100, 200, 400, 800, 1600, 3000, 6000, 12_000, 24_000];

/** `whole` since the week began, `recent` since the checkpoint before. */
export type View = 'whole' | 'recent';

/** What is scored: an account as one view shows it at a checkpoint. */
export type Look = {
  readonly view: View;
  /** How many requests the account had made. */
  readonly requests: number;
  readonly features: readonly number[];
};

export type AccountWeek = { readonly state: AccountState; before: Snapshot | null };

export function emptyAccountWeek(): AccountWeek {
  return { state: emptyAccountState(), before: null };
}

/** Adds a request; the looks of the checkpoint that it reaches, if it reaches one. */
export function observeRequest(
  week: AccountWeek,
  features: RequestFeatures,
  facts: RequestFacts,
  score: number,
): readonly Look[] {
  const { state, before } = week;
  addRequest(state, features, facts, score);
  const requests = sumOf(state.sums, 'requests');
  if (!checkpoints.includes(requests)) return [];
  week.before = snapshotOf(state);
  const whole: Look = { view: 'whole', requests, features: accountFeatures(state) };
  return before === null
    ? [whole]
    : [whole, { view: 'recent', requests, features: accountFeatures(state, before) }];
}
