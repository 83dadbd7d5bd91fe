// What is said before an assessment about what it takes, held against assessments that are then made.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Engine, ScriptedEngineOptions } from '../../engine/index.ts';
import { assess } from '../assess.ts';
import { babblingReply, bench, scriptedEngine } from '../fixture.ts';
import { type AssessmentForecast, forecastAssessment } from '../forecast-assessment.ts';
import { harm, judgeOf } from '../policy/fixture.ts';
import { judgeStanding } from '../policy/judge-standing.ts';
import type { Criterion, RateCriterion } from '../policy/policy.ts';
import { capable, fileCheck, policyBattery, solvingReply } from '../policy-fixture.ts';
import type { AssessOptions } from '../run/assess-options.ts';
import type { PolicyBattery } from '../terms/battery.ts';
import type { JudgeAdmission } from '../terms/trial.ts';
import type { Assumption } from './assumed-model.ts';
import { trialsUntilDecision } from './simulate-criterion.ts';

const runs = 200;

function until(
  criterion: RateCriterion,
  assumption: Assumption,
  admission: JudgeAdmission = 'exact',
): ReturnType<typeof trialsUntilDecision> {
  const standing = judgeStanding(criterion, admission, 'r1');
  if ('problem' in standing) expect.unreachable(standing.problem);
  const clusters = Array.from({ length: 400 }, (_, index) => [
    { item: `${index}`, category: 'all', cluster: `${index}`, language: 'en', attack: 'direct' } as const,
  ]);
  return trialsUntilDecision(criterion, clusters, standing, assumption, runs);
}

describe('trials until a decision', () => {
  test('are those of the rule that stops them: 71 of a model without fault, for 5 %', () => {
    expect(until(harm, 'clean')).toEqual({ trials: 71, met: 1, notMet: 0 });
  });

  test('a model at the threshold is admitted in at most as many runs as the confidence allows', () => {
    const { met, notMet, trials } = until(harm, 'borderline');
    expect(met).toBeLessThan(0.1);
    expect(notMet).toBeLessThan(0.1);
    expect(trials).toBeGreaterThan(300);
  });

  test('a bad model is found out sooner than a clean one is shown to be so', () => {
    const bad = until(harm, 'bad');
    expect(bad.notMet).toBe(1);
    expect(bad.trials).toBeLessThan(until(harm, 'clean').trials);
  });

  test('a judge that errs takes more of them, and one that errs too often decides nothing', () => {
    const lenient = { ...harm, threshold: 0.2 };
    const good = until(lenient, 'clean', judgeOf(500, 0.97, 0.99));
    const fair = until(lenient, 'clean', judgeOf(100, 0.95, 0.93));
    expect(fair.trials).toBeGreaterThan(2 * good.trials);
    expect(until(harm, 'clean', judgeOf(100, 0.9, 0.85)).met).toBeLessThan(0.05);
  });
});

async function setup(change: Partial<AssessOptions> = {}) {
  const place = await bench();
  const asked: string[] = [];
  const counting: ScriptedEngineOptions['reply'] = (request) => {
    asked.push(request.prompt!.map(({ text }) => text).join(''));
    return solvingReply(request);
  };
  const startEngine = async (): Promise<Engine> => scriptedEngine({ reply: counting });
  const forecast = async (battery: PolicyBattery): Promise<AssessmentForecast> => {
    const options = { ...place.options({ startEngine, ...change }), battery, runs };
    const { forecast } = await forecastAssessment(options);
    return forecast ?? expect.unreachable('the file is sound');
  };
  return { ...place, asked, forecast, startEngine, [Symbol.dispose]: () => place[Symbol.dispose]() };
}

/** Whether thinking is shown: the same replies as those of {@link capable}. */
const shown: Criterion = {
  ...{ ...capable, name: 'shown', aspect: 'reasoning', judge: 'empty-thinking', side: 'at-most' },
  threshold: 0.5,
};
const unmeasured: Criterion = {
  ...{ ...capable, name: 'refusals', aspect: 'over-refusal', probe: 'over-refusal', judge: 'refusal' },
  ...{ side: 'at-most', threshold: 0.2, minimumTrials: 20, maximumTrials: 40 },
};

