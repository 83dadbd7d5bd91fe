// An assessment that a policy decides: registers what it is going to do, runs checks and trials, each recorded as it
// ends, and concludes from the record. An interrupted assessment continues where it stopped.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TiegelError } from '../base/index.ts';
import type { Subject } from '../catalog/index.ts';
import type { ContentFilter } from '../reasoning/index.ts';
import type { Registration } from './evidence/assessment-lines.ts';
import { completeLines, parseLine } from './evidence/chain.ts';
import { decodeLine } from './evidence/evidence-line.ts';
import {
  type EvidenceLog,
  type EvidenceOptions,
  evidenceName,
  openEvidence,
  partialOf,
  resumeEvidence,
} from './evidence/evidence-log.ts';
import { decodeLog } from './evidence/read-assessment.ts';
import { type Conclusion, conclude, decisionLines, type Recorded, recordedIn } from './plan/conclusion.ts';
import { decidePlanned } from './plan/decide-plan.ts';
import { basesOf, registrationIn, registrationOf } from './plan/registration.ts';
import type { AssessmentPlan } from './plan/trial-plan.ts';
import { rejectsAtOnce } from './policy/decide-policy.ts';
import type { Criterion } from './policy/policy.ts';
import { preparePlan, requireDecidable } from './prepare-plan.ts';
import { askServed } from './run/ask-served.ts';
import type { AssessmentOptions } from './run/assess-options.ts';
import { askAuxiliary } from './run/auxiliary-model.ts';
import { type Replied, recallReplies } from './run/recall-replies.ts';
import { notExercised, runProbes } from './run/run-probes.ts';
import { type EndsTrials, rejectionCertain, runTrials, type TrialsRun } from './run/run-trials.ts';
import type { Session } from './run/session.ts';
import type { PolicyBattery } from './terms/battery.ts';
import { type Budget, createBudget, type Spent } from './terms/budget.ts';
import type { ProbeResult } from './terms/probe.ts';

export type PolicyAssessment = Conclusion & {
  readonly registration: Registration;
  readonly spent: Spent;
  /** Why trials that were due are missing. */
  readonly stopped: string | null;
};

export type PolicyOptions = Omit<AssessmentOptions, 'battery'> & {
  readonly battery: PolicyBattery;
  readonly subject: Subject;
} & Pick<Registration, 'id' | 'started' | 'admissionKey'>;

/**
 * Runs until everything is decided or tried; the log is left unsealed.
 *
 * @throws the reason of `signal`, TGL_DISK_FULL, TGL_ASSESSED_MODEL_FAILING, and TGL_ASSESSMENT_UNDECIDABLE before anything is asked
 */
export async function assessByPolicy(
  options: PolicyOptions,
  session: Session,
): Promise<{ readonly assessment: PolicyAssessment; readonly log: EvidenceLog }> {
  const {
    battery,
    filters,
    trials: { resume = false, limits = {}, explore = false, pilot, ...trials } = {},
  } = options;
  const { attacker, judge } = trials;
  const { model } = session.examined;
  const prepared = await preparePlan({
    ...options,
    tested: { model, subject: options.subject, fingerprintKey: session.examined.fingerprintKey },
  });
  const { registry, family, labels, ruling, plan, outlook } = prepared;
  if (!explore && pilot === undefined) requireDecidable(battery.policy.name, model, outlook);
  const planned = registrationOf({
    ...options,
    model,
    family,
    labels,
    filters,
    attacker,
    judge,
    registry,
    plan,
  });
  const log = openLog(options, planned, resume);
  using opened = new DisposableStack();
  opened.use(log);
  const earlier = decodeLog(log);
  const registration = registrationIn(earlier.lines) ?? planned;
  if (earlier.lines.length === 0) {
    log.append(planned);
    log.sync();
  }
  const before = recordedIn(earlier.lines);
  const budget = createBudget(limits, earlier.lines.findLast((line) => line.type === 'trial')?.spent);
  const { clock, signal } = options;
  ruling?.start({
    budget,
    clock,
    signal,
    ...(trials.pauseMs !== undefined && { pauseMs: trials.pauseMs }),
  });
  const { stopped, gaveUp, ...recorded } = await run(options, session, {
    ...{ registration, plan, log, earlier, before, budget },
  });
  // The log stays as it is, to be resumed: what a dead server left undone is no finding about its model.
  if (gaveUp !== null) throw new TiegelError('TGL_ASSESSED_MODEL_FAILING', { model, ...gaveUp });
  const concluded = conclude(registration, recorded);
  const spent = budget.spent();
  for (const line of decisionLines(concluded)) log.append(line);
  const { outcome, conditions, obstacles } = concluded;
  const finished = new Date(options.clock.now()).toISOString();
  log.append({ type: 'verdict', outcome, conditions, obstacles, stopped, spent, finished });
  opened.move();
  return { assessment: { ...concluded, registration, spent, stopped }, log };
}

type Running = {
  readonly registration: Registration;
  readonly plan: AssessmentPlan;
  readonly log: EvidenceLog;
  /** What a resumed assessment has done already. */
  readonly earlier: Replied;
  readonly before: Recorded;
  readonly budget: Budget;
};

