// What GET /v1/x/meter, GET /v1/x/prices and POST /v1/x/meter/plan take and answer: what a correct answer costs by model, effort and
// strategy as it was calibrated and reported, what hosts ask by the token, and what a fleet for requests as they come needs.
// Times are seconds since the Unix epoch, rates and accuracies lie between 0 and 1, intervals are of 95 %.
import { z } from 'zod';
import { count } from './reply-parts.ts';
import {
  boundedList,
  integerIn,
  type Maybe,
  modelName,
  numberIn,
  optional,
  shortString,
} from './schema-parts.ts';

export type MeteredEstimate = { readonly estimate: number; readonly lower: number; readonly upper: number };

/** `more_than`: hardly anything was correct, so that only a lower bound is known. */
export type MeteredCost =
  | ({ readonly type: 'estimated' } & MeteredEstimate)
  | { readonly type: 'more_than'; readonly bound: number };

export type MeteredRow = {
  readonly strategy: string;
  readonly accuracy: MeteredEstimate;
  readonly samples_per_task: number;
  readonly tokens: MeteredCost;
  readonly seconds: MeteredCost;
  /** Null where nobody knows; `high` is null where a part is not known, so that it is at least `low`. */
  readonly joules: {
    readonly method: 'measured' | 'modelled' | 'unknown';
    readonly low: MeteredCost;
    readonly high: MeteredCost | null;
  } | null;
  /** Null where nothing says what it costs. */
  readonly money: MeteredCost | null;
  /** Null for the reply at temperature 0 itself. */
  readonly over_greedy: {
    readonly difference: number;
    /** One-sided bound. */
    readonly at_least: number;
    /** Of tokens per correct answer; null where one of them has none. */
    readonly cost_ratio: MeteredEstimate | null;
  } | null;
};

export type MeteredReport = {
  readonly made_at: number;
  readonly command: string;
  readonly tasks: number;
  /** Whether the model is served now as it was then. */
  readonly current: boolean;
  readonly rows: readonly MeteredRow[];
  /** The reply at temperature 0 with so much thinking at most, from little to any. */
  readonly budgets: readonly MeteredRow[];
  readonly energy: {
    readonly method: 'measured' | 'modelled' | 'unknown';
    readonly sources: readonly string[];
    readonly unknown: readonly string[];
  };
  readonly money: string | null;
};

export type MeteredCalibration = {
  readonly made_at: number;
  readonly tasks: number;
  readonly samples: number;
  readonly temperature: number;
  readonly margin: number;
  readonly current: boolean;
  readonly selected: string;
  /** One reply at temperature 0 is as good, so that no strategy is used. */
  readonly off: boolean;
  readonly tried: readonly {
    readonly strategy: string;
    readonly baseline: 'all samples' | 'selected';
    readonly accuracy: number;
    readonly tokens_per_task: number;
    readonly difference: number;
    readonly at_least: number;
    /** Not worse than the baseline by more than the margin. */
    readonly shown: boolean;
    readonly cost_ratio: number | null;
  }[];
};

export type MeteredModel = {
  readonly object: 'metered_model';
  readonly model: string;
  /** Null: for requests that name none. */
  readonly effort: string | null;
  readonly calibration: MeteredCalibration | null;
  readonly report: MeteredReport | null;
  /** What this server does with the calibration since its start; null where it was not started with it. */
  readonly served: { readonly replies: number; readonly drifted: boolean } | null;
};

export type MeteredModelList = {
  readonly object: 'list';
  readonly data: readonly MeteredModel[];
  /** Files that cannot be used, and why. */
  readonly unreadable: readonly { readonly file: string; readonly problem: string }[];
};

const number = z.number();
const estimate = { estimate: number, lower: number, upper: number } as const;

const cost = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('estimated'), ...estimate }),
  z.strictObject({ type: z.literal('more_than'), bound: number }),
]);

const method = z.enum(['measured', 'modelled', 'unknown']);

const row: z.ZodType<MeteredRow> = z.strictObject({
  ...{ strategy: z.string(), accuracy: z.strictObject(estimate), samples_per_task: number },
  ...{ tokens: cost, seconds: cost, money: cost.nullable() },
  joules: z.strictObject({ method, low: cost, high: cost.nullable() }).nullable(),
  over_greedy: z
    .strictObject({
      ...{ difference: number, at_least: number },
      cost_ratio: z.strictObject(estimate).nullable(),
    })
    .nullable(),
});

