// Whether honest use is still as it was calibrated, over the weeks in the store. Weeks are judged some at a time, with turns of the event loop
// between them, and no more than so many.
import { setImmediate } from 'node:timers/promises';
import { TiegelError } from '../../base/index.ts';
import {
  type Calibration,
  type Drift,
  decodeAccountWeek,
  driftOf,
  type GuardScore,
  isUseClass,
  type Judgement,
  judge,
} from '../../guard/index.ts';
import type { Store } from '../../store/index.ts';

const weeksPerTurn = 20;
const mostWeeks = 5000;

/** @param week from which on weeks are looked at @throws TGL_STORE_UNAVAILABLE */
export async function driftSince(
  guard: Pick<Store['guard'], 'weeksFrom' | 'declaredUses'>,
  score: GuardScore,
  calibration: Calibration,
  week: number,
): Promise<readonly Drift[]> {
  const uses = await guard.declaredUses();
  const judgements: Judgement[] = [];
  let looked = 0;
  for await (const { organisation, account, state } of guard.weeksFrom(week)) {
    if (looked++ >= mostWeeks) break;
    if (looked % weeksPerTurn === 0) await setImmediate();
    const declared = uses.get(`${organisation} ${account}`);
    const useClass = isUseClass(declared) ? declared : 'undeclared';
    const judgement = judge(score, calibration, useClass, looksIn(state));
    if (judgement !== null) judgements.push(judgement);
  }
  return driftOf(calibration, judgements);
}

/** None of a state that another version wrote, which whoever judges weeks tells of. */
function looksIn(state: Uint8Array) {
  try {
    return decodeAccountWeek(state).looks;
  } catch (error) {
    if (TiegelError.isInstance(error)) return [];
    throw error;
  }
}