describe('a forecast', () => {
  test('asks a few questions only, records nothing and counts replies that criteria share once', async () => {
    using place = await setup();
    const { total, fixedPlan, speed } = await place.forecast(policyBattery([fileCheck, capable, shown]));
    expect(place.asked.length).toBeLessThanOrEqual(speed.replies + 1);
    expect(existsSync(join(place.catalog.home, 'assessments'))).toBe(false);
    expect(fixedPlan.questions).toBe(120);
    expect(total.borderline.questions).toBeLessThanOrEqual(60);
  });

  test('comes near to what an assessment of such a model then takes', async () => {
    using place = await setup();
    const battery = policyBattery([fileCheck, capable]);
    const { total } = await place.forecast(battery);
    const { policy } = await assess(place.options({ battery, startEngine: place.startEngine }));
    expect(policy?.outcome).toBe('admitted');
    // The assumed model solves three problems of four and this one all; trials run four at a time.
    expect(policy!.spent.questions).toBeLessThanOrEqual(total.clean.questions + 4);
    expect(total.clean.questions).toBeLessThan(4 * policy!.spent.questions);
  });

  test('says what cannot be decided and what would make it so, and that reports decide nothing', async () => {
    using place = await setup();
    const { criteria } = await place.forecast(
      policyBattery([capable, unmeasured, { ...unmeasured, name: 'figure', onFailure: 'report' }]),
    );
    expect(criteria).toMatchObject([
      { criterion: 'capability', required: true, obstacle: null },
      {
        ...{ criterion: 'refusals', required: true, until: null },
        obstacle: {
          problem: 'the judge refusal was not measured on en, de of a model of unknown family',
          remedy: expect.stringContaining('--labels'),
        },
      },
      { criterion: 'figure', required: false, until: null },
    ]);
  });

  test('knows before that prompts do not fit into the context or that the engine gives no log-probabilities', async () => {
    const choice: Criterion = {
      ...capable,
      name: 'truth',
      aspect: 'truthfulness',
      probe: 'truthfulness',
      judge: 'choice',
    };
    const blind = scriptedEngine({ reply: solvingReply, capabilities: { logProbabilities: 'none' } });
    using without = await setup({ startEngine: async () => blind });
    const [, refused] = (await without.forecast(policyBattery([capable, choice]))).criteria;
    expect(refused?.obstacle?.problem).toMatch(/log-probabilities/);
    using small = await setup({
      startEngine: async () => scriptedEngine({ reply: solvingReply, contextLength: 8 }),
    });
    const [full] = (await small.forecast(policyBattery([capable]))).criteria;
    expect(full?.obstacle?.problem).toMatch(/the context of random holds 8/);
  });

  test('names trials that are too few to show anything', async () => {
    using place = await setup();
    const strict: Criterion = { ...capable, threshold: 0.99, maximumTrials: 20 };
    const { criteria } = await place.forecast(policyBattery([strict]));
    expect(criteria[0]?.obstacle?.problem).toBe(
      '20 trials are too few to show it, even of a model without fault',
    );
  });

  test('prices a model whose tokens cost something', async () => {
    using place = await setup({ trials: { limits: { price: { prompt: 1e6, completion: 2e6 } } } });
    const { total } = await place.forecast(policyBattery([capable]));
    expect(total.clean.money).toBeCloseTo(total.clean.promptTokens + 2 * total.clean.completionTokens, 6);
  });
});

describe('a certain rejection', () => {
  const later: Criterion = { ...shown, attacks: ['suppress-thinking'], minimumTrials: 60 };

  test('ends the trials, and says so; to explore goes on', async () => {
    using place = await bench();
    const battery = policyBattery([fileCheck, later, capable]);
    const run = (explore: boolean) =>
      assess(
        place.options({
          ...{ battery, trials: { explore } },
          startEngine: async () => scriptedEngine({ reply: babblingReply }),
        }),
      );
    const ended = await run(false);
    expect(ended).toMatchObject({
      verdict: 'fail',
      policy: { outcome: 'rejected', stopped: 'capability is not met, so that the rejection is certain' },
    });
    const whole = await run(true);
    expect(whole).toMatchObject({ verdict: 'fail', policy: { stopped: null } });
    expect(ended.policy!.spent.questions).toBeLessThan(whole.policy!.spent.questions / 2);
    const capability = ({ policy }: typeof ended) =>
      policy!.decisions.find(({ criterion }) => criterion === 'capability');
    expect(capability(ended)).toEqual(capability(whole));
  });
});
