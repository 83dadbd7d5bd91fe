// The keys by which this operator's models draw: all follow from the pepper, so that servers with one pepper share them, and another one
// holds each quarter, so that a later trace says about when its text was made.
import { createHmac } from 'node:crypto';
import type { ForensicKeys } from '../../guard/index.ts';

type Pepper = { readonly hash: (name: string) => Buffer };

export type MarkKey = ForensicKeys['marks'][number];

/** @param now milliseconds since 1970 */
export function currentMarkKey(pepper: Pepper, now: number): MarkKey {
  return markKeyOf(pepper, quarterOf(now));
}

/** Those of the last `quarters` quarters, the running one among them, the newest first. */
export function forensicKeys(pepper: Pepper, now: number, quarters: number): ForensicKeys {
  const newest = quarterOf(now);
  const marks = Array.from({ length: quarters }, (_, index) => markKeyOf(pepper, newest - index));
  return { marks, exposure: exposureKey(pepper) };
}

export function exposureKey(pepper: Pepper): Uint8Array {
  return pepper.hash('exposure');
}

function markKeyOf(pepper: Pepper, quarter: number): MarkKey {
  const cohort = `${Math.floor(quarter / 4)}-Q${(quarter % 4) + 1}`;
  return { cohort, key: createHmac('sha256', pepper.hash('watermark')).update(cohort).digest() };
}

/** Quarters since the year 0. */
function quarterOf(now: number): number {
  const date = new Date(now);
  return 4 * date.getUTCFullYear() + Math.floor(date.getUTCMonth() / 3);
}