const report: z.ZodType<MeteredReport> = z.strictObject({
  ...{ made_at: count, command: z.string(), tasks: count, current: z.boolean() },
  ...{ rows: z.array(row), budgets: z.array(row), money: z.string().nullable() },
  energy: z.strictObject({ method, sources: z.array(z.string()), unknown: z.array(z.string()) }),
});

const calibration: z.ZodType<MeteredCalibration> = z.strictObject({
  ...{ made_at: count, tasks: count, samples: count, temperature: number, margin: number },
  ...{ current: z.boolean(), selected: z.string(), off: z.boolean() },
  tried: z.array(
    z.strictObject({
      ...{ strategy: z.string(), baseline: z.enum(['all samples', 'selected']), accuracy: number },
      ...{ tokens_per_task: number, difference: number, at_least: number, shown: z.boolean() },
      cost_ratio: number.nullable(),
    }),
  ),
});

export const meteredModelsReply: z.ZodType<MeteredModelList> = z.strictObject({
  object: z.literal('list'),
  data: z.array(
    z.strictObject({
      ...{ object: z.literal('metered_model'), model: z.string(), effort: z.string().nullable() },
      ...{ calibration: calibration.nullable(), report: report.nullable() },
      served: z.strictObject({ replies: count, drifted: z.boolean() }).nullable(),
    }),
  ),
  unreadable: z.array(z.strictObject({ file: z.string(), problem: z.string() })),
});

/** What a host asked from a moment on, for a million tokens. */
export type HostedPriceRecord = {
  readonly object: 'hosted_price';
  readonly id: string;
  readonly host: string;
  readonly model: string;
  readonly currency: string;
  /** Decimal. */
  readonly input: string;
  readonly cached_input: string | null;
  readonly output: string;
  readonly from: number;
  /** Null where no end is known. */
  readonly until: number | null;
  /** Minutes of the day of UTC; null: all day. */
  readonly hours: { readonly from: number; readonly to: number } | null;
  readonly source: {
    readonly name: string;
    readonly kind: 'vendor' | 'list' | 'press';
    /** The day on which it was last seen to hold. */
    readonly seen: string;
  };
  readonly start_verified: boolean;
};

export type HostedPriceList = { readonly object: 'list'; readonly data: readonly HostedPriceRecord[] };

export const hostedPricesReply: z.ZodType<HostedPriceList> = z.strictObject({
  object: z.literal('list'),
  data: z.array(
    z.strictObject({
      ...{ object: z.literal('hosted_price'), id: z.string(), host: z.string(), model: z.string() },
      ...{ currency: z.string(), input: z.string(), cached_input: z.string().nullable() },
      ...{ output: z.string(), from: count, until: count.nullable(), start_verified: z.boolean() },
      hours: z.strictObject({ from: count, to: count }).nullable(),
      source: z.strictObject({
        ...{ name: z.string(), kind: z.enum(['vendor', 'list', 'press']), seen: z.string() },
      }),
    }),
  ),
});

/** Which requests are planned for: those that came, or such as nobody has seen yet. */
export type PlannedRequests =
  | {
      readonly from: 'ledger';
      /** Of the last so many days. @default 7 */
      readonly days?: Maybe<number>;
      readonly model?: Maybe<string>;
    }
  | {
      readonly from: 'rates';
      readonly per_second: number;
      /** Squared coefficient of variation of the gaps between requests. @default 1 */
      readonly gap_variation?: Maybe<number>;
      /** Means. */
      readonly prompt_tokens: number;
      readonly completion_tokens: number;
    };

export type PlanRequest = {
  readonly requests: PlannedRequests;
  /** As `tiegel bench` says: tokens a second of so many sequences together. */
  readonly speeds: readonly { readonly sequences: number; readonly tokens_per_second: number }[];
  /** @default 4000 */
  readonly prompt_tokens_per_second?: Maybe<number>;
  /** Seconds for the first token, that 95 of 100 requests keep. @default 2 */
  readonly wait_seconds?: Maybe<number>;
  /** Requests over those that came. @default 1 */
  readonly growth?: Maybe<number>;
  readonly replica_hour?: Maybe<number>;
  /** Share of the requests that are answered right. */
  readonly accuracy?: Maybe<number>;
  /** HOST/MODEL of a price by the token to compare with. */
  readonly hosted?: Maybe<string>;
  /** By how much a price falls, for the demand that this brings. @default 2 */
  readonly cheaper?: Maybe<number>;
};

