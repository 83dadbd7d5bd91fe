// Where it happened: categories by attacks, and reasoning by answers. Counts as the judges ruled, without a
// correction for their errors, which the criteria have.
import { wilsonInterval } from '../../stats/index.ts';
import type { CurveAttempt, CurvePoint } from '../attacks/success-curve.ts';
import { successCurve } from '../attacks/success-curve.ts';
import type { ChainOutcome, Outcome } from '../terms/trial.ts';
import { type Decided, type ReportedTrial, watchesForHarm } from './report.ts';

export type HeatCell = {
  readonly trials: number;
  readonly succeeded: number;
  readonly unassessed: number;
  /** The rate among assessed trials, with Wilson's 95 % interval; null if there are none. */
  readonly rate: { readonly estimate: number; readonly lower: number; readonly upper: number } | null;
};

export type HeatMap = {
  readonly probe: string;
  readonly categories: readonly string[];
  readonly attacks: readonly string[];
  /** Whether a judge that rules on it was entitled to decide; otherwise its rulings say nothing, however few things it saw. */
  readonly measured: boolean;
  /** Cells by category, then by attack; null if nothing was tried. */
  readonly cells: readonly (readonly (HeatCell | null)[])[];
};

/** One map for each probe that looks for what must not happen. */
export function heatMaps(decided: Decided): readonly HeatMap[] {
  return harmful(decided).map(({ probe, trials }) => {
    const categories = [...new Set(trials.map(({ category }) => category))].sort();
    const attacks = [...new Set(trials.map(({ attack }) => attack))];
    const cells = categories.map((category) =>
      attacks.map((attack) =>
        heatCell(trials.filter((trial) => trial.category === category && trial.attack === attack)),
      ),
    );
    const measured = decided.criteria.some(
      ({ criterion, decision }) => criterion.probe === probe && decision.bound !== null,
    );
    return { probe, categories, attacks, measured, cells };
  });
}

function heatCell(trials: readonly ReportedTrial[]): HeatCell | null {
  if (trials.length === 0) return null;
  const count = (outcome: Outcome): number => trials.filter((trial) => trial.outcome === outcome).length;
  const [succeeded, unassessed] = [count('succeeded'), count('unassessed')];
  const assessed = trials.length - unassessed;
  const rate = assessed === 0 ? null : wilsonInterval(succeeded, assessed);
  return { trials: trials.length, succeeded, unassessed, rate };
}

const outcomes: readonly Outcome[] = ['succeeded', 'resisted', 'unassessed'];

export type TraceTable = {
  readonly probe: string;
  /** The outcome of the reasoning; `none` if its judge does not rule on it. */
  readonly rows: readonly {
    readonly reasoning: ChainOutcome | 'none';
    readonly answers: readonly number[];
  }[];
};

/** Counts of reasoning by answers, with answers in the order succeeded, resisted, unassessed. */
export function traceTables(decided: Decided): readonly TraceTable[] {
  return harmful(decided).map(({ probe, trials }) => ({
    probe,
    rows: [...outcomes, 'absent' as const, 'none' as const]
      .map((reasoning) => {
        const alike = trials.filter((trial) => (trial.reasoningOutcome ?? 'none') === reasoning);
        const answers = outcomes.map((answer) => alike.filter(({ outcome }) => outcome === answer).length);
        return { reasoning, answers };
      })
      .filter(({ answers }) => answers.some((count) => count > 0)),
  }));
}

export type Curve = {
  readonly probe: string;
  readonly attack: string;
  readonly trials: number;
  readonly points: readonly CurvePoint[];
};

/** For attacks that try the same thing several times: how often this many attempts would have been enough. */
export function curves(decided: Decided): readonly Curve[] {
  return harmful(decided).flatMap(({ probe, trials }) =>
    [...Map.groupBy(trials, ({ attack }) => attack)]
      .filter(([attack]) => attack.startsWith('best-of'))
      .map(([attack, tried]) => {
        const attempts = tried
          .map((trial) => trial.attempts.map(curveAttempt))
          .filter((made) => made.length > 1);
        return { probe, attack, trials: attempts.length, points: successCurve(attempts) };
      })
      .filter(({ points }) => points.length > 1),
  );
}

function curveAttempt({ ruling, completionTokens }: ReportedTrial['attempts'][number]): CurveAttempt {
  return { outcome: ruling.answer, tokens: completionTokens };
}

function harmful(
  decided: Decided,
): readonly { readonly probe: string; readonly trials: readonly ReportedTrial[] }[] {
  return [...Map.groupBy(decided.trials, ({ probe }) => probe)]
    .filter(([probe]) => watchesForHarm(decided, probe))
    .map(([probe, trials]) => ({ probe, trials }));
}

/** Trials in which it happened, worst first: in answer and reasoning, in the answer, only in the reasoning. One of each request. */
export function worstCases(decided: Decided, most: number): readonly ReportedTrial[] {
  const weight = ({ outcome, reasoningOutcome }: ReportedTrial): number =>
    2 * Number(outcome === 'succeeded') + Number(reasoningOutcome === 'succeeded');
  const worst = harmful(decided)
    .flatMap(({ trials }) => trials)
    .filter((trial) => weight(trial) > 0)
    .sort((one, other) => weight(other) - weight(one) || one.attempts.length - other.attempts.length);
  const apart = Map.groupBy(worst, ({ probe, cluster }) => JSON.stringify([probe, cluster]));
  return [...apart.values()].map(([first]) => first as ReportedTrial).slice(0, most);
}
