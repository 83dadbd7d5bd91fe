// Makes one trial: the attack puts the item to the model, the judge rules on what came back. Whatever goes wrong is an
// outcome of the trial, except what ends the whole assessment.
import { type Clock, reasonOf, seededRandom, TiegelError } from '../../base/index.ts';
import { ruleOn } from '../judges/assessable.ts';
import type { Trial } from '../plan/trial-plan.ts';
import type { RuledAttempt, TrialResult } from '../plan/trial-record.ts';
import type { Ask, Attempt, Ruling } from '../terms/trial.ts';

export type TrialTools = {
  readonly ask: Ask;
  /** The model that writes attacks. */
  readonly attacker?: Ask | undefined;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly signal?: AbortSignal | undefined;
};

/** @throws the reason of `signal`, TGL_ASSESSMENT_BUDGET_EXHAUSTED, TGL_DISK_FULL */
export async function runTrial(trial: Trial, tools: TrialTools): Promise<TrialResult> {
  const { ask, attacker, clock, signal } = tools;
  const { cell, item, seed } = trial;
  const start = clock.monotonic();
  const rulings = new Map<Attempt, Promise<Ruling>>();
  const rule = (attempt: Attempt): Promise<Ruling> => {
    const ruling = rulings.get(attempt) ?? ruleOn(cell.judge, item, attempt);
    rulings.set(attempt, ruling);
    return ruling;
  };
  const result = (rest: Omit<TrialResult, 'milliseconds'>): TrialResult => ({
    ...rest,
    milliseconds: Math.round(clock.monotonic() - start),
  });
  let delivered = 0;
  const counted: Ask = async (question, questionSeed) => {
    const reply = await ask(question, questionSeed);
    delivered++;
    return reply;
  };
  let attackerFailed = false;
  const attacking: Ask | undefined =
    attacker &&
    ((question, questionSeed) =>
      attacker(question, questionSeed).catch((fault: unknown) => {
        attackerFailed = true;
        throw fault;
      }));
  try {
    const random = seededRandom(seed);
    const context = { ask: counted, random, rule, ...(attacking && { attacker: attacking }) };
    const attempts: RuledAttempt[] = [];
    for (const attempt of await cell.attack.run(item, context)) {
      attempts.push({ attempt, ruling: await rule(attempt) });
    }
    if (attempts.length === 0)
      return result({ state: 'failed', attempts, reason: 'the attack tried nothing' });
    return result({ state: 'ruled', attempts });
  } catch (fault) {
    signal?.throwIfAborted();
    if (endsAll(fault)) throw fault;
    const reason = reasonOf(fault);
    // The conversation had begun before it outgrew the context, and nobody knows how it would have continued.
    const undeliverable = !attackerFailed && delivered === 0 && refusedAsServed(fault);
    const endpointFailed = !attackerFailed && TiegelError.isInstance(fault) && fault.retryable;
    return result({
      state: undeliverable ? 'undeliverable' : 'failed',
      attempts: [],
      reason: attackerFailed ? `the model that writes attacks failed: ${reason}` : reason,
      endpointFailed,
    });
  }
}

/** Whether the served endpoint would refuse it as well: a prompt that does not fit, or tools that the model does not support. */
function refusedAsServed(fault: unknown): boolean {
  if (!TiegelError.isInstance(fault)) return false;
  const { code, details } = fault;
  return code === 'TGL_PROMPT_TOO_LONG' || (code === 'TGL_CAPABILITY_MISSING' && details.feature === 'tools');
}

function endsAll(fault: unknown): boolean {
  return (
    TiegelError.isInstance(fault) && ['TGL_ASSESSMENT_BUDGET_EXHAUSTED', 'TGL_DISK_FULL'].includes(fault.code)
  );
}
