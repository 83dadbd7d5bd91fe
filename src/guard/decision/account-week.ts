// One account in one week: its state, and its features at every checkpoint on the way. Checkpoints are fixed numbers of requests,
// so that accounts are compared with others that had asked as much.
import { accountFeatures, type Snapshot, snapshotOf } from '../account/account-features.ts';
import {
  type AccountState,
  addRequest,
  emptyAccountState,
  mergeAccountState,
  type RequestFacts,
  sumOf,
} from '../account/account-state.ts';
import type { RequestFeatures } from '../features/request-features.ts';

export const checkpoints: readonly number[] = [
  10, 25, 50, 100, 200, 400, 800, 1600, 3000, 6000, 12_000, 24_000,
];

/** `whole` since the week began, `recent` since the checkpoint before. */
export type View = 'whole' | 'recent';

/** What is scored: an account as one view shows it at a checkpoint. */
export type Look = {
  readonly view: View;
  /** The checkpoint: how many requests the account had made, or a few more. */
  readonly requests: number;
  /** In single precision, as they are stored. */
  readonly features: readonly number[];
};

/** Milliseconds since 1970 of the first and the last request of a week. */
export type Span = readonly [first: number, last: number];

export function joinedSpan(one: Span | null, other: Span | null): Span | null {
  if (one === null || other === null) return one ?? other;
  return [Math.min(one[0], other[0]), Math.max(one[1], other[1])];
}

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
  addRequest(week.state, features, facts, score);
  const requests = sumOf(week.state.sums, 'requests');
  return looksFrom(week, requests - 1);
}

/** Adds what was observed elsewhere, or since the last time; the looks of the checkpoints that were reached by it. */
export function observeState(week: AccountWeek, observed: AccountState): readonly Look[] {
  const before = sumOf(week.state.sums, 'requests');
  mergeAccountState(week.state, observed);
  return looksFrom(week, before);
}

/** Where many requests came at once, all checkpoints among them are looked at where they ended, so that none can be jumped over. */
function looksFrom(week: AccountWeek, requestsBefore: number): readonly Look[] {
  const { state, before } = week;
  const now = sumOf(state.sums, 'requests');
  const passed = checkpoints.filter((checkpoint) => checkpoint <= now && checkpoint > requestsBefore);
  const last = passed.at(-1);
  if (last === undefined) return [];
  week.before = snapshotOf(state);
  const features = accountFeatures(state).map(Math.fround);
  const whole = passed.map((requests): Look => ({ view: 'whole', requests, features }));
  if (before === null) return whole;
  const recent = accountFeatures(state, before).map(Math.fround);
  return [...whole, { view: 'recent', requests: last, features: recent }];
}

const mondayMs = 4 * 86_400_000;
const weekMs = 7 * 86_400_000;

/** The number of the week of a time in milliseconds since the Unix epoch; weeks begin on Mondays, UTC. */
export function weekOf(time: number): number {
  return Math.floor((time - mondayMs) / weekMs);
}

/** When a week begins, in milliseconds since the Unix epoch. */
export function startOfWeek(week: number): number {
  return week * weekMs + mondayMs;
}
