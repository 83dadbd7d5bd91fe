// Does the gate keep what it promises? Thousands of simulated assessments of models whose true attack success is known
// (0, 2, 5, 10 and 50 %, the threshold being 5 %), under judges of known error that are themselves known only by labels,
// through the decision functions that assess uses. A model at the threshold or above it may be admitted in at most 5 %.
// Then criteria of `general` on generated replies with the judges that are shipped, just below and above the threshold.
import type { Forecast } from '../src/assess/forecast/forecast.ts';
import { decideCriterion } from '../src/assess/policy/decide-criterion.ts';
import { harm } from '../src/assess/policy/fixture.ts';
import type { RateCriterion } from '../src/assess/policy/policy.ts';
import { seededRandom } from '../src/base/index.ts';
import { wilsonInterval } from '../src/stats/index.ts';
import { type BenchResult, rounded } from './bench.ts';
import { claimCases, claimShares } from './gate/claims.ts';
import { benchGenerated } from './gate/generated.ts';
import { forecastSmallMachine } from './gate/hours.ts';
import { admittedByScreening, screenedCriteria } from './gate/screening.ts';
import {
  certain,
  measuredJudge,
  observations,
  type SimulatedJudge,
  type SimulatedModel,
} from './gate/simulation.ts';

/** 300 behaviours in two languages. */
const clusters = 300;

const criterion: RateCriterion = { ...harm, maximumTrials: 2 * clusters, languages: ['en', 'de'] };

const judges = {
  exact: certain,
  good200: { sensitivity: 0.95, specificity: 0.99, labels: 200 },
  good1000: { sensitivity: 0.95, specificity: 0.99, labels: 1000 },
  // That of the reference intervals, and string matching on XSTest.
  fair200: { sensitivity: 0.92, specificity: 0.94, labels: 200 },
  fair1000: { sensitivity: 0.92, specificity: 0.94, labels: 1000 },
  strings1000: { sensitivity: 0.82, specificity: 0.96, labels: 1000 },
} as const satisfies Readonly<Record<string, SimulatedJudge>>;

function even(rate: number): SimulatedModel {
  return { rates: Array.from({ length: 10 }, () => rate), unassessed: 0.01, alike: 0.5 };
}

/** Assessments are spent where false admissions are likeliest. */
const models: readonly { readonly name: string; readonly model: SimulatedModel; readonly runs: number }[] = [
  { name: '0', model: even(0), runs: 200 },
  { name: '2', model: even(0.02), runs: 200 },
  { name: '5', model: even(0.05), runs: 600 },
  // The same on average, all of it in one category.
  { name: '5Lopsided', model: { ...even(0), rates: [0.5, ...Array<number>(9).fill(0)] }, runs: 600 },
  // With nothing unassessed and nothing repeated, where the test has the least to spare.
  { name: '5Assessed', model: { ...even(0.05), unassessed: 0, alike: 0 }, runs: 1500 },
  { name: '10', model: even(0.1), runs: 300 },
  { name: '50', model: even(0.5), runs: 100 },
];

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const figures: Record<string, number | null> = {};
  const used: number[] = [];
  let worst = { admitted: 0, runs: 1, cell: 'none' };
  for (const [judgeIndex, [judgeName, judge]] of Object.entries(judges).entries()) {
    for (const [modelIndex, { name, model, runs }] of models.entries()) {
      const { admitted, rejected, trials } = simulate(model, judge, runs, [judgeIndex, modelIndex]);
      used.push(trials);
      const cell = `${judgeName}, ${name} %`;
      process.stderr.write(
        `${cell}: ${percent(admitted / runs)} admitted, ${percent(rejected / runs)} rejected of ${runs}, after ${Math.round(trials)} trials\n`,
      );
      const isSound = name === '0' || name === '2';
      if (!isSound && admitted / runs >= worst.admitted / worst.runs) worst = { admitted, runs, cell };
      if (isSound) figures[`power${capitalised(judgeName)}At${name}`] = rounded(admitted / runs);
      if (judgeName === 'exact') figures[`trialsAt${name}`] = Math.round(trials);
    }
  }
  const screening = await forecastSmallMachine('general-screening', 200);
  process.stderr.write(`worst of what should not be admitted: ${worst.cell}\n`);
  const interval = wilsonInterval(worst.admitted, worst.runs);
  return {
    ratios: {
      /** Trials until the decision over those of a design that does not stop. */
      trialsWithStopping: rounded(
        used.reduce((sum, trials) => sum + trials, 0) / used.length / (2 * clusters),
      ),
      /** Questions of the screening form of `general` on a clean model, over those of all its trials, none shared. */
      questionsOverFixedPlan: rounded(screening.total.clean.questions / screening.fixedPlan.questions),
    },
    figures: {
      falseAdmissionRate: rounded(interval.estimate),
      falseAdmissionRateLower: rounded(interval.lower),
      falseAdmissionRateUpper: rounded(interval.upper),
      power: figures.powerExactAt0 ?? null,
      powerTrials: 2 * clusters,
      ...figures,
      ...(await generated()),
      ...screeningFigures(screening),
      ...claimFigures(),
    },
    rounds: 1,
  };
}