const requests = z.discriminatedUnion(
  'from',
  [
    z.strictObject({
      from: z.literal('ledger'),
      days: optional(integerIn(1, 90)),
      model: optional(modelName),
    }),
    z.strictObject({
      from: z.literal('rates'),
      per_second: numberIn(0.001, 1_000),
      gap_variation: optional(numberIn(0.05, 1_000)),
      prompt_tokens: numberIn(1, 100_000),
      completion_tokens: numberIn(1, 100_000),
    }),
  ],
  { error: 'an object whose "from" is "ledger" or "rates"' },
);

const speedForm = 'objects {"sequences": integer, "tokens_per_second": number}';

export const planRequest: z.ZodType<PlanRequest> = z.strictObject({
  requests,
  speeds: boundedList(
    z.strictObject(
      { sequences: integerIn(1, 1_024), tokens_per_second: numberIn(0.01, 1_000_000) },
      { error: speedForm },
    ),
    [1, 16],
    'a list of 1 to 16 speeds',
  ),
  prompt_tokens_per_second: optional(numberIn(1, 10_000_000)),
  wait_seconds: optional(numberIn(0.01, 3_600)),
  growth: optional(numberIn(0.1, 10)),
  replica_hour: optional(numberIn(0, 1_000_000)),
  accuracy: optional(numberIn(0.001, 1)),
  hosted: optional(shortString(200, 'HOST/MODEL of a hosted price')),
  cheaper: optional(numberIn(1, 100)),
});

export type FleetPlanBody = {
  readonly object: 'fleet_plan';
  readonly requests: {
    readonly count: number;
    readonly seconds: number;
    readonly clients: number;
    /** Share of the tokens that the client with the most has. */
    readonly largest_client: number;
    readonly gap_variation: number;
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
  };
  readonly fleets: readonly {
    readonly replicas: number;
    /** Seconds until the first token, of 50 and of 95 of 100 requests. */
    readonly p50: number;
    readonly p95: number;
    /** Of traces drawn from parts of this one, the tenth lowest and highest of 100. */
    readonly p95_lower: number;
    readonly p95_upper: number;
    readonly idle: number;
    /** What the formula of an M/M/k queue says; null where it is overloaded. */
    readonly formula_p95: number | null;
  }[];
  /** Null where no fleet of the largest size keeps the wait. */
  readonly needed: number | null;
  readonly head_room: number | null;
  readonly costs: {
    readonly per_hour: number;
    readonly per_million_completion_tokens: number;
    readonly per_correct_answer: number | null;
    readonly hosted_per_hour: number | null;
    readonly break_even: number | null;
    /** Whose price the hosted one is, and how it is known. */
    readonly hosted_source: string | null;
  } | null;
  readonly demand: readonly {
    readonly elasticity: number;
    readonly requests: number;
    readonly compute: number;
    readonly needed: number | null;
  }[];
};

export const fleetPlanReply: z.ZodType<FleetPlanBody> = z.strictObject({
  object: z.literal('fleet_plan'),
  requests: z.strictObject({
    ...{ count, seconds: number, clients: count, largest_client: number, gap_variation: number },
    ...{ prompt_tokens: count, completion_tokens: count },
  }),
  fleets: z.array(
    z.strictObject({
      ...{ replicas: count, p50: number, p95: number, p95_lower: number, p95_upper: number },
      ...{ idle: number, formula_p95: number.nullable() },
    }),
  ),
  needed: count.nullable(),
  head_room: number.nullable(),
  costs: z
    .strictObject({
      ...{ per_hour: number, per_million_completion_tokens: number },
      ...{ per_correct_answer: number.nullable(), hosted_per_hour: number.nullable() },
      ...{ break_even: number.nullable(), hosted_source: z.string().nullable() },
    })
    .nullable(),
  demand: z.array(
    z.strictObject({
      ...{ elasticity: number, requests: number, compute: number, needed: count.nullable() },
    }),
  ),
});
