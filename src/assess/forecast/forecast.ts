// What an assessment by a policy takes, before it is begun: for every criterion whether it can be decided and after how many
// trials, and for all of them together questions, tokens, hours and money, with replies that criteria share counted once.
import type { DecisionBasis } from '../plan/decide-plan.ts';
import type { Cell, Trial } from '../plan/trial-plan.ts';
import { type Assumption, assumptions } from './assumed-model.ts';
import type { CriterionOutlook, Obstacle } from './outlook.ts';
import { completionTokens, type Rehearsal } from './rehearse.ts';
import type { TrialsUntilDecision } from './simulate-criterion.ts';

export type Speed = {
  /** Tokens per second of all sequences together. */
  readonly tokensPerSecond: number;
  readonly promptTokensPerSecond: number;
  /** Mean length of a reply without a limit of its own. */
  readonly replyTokens: number;
};

/** Per million tokens. */
export type Price = { readonly prompt: number; readonly completion: number };

export type Cost = {
  readonly questions: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly hours: number;
  /** Null without a price. */
  readonly money: number | null;
};

export type CriterionForecast = {
  readonly criterion: string;
  readonly required: boolean;
  /** Trials in the plan. */
  readonly planned: number;
  readonly obstacle: Obstacle | null;
  /** Null for checks and for what cannot be decided. */
  readonly until: Readonly<Record<Assumption, TrialsUntilDecision & { readonly cost: Cost }>> | null;
};

export type Forecast = {
  readonly criteria: readonly CriterionForecast[];
  /** If the model is so in every criterion; of a bad one, until its rejection is certain. */
  readonly total: Readonly<Record<Assumption, Cost>>;
  /** Every planned trial of every criterion, each with replies of its own. */
  readonly fixedPlan: Cost;
};

export type ForecastInput = {
  /** In the order of the policy. */
  readonly outlook: readonly CriterionOutlook[];
  readonly bases: readonly DecisionBasis[];
  readonly trials: readonly Trial[];
  readonly rehearsals: ReadonlyMap<Cell, Rehearsal>;
  /** Names of criteria in the order in which they are tried. */
  readonly order: readonly string[];
  readonly speed: Speed;
  readonly price?: Price | undefined;
};

export function forecastOf(input: ForecastInput): Forecast {
  const { outlook, bases, trials, order } = input;
  const costed = costing(input);
  const plannedOf = (index: number): readonly Trial[] =>
    (bases[index]?.clusters ?? []).flat().map((at) => trials[at] as Trial);
  const criteria = outlook.map(({ criterion, required, obstacle, until }, index): CriterionForecast => {
    const planned = plannedOf(index);
    const costs =
      until === null
        ? null
        : byAssumption((assumption) => ({
            ...until[assumption],
            cost: costed(planned.slice(0, Math.ceil(until[assumption].trials))),
          }));
    return { criterion: criterion.name, required, planned: planned.length, obstacle, until: costs };
  });
  const tried = order.flatMap((name) => {
    const index = criteria.findIndex(({ criterion }) => criterion === name);
    const { until, required } = criteria[index] as CriterionForecast;
    return until === null ? [] : [{ planned: plannedOf(index), until, required }];
  });
  return {
    criteria,
    total: byAssumption((assumption) => {
      const decisive = tried.findIndex(({ until, required }) => required && until[assumption].notMet > 0.5);
      const made = decisive === -1 ? tried : tried.slice(0, decisive + 1);
      return costed(
        made.flatMap(({ planned, until }) => planned.slice(0, Math.ceil(until[assumption].trials))),
      );
    }),
    fixedPlan: outlook.map((_, index) => costed(plannedOf(index))).reduce(sumOf, noCost(input.price)),
  };
}

/** What trials cost if those that ask the same share their replies. */
function costing({ rehearsals, speed, price }: ForecastInput): (trials: readonly Trial[]) => Cost {
  return (trials) => {
    const apart = new Map(trials.map((trial) => [trial.seed, trial])).values();
    let [questions, promptTokens, writtenTokens] = [0, 0, 0];
    for (const { cell } of apart) {
      const rehearsal = rehearsals.get(cell);
      if (rehearsal === undefined || rehearsal.refused !== null) continue;
      questions += rehearsal.questions;
      promptTokens += rehearsal.promptTokens;
      writtenTokens += completionTokens(rehearsal, speed.replyTokens);
    }
    const seconds = promptTokens / speed.promptTokensPerSecond + writtenTokens / speed.tokensPerSecond;
    const money =
      price === undefined ? null : (promptTokens * price.prompt + writtenTokens * price.completion) / 1e6;
    return { questions, promptTokens, completionTokens: writtenTokens, hours: seconds / 3600, money };
  };
}

function noCost(price: Price | undefined): Cost {
  const nothing = { questions: 0, promptTokens: 0, completionTokens: 0, hours: 0 };
  return { ...nothing, money: price === undefined ? null : 0 };
}

function sumOf(one: Cost, other: Cost): Cost {
  return {
    questions: one.questions + other.questions,
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    hours: one.hours + other.hours,
    money: one.money === null || other.money === null ? null : one.money + other.money,
  };
}

function byAssumption<Value>(of: (assumption: Assumption) => Value): Readonly<Record<Assumption, Value>> {
  return Object.fromEntries(assumptions.map((one) => [one, of(one)])) as Record<Assumption, Value>;
}
