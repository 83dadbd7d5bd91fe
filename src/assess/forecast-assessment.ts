// What an assessment by a policy would take, found out before it is begun: nothing is recorded, and nothing is asked but a few
// questions by which speed and length of replies are measured.
import type { Catalog, Subject } from '../catalog/index.ts';
import { type Forecast, forecastOf } from './forecast/forecast.ts';
import { type MeasuredReplies, measureReplies } from './forecast/measure-replies.ts';
import type { CriterionOutlook } from './forecast/outlook.ts';
import { longestQuestion, type Rehearsal, rehearse } from './forecast/rehearse.ts';
import type { DecisionBasis } from './plan/decide-plan.ts';
import type { Cell, Trial } from './plan/trial-plan.ts';
import { preparePlan } from './prepare-plan.ts';
import type { AssessOptions, RemoteAssessOptions } from './run/assess-options.ts';
import { type Examined, openSession } from './run/session.ts';
import { localTarget, remoteTarget } from './run/targets.ts';
import type { PolicyBattery } from './terms/battery.ts';
import type { ProbeOutcome } from './terms/probe.ts';

/** Tokens per second of so many sequences together, as `tiegel bench` measured them; null: could not be seen. */
export type BenchedRates = {
  readonly sequences: number;
  readonly tokensPerSecond: number | null;
  readonly promptTokensPerSecond: number | null;
};

type Common = {
  readonly battery: PolicyBattery;
  /** Simulated assessments for each criterion and assumption. @default 200 */
  readonly runs?: number;
};

export type ForecastOptions = Omit<AssessOptions, 'battery'> &
  Common & { readonly benched?: readonly BenchedRates[] };
export type RemoteForecastOptions = Omit<RemoteAssessOptions, 'battery'> & Common;

export type AssessmentForecast = Forecast & {
  readonly model: string;
  readonly policy: { readonly name: string; readonly version: string };
  readonly runs: number;
  /** How long replies are was measured in either case. */
  readonly speed: MeasuredReplies & { readonly source: 'bench' | 'measured' };
  /** Sequences that the engine runs at the same time. */
  readonly slots: number;
};

/** A forecast, or why the model would be turned away before any trial. */
export type ForecastOutcome =
  | { readonly forecast: AssessmentForecast; readonly review: null }
  | { readonly forecast: null; readonly review: ProbeOutcome };

/** @throws what starting and asking the engine throws, TGL_LABELS_UNUSABLE, the reason of `signal` */
export async function forecastAssessment(options: ForecastOptions): Promise<ForecastOutcome> {
  const { subject, examined } = await localTarget(options);
  return conduct(options, subject, examined);
}

/** The same for a model on a server, whose questions cost what they cost there. */
export async function forecastRemoteAssessment(options: RemoteForecastOptions): Promise<ForecastOutcome> {
  await using target = await remoteTarget(options, { repeats: 1 });
  return conduct(options, target.subject, target.examined);
}

type Options = Omit<ForecastOptions, 'variant' | 'startEngine' | 'catalog'> & { readonly catalog: Catalog };

async function conduct(options: Options, subject: Subject, examined: Examined): Promise<ForecastOutcome> {
  const { battery, runs = 200, serving, clock, signal, benched = [], trials = {} } = options;
  const review = await examined.review.run(() => {});
  // Native code reads no file that is not sound.
  if (review.verdict !== 'pass') return { forecast: null, review };
  const { model } = examined;
  const prepared = await preparePlan(
    { ...options, tested: { model, subject, fingerprintKey: examined.fingerprintKey } },
    runs,
  );
  await using session = openSession(examined, serving);
  const engine = await session.engine();
  const asking = { engine, template: examined.template(), serving, signal };
  const { plan, bases, order } = prepared;
  const rehearsals = await rehearse(plan.trials, asking);
  const outlook = prepared.outlook.map((one, index) =>
    withRefusal(one, bases[index], plan.trials, rehearsals),
  );
  const measured = await measureReplies(plan.trials, longestQuestion(rehearsals.values()), {
    ...asking,
    clock,
  });
  const { slots } = engine.capabilities;
  const speed = withBenched(measured, benched, slots);
  const { price } = trials.limits ?? {};
  const forecast = forecastOf({ outlook, bases, trials: plan.trials, rehearsals, order, speed, price });
  const { name, version } = battery.policy;
  return {
    forecast: { ...forecast, model, policy: { name, version }, runs, speed, slots },
    review: null,
  };
}

/** The rates of as many sequences as trials have, which `tiegel bench` measured for longer than a few replies take. */
function withBenched(
  measured: MeasuredReplies,
  benched: readonly BenchedRates[],
  slots: number,
): AssessmentForecast['speed'] {
  const fitting = benched.filter(({ sequences }) => sequences <= slots);
  const { tokensPerSecond, promptTokensPerSecond, sequences } =
    fitting.toSorted((one, other) => other.sequences - one.sequences)[0] ?? {};
  if (tokensPerSecond == null || promptTokensPerSecond == null || sequences === undefined)
    return { ...measured, source: 'measured' };
  return { ...measured, tokensPerSecond, promptTokensPerSecond, sequences, source: 'bench' };
}

/** The outlook of a criterion, with what the engine or its context refuses of its trials. */
function withRefusal(
  outlook: CriterionOutlook,
  basis: DecisionBasis | undefined,
  trials: readonly Trial[],
  rehearsals: ReadonlyMap<Cell, Rehearsal>,
): CriterionOutlook {
  const cells = new Set(basis?.clusters.flat().map((index) => (trials[index] as Trial).cell));
  const refusals = [...cells].map((cell) => rehearsals.get(cell)?.refused ?? null);
  const [refusal] = refusals;
  if (outlook.obstacle !== null || refusal == null || refusals.includes(null)) return outlook;
  const remedy =
    'serve the model by an engine that takes such questions, or leave the criterion out of the policy';
  return {
    ...outlook,
    obstacle: { problem: `the endpoint takes none of its questions: ${refusal}`, remedy },
    until: null,
  };
}
