// Runs probes one after the other and turns whatever happens into a verdict. Fails closed: no native code sees a file that
// has not passed its review, and an exception or zero trials is never more than inconclusive.
import { reasonOf, TiegelError } from '../../base/index.ts';
import type { ServingConfiguration } from '../../catalog/index.ts';
import type { ContentFilter } from '../../reasoning/index.ts';
import { measureCapability } from '../probes/capability.ts';
import { checkIdentity } from '../probes/identity.ts';
import type { ProbeSettings } from '../terms/battery.ts';
import type {
  ProbeContext,
  ProbeOutcome,
  ProbeResult,
  RecordEvidence,
  ReportProgress,
} from '../terms/probe.ts';
import type { AssessmentOptions } from './assess-options.ts';
import type { Examined, Session } from './session.ts';

/** @throws the reason of `options.signal` when it aborts, TGL_DISK_FULL when the evidence cannot be written. */
export async function runProbes(
  probes: readonly ProbeSettings[],
  options: Pick<AssessmentOptions, 'filters' | 'onProgress' | 'serving' | 'signal'>,
  session: Session,
  record: RecordEvidence,
): Promise<readonly ProbeResult[]> {
  const { filters = [], onProgress, serving, signal } = options;
  const { examined } = session;
  const behaviour = async (report: ReportProgress): Promise<ProbeContext> => {
    const engine = await session.engine();
    return { engine, template: examined.template(), serving, filters, record, report, signal };
  };

  const results: ProbeResult[] = [];
  for (const settings of probes) {
    const name = settings.probe;
    const report: ReportProgress = (done, total) => onProgress?.({ probe: name, done, total });
    const run = (): Promise<ProbeOutcome> =>
      runProbe(settings, {
        examined,
        report,
        results,
        gap: notExercised(serving, filters),
        behaviour: () => behaviour(report),
      });
    const outcome = await conclude(run, signal);
    results.push({ name, ...outcome });
    record({ type: 'probe', name, ...outcome });
  }
  return results;
}

type ProbeRun = {
  readonly examined: Examined;
  readonly report: ReportProgress;
  readonly results: readonly ProbeResult[];
  readonly gap: string | undefined;
  readonly behaviour: () => Promise<ProbeContext>;
};

async function runProbe(settings: ProbeSettings, run: ProbeRun): Promise<ProbeOutcome> {
  const { review } = run.examined;
  if (settings.probe === review.probe) return review.run(run.report);
  if (settings.probe === 'file-review' || settings.probe === 'fingerprint') {
    return notRun(`this model is examined by its ${review.probe}`);
  }
  const reviewed = run.results.some(({ name, verdict }) => name === review.probe && verdict === 'pass');
  if (!reviewed) return notRun(`the ${review.probe} has not passed`);
  if (run.gap !== undefined) return notRun(run.gap);
  const context = await run.behaviour();
  return settings.probe === 'identity'
    ? checkIdentity(settings, context)
    : measureCapability(settings, context);
}

async function conclude(run: () => Promise<ProbeOutcome>, signal?: AbortSignal): Promise<ProbeOutcome> {
  try {
    signal?.throwIfAborted();
    const outcome = await run();
    const nothingTried = outcome.trials === 0 && outcome.verdict === 'pass';
    return nothingTried ? { ...outcome, verdict: 'inconclusive', reason: 'nothing was tried' } : outcome;
  } catch (cause) {
    // An interruption and a full disk say nothing about the model.
    signal?.throwIfAborted();
    if (TiegelError.isInstance(cause) && cause.code === 'TGL_DISK_FULL') throw cause;
    const reason = reasonOf(cause);
    return { verdict: 'inconclusive', reason: `the probe broke off: ${reason}`, trials: 0, figures: {} };
  }
}

function notRun(reason: string): ProbeOutcome {
  return { verdict: 'inconclusive', reason: `not run: ${reason}`, trials: 0, figures: {} };
}

/** Why the probes would not test what is served: a part of the served tuple that is not at hand. */
export function notExercised(
  serving: ServingConfiguration,
  filters: readonly ContentFilter[] = [],
): string | undefined {
  const standing = filters.map(({ digest }) => digest).join();
  return serving.filters.join() === standing
    ? undefined
    : 'the content filters at hand are not those of the served tuple';
}
