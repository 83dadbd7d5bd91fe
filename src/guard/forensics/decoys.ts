// The control of the control: keys that nobody ever drew by. Under them the same text has to look like chance, or the test is wrong.
import { createHmac } from 'node:crypto';
import { uniformityTest } from '../../stats/index.ts';
import { type ScoredPairs, scoreUnder } from './mark-test.ts';

const decoyCount = 999;

export type DecoyFinding = {
  readonly keys: number;
  /** The largest distance of their probabilities from uniform ones, and how often chance gives as much. */
  readonly distance: number;
  readonly p: number;
};

/** @param seed public, so that whoever checks draws the same keys. */
export function scoreDecoys(seed: string, pairs: ScoredPairs, keys: number = decoyCount): DecoyFinding {
  const found = Array.from({ length: keys }, (_, index) => {
    const key = createHmac('sha256', seed).update(`decoy ${index}`).digest();
    return Math.exp(scoreUnder(key, pairs).logP);
  });
  return { keys, ...uniformityTest(found) };
}
