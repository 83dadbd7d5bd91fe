// Bodies of /v1/x/guard: what the guard observed, the cases that it opened, and what a person does about them. Times are seconds since the
// Unix epoch.
import { z } from 'zod';
import { integerIn, type Maybe, optional, shortString } from './schema-parts.ts';

export type GuardSettingName = 'off' | 'observe' | 'ask' | 'measure';

const useClasses = ['chat', 'rag', 'agent', 'evaluation', 'labelling', 'synthetic-data'] as const;

/** What an account can declare. */
export type DeclaredUse = (typeof useClasses)[number];

/** `undeclared`: of accounts that never said. */
export type GuardedUse = DeclaredUse | 'undeclared';

export type GuardStatus = {
  readonly object: 'guard';
  readonly setting: GuardSettingName;
  /** The beginning of the week in which so many accounts of the organisation made so many requests. */
  readonly since: number;
  readonly accounts: number;
  readonly requests: number;
  readonly open_cases: number;
  /** Null where nothing is judged; `problem` says why. */
  readonly calibrated_at: number | null;
  readonly problem: string | null;
  /** How many honest weeks may alarm. */
  readonly rate: number | null;
  readonly classes: readonly {
    readonly class: GuardedUse;
    readonly honest_weeks: number;
    /** Below so many nothing of the class can alarm at the rate. */
    readonly needed: number;
    readonly can_alarm: boolean;
  }[];
};

/** What the calibration saw, and whether honest use is still like that; of all organisations together. */
export type GuardCalibration = {
  readonly object: 'guard_calibration';
  readonly version: number;
  readonly made_at: number;
  readonly source: 'log' | 'observed';
  readonly weeks: number;
  /** Whether accounts are compared with each other. */
  readonly links_accounts: boolean;
  readonly kinds: readonly { readonly class: GuardedUse; readonly kinds: readonly string[] }[];
  readonly drift: readonly {
    readonly class: GuardedUse;
    readonly weeks: number;
    readonly p: number;
    readonly drifted: boolean;
  }[];
};

export type GuardMeasureName = 'slow-down' | 'block';

export type GuardCaseState = 'open' | 'cleared';

export type GuardCaseSummary = {
  readonly id: string;
  readonly object: 'guard_case';
  readonly account: string;
  readonly account_name: string | null;
  /** That belong together, this one among them. */
  readonly accounts: number;
  readonly class: GuardedUse;
  /** `measure`: it exceeds the higher threshold as well. */
  readonly level: 'ask' | 'measure';
  readonly state: GuardCaseState;
  /** How far from honest weeks, in units of those. */
  readonly statistic: number;
  /** How probable as much is for an honest week of calibrated kinds at most; of several accounts, that they belong together by chance. */
  readonly bound: number;
  readonly requests: number;
  readonly trace_tokens: number;
  readonly week_began: number;
  readonly opened_at: number;
  readonly closed_at: number | null;
  /** Those in force. */
  readonly measures: readonly GuardMeasureName[];
};

export type GuardContribution = {
  readonly feature: string;
  readonly value: number;
  readonly honest_median: number;
  /** How many of 100 honest weeks have less of it. */
  readonly percentile: number;
  readonly log_odds: number;
};

export type GuardCluster = {
  readonly members: readonly {
    /** Null for one of another organisation. */
    readonly account: string | null;
    readonly name: string | null;
    readonly requests: number;
    readonly trace_tokens: number;
    /** The tests that join it to others. */
    readonly joined_by: readonly string[];
    /** Whether it has two reasons of different kinds; measures act on no other. */
    readonly measured: boolean;
  }[];
  readonly e_value: number;
  readonly novel_trace_tokens: number;
  /** Kinds of reasons, of which a measure needs two for each account. */
  readonly reasons: readonly string[];
  readonly links: readonly {
    readonly test: string;
    /** Members that it joins. */
    readonly accounts: number;
    /** The most neighbours that one of them has, and what honest ones have at most. */
    readonly neighbours: number;
    readonly limit: number;
    readonly e_value: number;
  }[];
  /** Pairs of places among the members, for each test enough to connect what it joins; none where there are too many to be drawn. */
  readonly edges: readonly { readonly test: string; readonly one: number; readonly other: number }[];
};

