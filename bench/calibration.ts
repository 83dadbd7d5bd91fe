// How often a calibration switches on what does not pay. The shipped model does not overthink: its countdown problems are answered
// once at temperature 0, probed at eight places of the thinking, and sampled; then 200 calibrations are made on as many problems,
// drawn with replacement. Counted is how often a cap, an early exit, a gate or samples that are broken off were selected, and how
// often that was false: by all problems it loses more than the margin, or costs no less. Beside it stands what early exit
// spares a scripted model that overthinks in a known way. TIEGEL_BENCH_PROBLEMS sets how many problems there are at most.
import { join } from 'node:path';
import { seededRandom, systemClock } from '../src/base/index.ts';
import { createLlamaEngine } from '../src/engine/index.ts';
import { tiegelTemplate } from '../src/formats/index.ts';
import {
  candidatesOf,
  compareWithBaseline,
  drawPools,
  programTasks,
  type Replayed,
  replayCandidates,
  selectFrom,
} from '../src/meter/index.ts';
import {
  collect,
  converse,
  describeStrategy,
  earlyTurn,
  type ProbedStrategy,
  type Strategy,
  servedTurn,
} from '../src/reasoning/index.ts';
import { createOverthinker } from '../src/reasoning/testing.ts';
import { wilsonInterval } from '../src/stats/index.ts';
import { type BenchResult, rounded } from './bench.ts';

const modelPath = join(import.meta.dirname, '..', 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');
const problems = Number(process.env.TIEGEL_BENCH_PROBLEMS ?? 400);
const samples = 4;
const margin = 0.02;
const calibrations = 200;
/** Of each interval; fewer than a command takes, which changes a bound by less than its own width. */
const resamples = 400;

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const { enabled, wrong, tasks, greedyAccuracy } = await enabledOnShippedModel();
  const spared = await sparedOfOverthinking();
  const share = (count: number) => wilsonInterval(count, calibrations);
  process.stderr.write(
    `enabled in ${enabled} of ${calibrations}, falsely in ${wrong} (95 % interval up to ${(100 * share(wrong).upper).toFixed(1)} %)\n`,
  );
  return {
    ratios: { earlyOverWholeScripted: rounded(spared.early / spared.whole) },
    figures: {
      ...{ problems: tasks, calibrations, greedyAccuracy: rounded(greedyAccuracy) },
      ...{ enabled: enabled / calibrations, enabledUpper: rounded(share(enabled).upper) },
      ...{ falselyEnabled: wrong / calibrations, falselyEnabledUpper: rounded(share(wrong).upper) },
      scriptedAccuracyEarly: rounded(spared.rightEarly),
      scriptedAccuracyWhole: rounded(spared.rightWhole),
    },
    rounds: 1,
  };
}

async function enabledOnShippedModel() {
  await using engine = await createLlamaEngine({
    ...{ model: 'nano', modelPath, compared: [], slots: 8, contextLength: 768 },
  });
  const serving = {
    sampling: { temperature: 0.8, topP: 1, maxTokens: 400 },
    ...{ thinkingBudget: null, systemPrompt: null },
  };
  const tasks = programTasks('countdown', { selection: 0, report: problems }, []);
  const { pools, probing } = await drawPools({
    ...{ engine, tasks, samples, maxProbes: 8, clock: systemClock, signal: new AbortController().signal },
    requestOf: ({ question }, index, sample) =>
      servedTurn(
        { serving, template: tiegelTemplate },
        {
          messages: [{ role: 'user', content: question }],
          sampling: sample === 0 ? { temperature: 0 } : { seed: 1_000 * index + sample },
        },
      ),
    onTask: (done) =>
      void (done % 100 === 0 && process.stderr.write(`${done} of ${tasks.length} problems\n`)),
  });
  const candidates = candidatesOf({ samples, margin, canCheck: false, probing });
  const results = replayCandidates(candidates, pools, seededRandom(1));
  const truth = new Map<Strategy, boolean>();
  for (const [base, families] of candidates.sparing)
    for (const strategy of families.flat()) {
      const [own, against] = [results.get(strategy), results.get(base)] as [Tasks, Tasks];
      const { accuracy, difference, costRatio } = compareWithBaseline(own, against, margin, seededRandom(2));
      truth.set(strategy, difference.estimate > -margin && costRatio.estimate < 1);
      if (base.type === 'greedy')
        process.stderr.write(
          `${describeStrategy(strategy).padEnd(72)} ${(100 * accuracy).toFixed(1)} %, ` +
            `${(100 * difference.estimate).toFixed(1)} (> ${(100 * difference.lower).toFixed(1)}) points over ${describeStrategy(base)}, ` +
            `${costRatio.estimate.toFixed(3)} (${costRatio.lower.toFixed(3)} to ${costRatio.upper.toFixed(3)}) of its tokens\n`,
        );
    }
  const counts = { enabled: 0, wrong: 0 };
  for (let calibration = 0; calibration < calibrations; calibration++) {
    const random = seededRandom(3, calibration);
    const drawn = pools.map(() => random.integer(0, pools.length - 1));
    const resampled = new Map(
      [...results].map(([strategy, all]) => [strategy, drawn.map((index) => all[index] as Replayed)]),
    );
    const { selected } = selectFrom(candidates, resampled, margin, random, resamples);
    const pays = truth.get(selected);
    if (pays === undefined) continue;
    counts.enabled++;
    if (!pays) counts.wrong++;
  }
  const right = pools.filter(({ greedy }) => greedy.correct).length;
  return { ...counts, tasks: tasks.length, greedyAccuracy: right / pools.length };
}

type Tasks = readonly Replayed[];

/** Fifty questions, of which every tenth is thought about in vain and the others are known after a fifth of the thinking. */
async function sparedOfOverthinking() {
  await using engine = createOverthinker((prompt) => {
    const number = Number(/question (\d+)/.exec(prompt)?.[1]);
    return { steps: 400, knows: number % 10 === 0 ? 401 : 80, before: 'changing' };
  });
  const strategy: ProbedStrategy = {
    ...{ type: 'early', every: 20, maxProbes: 15, rule: { type: 'agreement', equal: 3 } },
    ...{ answer: { type: 'text' }, probe: { begins: '', maxTokens: 16 } },
  };
  const sums = { early: 0, whole: 0, rightEarly: 0, rightWhole: 0 };
  for (let number = 0; number < 50; number++) {
    const request = servedTurn(
      {
        serving: {
          sampling: { temperature: 0, topP: 1, maxTokens: 2_000 },
          thinkingBudget: null,
          systemPrompt: null,
        },
        template: tiegelTemplate,
      },
      { messages: [{ role: 'user', content: `question ${number}` }] },
    );
    const early = await collect(
      earlyTurn({
        ...{ strategy, request, signal: new AbortController().signal },
        converse: (one, signal) => converse(engine, one, signal),
        place: async () => ({ [Symbol.dispose]: () => {} }),
      }),
    );
    const whole = await collect(converse(engine, request));
    sums.early += early.usage.completionTokens;
    sums.whole += whole.usage.completionTokens;
    sums.rightEarly += Number(early.answer === 'right') / 50;
    sums.rightWhole += Number(whole.answer === 'right') / 50;
  }
  return sums;
}