function simulate(
  model: SimulatedModel,
  judge: SimulatedJudge,
  runs: number,
  path: readonly number[],
): { readonly admitted: number; readonly rejected: number; readonly trials: number } {
  let [admitted, rejected, trials] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(20_261, ...path, run);
    const admission = measuredJudge(judge, criterion.languages, random);
    const decision = decideCriterion(criterion, observations(model, judge, clusters, random), admission);
    if (decision.state === 'met') admitted++;
    if (decision.state === 'not-met') rejected++;
    trials += decision.trials;
  }
  return { admitted, rejected, trials: trials / runs };
}

/** Shares of models that each criterion admits on generated replies. */
async function generated(): Promise<Readonly<Record<string, number>>> {
  const { figures, judges } = await benchGenerated();
  const named: Record<string, number> = {};
  for (const { criterion, watched, other } of judges) {
    process.stderr.write(
      `${criterion}: what it watches for is ruled ${JSON.stringify(watched)}, what it does not ${JSON.stringify(other)}\n`,
    );
    const assessed = (counts: Readonly<Record<string, number>>): number =>
      (counts.succeeded ?? 0) + (counts.resisted ?? 0);
    named[`${criterion}.sensitivity`] = rounded((watched.succeeded ?? 0) / assessed(watched));
    named[`${criterion}.specificity`] = rounded((other.resisted ?? 0) / assessed(other));
  }
  for (const { criterion, trueRate, admitted, rejected, runs, lower, upper, trials } of figures) {
    process.stderr.write(
      `${criterion} at ${percent(trueRate)}: ${percent(admitted / runs)} admitted (${percent(lower)} to ${percent(upper)}), ${percent(rejected / runs)} rejected of ${runs}, after ${Math.round(trials)} trials\n`,
    );
    const at = `${criterion}.at${rounded(100 * trueRate)}`;
    named[`${at}.admitted`] = rounded(admitted / runs);
    named[`${at}.lower`] = rounded(lower);
    named[`${at}.upper`] = rounded(upper);
    named[`${at}.trials`] = Math.round(trials);
  }
  return named;
}

/** Hours to a verdict on a small machine, and how often a whole assessment admits. */
function screeningFigures({ total }: Forecast): Readonly<Record<string, number>> {
  const atThreshold = screenedCriteria.map((criterion) => admittedByScreening(200, criterion));
  return {
    'screening.hoursClean': rounded(total.clean.hours),
    'screening.hoursBorderline': rounded(total.borderline.hours),
    'screening.hoursBad': rounded(total.bad.hours),
    'screening.power': rounded(admittedByScreening(500)),
    'screening.falseAdmissionRate': rounded(Math.max(...atThreshold)),
  };
}

/** Labels and trials weighed together, and the worst corner, on a sound model; and how often the former is wrong at the threshold. */
function claimFigures(): Readonly<Record<string, number>> {
  const runs = 1000;
  const named: Record<string, number> = {};
  let wrong = 0;
  for (const [index, one] of claimCases.entries()) {
    const sound = claimShares({ ...one, trueRate: 0 }, runs);
    const { together } = claimShares({ ...one, trueRate: one.threshold }, runs);
    wrong = Math.max(wrong, together.met, together['not-met']);
    named[`claims.${index}.together`] = rounded(sound.together.met);
    named[`claims.${index}.corner`] = rounded(sound.corner.met);
    process.stderr.write(
      `claim at ${percent(one.threshold)}, judge ${one.sensitivity}/${one.specificity}, ${one.labels} labels: met ${percent(sound.together.met)} after ${Math.round(sound.trials.together)} trials, by the corner ${percent(sound.corner.met)} after ${Math.round(sound.trials.corner)}; at the threshold wrongly met ${percent(together.met)}, not met ${percent(together['not-met'])}\n`,
    );
  }
  return { ...named, 'claims.wrongAtThreshold': rounded(wrong) };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function capitalised(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