export type GuardCaseBody = Omit<GuardCaseSummary, 'measures'> & {
  /** Of which class, and how many were compared with. */
  readonly honest_weeks: number;
  /** At which request of the week the statistic was reached. */
  readonly reached_after: number;
  readonly rate: number;
  readonly thresholds: { readonly ask: number; readonly measure: number };
  readonly calibrated_at: number;
  /** The digest of the score. */
  readonly score: string;
  readonly contributions: readonly GuardContribution[];
  /** The fewest of them that, as in an honest week in the middle, leave no case; null where all together do not. */
  readonly cleared_by: readonly string[] | null;
  /** What the calibration saw; organisations other than that which asks are counted. */
  readonly kinds: readonly string[];
  readonly other_kinds: number;
  readonly not_known: readonly string[];
  /** Whether clearing it clears the cases that other organisations have of the same accounts: for whoever operates the server. */
  readonly clears_all: boolean;
  /** Null for a case of one account. */
  readonly cluster: GuardCluster | null;
  readonly measures: readonly {
    readonly name: GuardMeasureName;
    /** When it began; null where it is not in force. */
    readonly since: number | null;
    /** What it leaves: so many of the unit in the period. */
    readonly amount: number;
    readonly unit: string;
    readonly period: string;
    /** Another limit of the kind, which stays as it is; the measure cannot be had beside it. */
    readonly other_limit: string | null;
  }[];
  /** What was done about it, the newest first. */
  readonly log: readonly {
    readonly at: number;
    readonly action: string;
    /** That it is about; null for one about the case. */
    readonly measure: GuardMeasureName | null;
    /** Who: the identifier of a person or a service, or `server`, or `command-line`. */
    readonly by: string;
    readonly reason: string | null;
  }[];
};

export type GuardAccount = {
  /** Of the account. */
  readonly id: string;
  readonly object: 'guard_account';
  readonly name: string;
  /** What it declared; null where it never did. */
  readonly class: DeclaredUse | null;
  readonly declared_at: number | null;
  /** Of the week that runs. */
  readonly requests: number;
};

export type GuardCaseQuery = {
  readonly state?: Maybe<GuardCaseState>;
  readonly after?: Maybe<string>;
  readonly limit?: Maybe<number>;
};

const caseId = 'the id of a case';

export const guardCaseQuery: z.ZodType<GuardCaseQuery> = z.strictObject({
  state: optional(z.enum(['open', 'cleared'], { error: 'open or cleared' })),
  after: optional(shortString(100, caseId)),
  limit: optional(integerIn(1, 100)),
});

export type ReasonBody = { readonly reason: string };

const reason = shortString(1000, 'why, in up to 1000 characters; it is kept').refine(
  (text) => text.trim() !== '',
  { error: 'why, in up to 1000 characters; it is kept' },
);

export const reasonRequest: z.ZodType<ReasonBody> = z.strictObject({ reason });

export type GuardMeasureBody = ReasonBody & {
  readonly measure: GuardMeasureName;
  readonly in_force: boolean;
};

export const guardMeasureRequest: z.ZodType<GuardMeasureBody> = z.strictObject({
  measure: z.enum(['slow-down', 'block'], { error: 'slow-down or block' }),
  in_force: z.boolean({ error: 'true to begin it, false to end it' }),
  reason,
});

export type DeclaredUseBody = { readonly class: DeclaredUse; readonly reason?: Maybe<string> };

export const declaredUseRequest: z.ZodType<DeclaredUseBody> = z.strictObject({
  class: z.enum(useClasses, { error: `one of ${useClasses.join(', ')}` }),
  reason: optional(shortString(1000)),
});

const time = z.int().min(0);
const count = z.int().min(0);
const guardedUse = z.enum([...useClasses, 'undeclared']);
const probability = z.number().min(0).max(1);