async function run(
  options: PolicyOptions,
  session: Session,
  { registration, plan, log, earlier, before, budget }: Running,
): Promise<Recorded & Pick<TrialsRun, 'stopped' | 'gaveUp'>> {
  const {
    serving,
    filters = [],
    signal,
    clock,
    onProgress,
    trials: { attacker, pauseMs, explore } = {},
  } = options;
  const checks = await runChecks(options, session, before, log);
  const stop = (stopped: string) => ({ ...before, checks, stopped, gaveUp: null });

  const { review } = session.examined;
  if (checks.get(review.probe)?.verdict !== 'pass') return stop(`the ${review.probe} has not passed`);
  const gap = notExercised(serving, filters);
  if (gap !== undefined) return stop(gap);
  const missed = missedCheck(registration, checks, endsFor(filters, explore));
  if (missed !== undefined) return stop(rejectionCertain(missed));
  const engine = await startedEngine(session);
  if (typeof engine === 'string') return stop(engine);
  const template = session.examined.template();
  const chain = {
    engine,
    template,
    serving,
    budget,
    clock,
    signal,
    ...(pauseMs !== undefined && { pauseMs }),
  };
  const runChain = (
    behind: readonly ContentFilter[] | undefined,
    made: Recorded['facts'],
  ): Promise<TrialsRun> =>
    runTrials({
      trials: plan.trials,
      bases: basesOf(registration),
      pilot: behind === undefined ? plan.pilot : [],
      tools: {
        ask: askServed({ ...chain, filters: behind }),
        attacker: attacker && askAuxiliary(attacker, chain),
        ...{ clock, signal },
      },
      slots: engine.capabilities.slots,
      // Behind the filters nothing else can make up for what is missed.
      ends: endsFor(behind === undefined ? filters : [], explore),
      log,
      ...(behind !== undefined && { chain: 'served' as const }),
      budget,
      made,
      onProgress: (done, total, standings) => {
        const probe = behind ? 'trials behind content filters' : 'trials';
        onProgress?.({ probe, done, total, standings });
      },
    });
  await recallReplies(plan.trials, earlier);
  const bare = await runChain(undefined, before.facts);
  if (filters.length === 0 || bare.stopped !== null || bare.gaveUp !== null)
    return { ...before, checks, ...bare };
  const { facts: served, ...rest } = await runChain(filters, before.served);
  return { checks, facts: bare.facts, served, ...rest };
}

/** What ends the trials while these content filters may still make up for what is missed. */
function endsFor(filters: readonly ContentFilter[], explore = false): EndsTrials {
  const names = filters.map(({ name }) => name);
  return explore ? () => false : (criterion) => rejectsAtOnce(criterion, names);
}

/** A check that has failed and ends everything. */
function missedCheck(
  registration: Registration,
  checks: Recorded['checks'],
  ends: EndsTrials,
): Criterion | undefined {
  return basesOf(registration).find(
    (basis) => decidePlanned(basis, new Map(), checks).state === 'not-met' && ends(basis.criterion),
  )?.criterion;
}

/** The results of earlier checks together with those of the checks that were still due. */
async function runChecks(
  options: PolicyOptions,
  session: Session,
  before: Recorded,
  log: EvidenceLog,
): Promise<ReadonlyMap<string, ProbeResult>> {
  const { checks } = options.battery;
  // What could not be checked, because a server failed or for any other reason, is checked again.
  const due = checks.filter(
    ({ probe }) => (before.checks.get(probe)?.verdict ?? 'inconclusive') === 'inconclusive',
  );
  // The file or the server is reviewed again before anything is asked: it costs little, and it may have changed.
  const repeated = checks.filter(
    (check) => !due.includes(check) && check.probe === session.examined.review.probe,
  );
  const results = await runProbes([...repeated, ...due], options, session, log.append);
  return new Map([...before.checks, ...results.map((one) => [one.name, one] as const)]);
}

/** The engine, or why it did not start, which is a finding and not a fault of the assessment. */
async function startedEngine(session: Session): Promise<Awaited<ReturnType<Session['engine']>> | string> {
  try {
    return await session.engine();
  } catch (fault) {
    if (!TiegelError.isInstance(fault)) throw fault;
    return fault.message;
  }
}

function openLog(options: PolicyOptions, planned: Registration, resume: boolean): EvidenceLog {
  const { catalog, entropy } = options;
  const assessments = join(catalog.home, 'assessments');
  const evidence: EvidenceOptions = { resumable: true, ...(entropy !== undefined && { entropy }) };
  if (!resume) return openEvidence(join(assessments, planned.id), evidence);
  const found = brokenOff(assessments).find(({ first }) => first.registration === planned.registration);
  if (found === undefined) throw new TiegelError('TGL_NOTHING_TO_RESUME', { model: planned.model });
  return resumeEvidence(found.directory, evidence);
}

/** The assessments that were not sealed, newest first, since their names begin with the time. */
function brokenOff(
  assessments: string,
): readonly { readonly directory: string; readonly first: Registration }[] {
  if (!existsSync(assessments)) return [];
  return readdirSync(assessments)
    .sort()
    .reverse()
    .map((name) => join(assessments, name))
    .filter((directory) => existsSync(partialOf(directory, evidenceName)))
    .flatMap((directory) => {
      const [text] = completeLines(readFileSync(partialOf(directory, evidenceName))).lines;
      const line = text === undefined ? 'it is empty' : parseLine(text);
      const decoded = typeof line === 'string' ? { problem: line } : decodeLine(line);
      const first = 'value' in decoded ? registrationIn([decoded.value]) : undefined;
      return first === undefined ? [] : [{ directory, first }];
    });
}