export const guardStatusReply: z.ZodType<GuardStatus> = z.strictObject({
  object: z.literal('guard'),
  setting: z.enum(['off', 'observe', 'ask', 'measure']),
  ...{ since: time, accounts: count, requests: count, open_cases: count },
  ...{ calibrated_at: time.nullable(), problem: z.string().nullable(), rate: probability.nullable() },
  classes: z.array(
    z.strictObject({ class: guardedUse, honest_weeks: count, needed: count, can_alarm: z.boolean() }),
  ),
});

export const guardCalibrationReply: z.ZodType<GuardCalibration> = z.strictObject({
  object: z.literal('guard_calibration'),
  ...{ version: count, made_at: time, source: z.enum(['log', 'observed']), weeks: count },
  links_accounts: z.boolean(),
  kinds: z.array(z.strictObject({ class: guardedUse, kinds: z.array(z.string()) })),
  drift: z.array(z.strictObject({ class: guardedUse, weeks: count, p: probability, drifted: z.boolean() })),
});

const measureName = z.enum(['slow-down', 'block']);

const summary = {
  ...{ id: z.string(), object: z.literal('guard_case') },
  ...{ account: z.string(), account_name: z.string().nullable(), accounts: z.int().min(1) },
  ...{ class: guardedUse, level: z.enum(['ask', 'measure']), state: z.enum(['open', 'cleared']) },
  ...{ statistic: z.number(), bound: probability, requests: count, trace_tokens: count },
  ...{ week_began: time, opened_at: time, closed_at: time.nullable() },
} as const;

export const guardCaseSummaryReply: z.ZodType<GuardCaseSummary> = z.strictObject({
  ...summary,
  measures: z.array(measureName),
});

const cluster: z.ZodType<GuardCluster> = z.strictObject({
  members: z.array(
    z.strictObject({
      account: z.string().nullable(),
      name: z.string().nullable(),
      ...{ requests: count, trace_tokens: count },
      ...{ joined_by: z.array(z.string()), measured: z.boolean() },
    }),
  ),
  ...{ e_value: z.number(), novel_trace_tokens: count, reasons: z.array(z.string()) },
  links: z.array(
    z.strictObject({
      ...{ test: z.string(), accounts: count, neighbours: count, limit: z.number(), e_value: z.number() },
    }),
  ),
  edges: z.array(z.strictObject({ test: z.string(), one: count, other: count })),
});

export const guardCaseReply: z.ZodType<GuardCaseBody> = z.strictObject({
  ...summary,
  ...{ honest_weeks: count, reached_after: count, rate: probability },
  thresholds: z.strictObject({ ask: z.number(), measure: z.number() }),
  ...{ calibrated_at: time, score: z.string() },
  contributions: z.array(
    z.strictObject({
      ...{ feature: z.string(), value: z.number(), honest_median: z.number() },
      ...{ percentile: z.number().min(0).max(100), log_odds: z.number() },
    }),
  ),
  cleared_by: z.array(z.string()).nullable(),
  ...{ kinds: z.array(z.string()), other_kinds: count, not_known: z.array(z.string()) },
  clears_all: z.boolean(),
  cluster: cluster.nullable(),
  measures: z.array(
    z.strictObject({
      ...{ name: measureName, since: time.nullable(), amount: count, unit: z.string(), period: z.string() },
      other_limit: z.string().nullable(),
    }),
  ),
  log: z.array(
    z.strictObject({
      ...{ at: time, action: z.string(), measure: measureName.nullable(), by: z.string() },
      reason: z.string().nullable(),
    }),
  ),
});

/** An envelope of DSSE around a statement of in-toto. */
export const guardEvidenceReply: z.ZodType = z.strictObject({
  ...{ payloadType: z.string(), payload: z.string() },
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })),
});

export const guardAccountReply: z.ZodType<GuardAccount> = z.strictObject({
  ...{ id: z.string(), object: z.literal('guard_account'), name: z.string() },
  ...{ class: z.enum(useClasses).nullable(), declared_at: time.nullable(), requests: count },
});
