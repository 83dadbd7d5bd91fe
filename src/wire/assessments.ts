// What GET /v1/x/models/{name}/assessments and what lies below it answer: the assessments of a model, what one of them decided and on what
// grounds, and its trials. Times are seconds since the Unix epoch, rates lie between 0 and 1.
import { z } from 'zod';
import { integerIn, type Maybe, optional, shortString } from './schema-parts.ts';

export type AssessmentVerdict = 'pass' | 'fail' | 'inconclusive';

export type AssessmentOutcome = 'admitted' | 'admitted-with-conditions' | 'rejected' | 'inconclusive';

/** One line of the history of a model, read without verifying the evidence. */
export type AssessmentSummary = {
  readonly id: string;
  readonly object: 'assessment';
  readonly model: string;
  readonly started_at: number;
  /** Null for one that has not ended, as are verdict and outcome. */
  readonly finished_at: number | null;
  readonly verdict: AssessmentVerdict | null;
  /** Null also for a battery without a policy. */
  readonly outcome: AssessmentOutcome | null;
  /** Name and version of the policy, else of the battery. */
  readonly decided_by: string;
};

export type AssessmentList = { readonly object: 'list'; readonly data: readonly AssessmentSummary[] };

export type CriterionState = 'met' | 'not-met' | 'undecided';

export type Interval = { readonly lower: number; readonly upper: number };

export type AssessedCriterion = {
  readonly name: string;
  readonly probe: string;
  readonly attacks: readonly string[];
  readonly judge: string;
  readonly metric: 'check' | 'answer-rate' | 'reasoning-rate' | 'paired-difference';
  /** These three are null for a check. */
  readonly side: 'at-most' | 'at-least' | null;
  readonly threshold: number | null;
  readonly confidence: number | null;
  /** `report`: a figure only. `condition`: it may be met with a content filter. */
  readonly on_failure: 'reject' | 'report' | 'condition';
  readonly state: CriterionState;
  readonly reason: string;
  readonly estimate: number | null;
  /** Of 95 %. */
  readonly interval: Interval | null;
  /** What decides: the true rate lies on its near side with the confidence, whatever was unassessed and however the judge errs. */
  readonly bound: number | null;
  readonly trials: number;
  readonly unassessed: number;
  readonly undeliverable: number;
  /** Without the content filters, where it was assessed with some. */
  readonly bare: { readonly state: CriterionState; readonly estimate: number | null } | null;
};

export type JudgeStanding = {
  readonly name: string;
  readonly version: string;
  /** `nothing`: never measured, so that it decides nothing. */
  readonly entitled_by: 'exact' | 'labels' | 'nothing';
  readonly measured: readonly {
    readonly family: string;
    readonly language: string;
    /** How much of what happened it finds, and of what did not it clears; null where nothing was labelled so. */
    readonly sensitivity: number | null;
    readonly specificity: number | null;
    readonly labels: number;
  }[];
};

export type AssessedHeatMap = {
  readonly probe: string;
  readonly categories: readonly string[];
  readonly attacks: readonly string[];
  /** Whether a judge that rules on it was measured well enough to decide; otherwise no colour says anything. */
  readonly measured: boolean;
  /** By category, then by attack; null where nothing was tried. */
  readonly cells: readonly (readonly (AssessedCell | null)[])[];
};

export type AssessedCell = {
  readonly trials: number;
  readonly succeeded: number;
  readonly unassessed: number;
  /** Null where nothing was assessed. */
  readonly rate: (Interval & { readonly estimate: number }) | null;
};

/** The served tuple: whatever changes in it makes another subject. */
export type AssessedSubject = {
  readonly weights: string | null;
  readonly tokenizer: string | null;
  readonly chat_template: string | null;
  readonly quantisation: string | null;
  readonly adapters: readonly string[];
  readonly draft: string | null;
  /** On a server, where there are no files to see. */
  readonly server: string | null;
  readonly endpoints: readonly string[];
  readonly server_model: string | null;
  readonly runtime_build: string;
  readonly temperature: number;
  readonly top_p: number;
  readonly max_tokens: number;
  readonly thinking_budget: number | null;
  readonly system_prompt: string | null;
  readonly filters: readonly string[];
};

export type AssessmentReport = {
  readonly id: string;
  readonly object: 'assessment_report';
  readonly model: string;
  readonly started_at: number;
  readonly finished_at: number;
  readonly verdict: AssessmentVerdict;
  readonly outcome: AssessmentOutcome | null;
  readonly decided_by: string;
  /** Of the policy; null for a battery without one. */
  readonly description: string | null;
  readonly conditions: readonly string[];
  /** Why it was broken off; null where it was not. */
  readonly stopped: string | null;
  /** What stands against an admission; first what was shown, then what could not be decided. */
  readonly obstacles: readonly {
    readonly criterion: string;
    readonly reason: string;
    readonly shown: boolean;
  }[];
  readonly criteria: readonly AssessedCriterion[];
  /** Of a battery without a policy. */
  readonly probes: readonly {
    readonly name: string;
    readonly verdict: AssessmentVerdict;
    readonly reason: string;
    readonly trials: number;
  }[];
  readonly judges: readonly JudgeStanding[];
  readonly heat_maps: readonly AssessedHeatMap[];
  readonly subject: AssessedSubject;
  readonly admission_key: string;
  readonly signature: {
    readonly state: 'trusted' | 'untrusted' | 'unsigned' | 'wrong';
    readonly key: string | null;
    readonly problem: string | null;
  };
  readonly evidence: {
    readonly digest: string;
    readonly root: string;
    readonly lines: number;
    /** Trials whose texts are withheld. */
    readonly withheld: number;
  };
  readonly not_tested: readonly string[];
  readonly not_meant: readonly string[];
};

export type TrialOutcome = 'succeeded' | 'resisted' | 'unassessed';

export type AssessedTrial = {
  /** Its place in the plan, by which the next page is asked for. */
  readonly id: string;
  readonly object: 'assessment_trial';
  readonly probe: string;
  readonly attack: string;
  readonly judge: string;
  readonly item: string;
  readonly category: string;
  readonly language: string;
  readonly state: 'ruled' | 'undeliverable' | 'failed';
  readonly outcome: TrialOutcome;
  readonly reasoning_outcome: TrialOutcome | 'absent' | null;
  /** Why nothing was ruled on. */
  readonly reason: string | null;
  /** The digest of texts that are withheld as sensitive. */
  readonly withheld: string | null;
  /** How many were made; only the first few are told, the decisive one among them. */
  readonly attempts_made: number;
  readonly attempts: readonly AssessedAttempt[];
};

/** Long texts are shortened. Without texts where they are withheld. */
export type AssessedAttempt = {
  readonly outcome: TrialOutcome;
  readonly reasoning_outcome: TrialOutcome | 'absent' | null;
  readonly finish: 'stop' | 'length' | 'content-filter';
  readonly completion_tokens: number;
  readonly asked: readonly { readonly role: string; readonly content: string }[];
  readonly reasoning: string;
  readonly answer: string;
  /** What the judge gave as its reason. */
  readonly ruling: string;
};

export type TrialQuery = {
  readonly criterion?: Maybe<string>;
  readonly probe?: Maybe<string>;
  readonly category?: Maybe<string>;
  readonly attack?: Maybe<string>;
  readonly outcome?: Maybe<TrialOutcome>;
  readonly after?: Maybe<string>;
  readonly limit?: Maybe<number>;
};

const word = optional(shortString(200));

export const trialQuery: z.ZodType<TrialQuery> = z.strictObject({
  ...{ criterion: word, probe: word, category: word, attack: word },
  outcome: optional(
    z.enum(['succeeded', 'resisted', 'unassessed'], { error: 'succeeded, resisted or unassessed' }),
  ),
  after: optional(z.string().regex(/^\d{1,9}$/, 'the id of a trial, a number')),
  limit: optional(integerIn(1, 50)),
});

const time = z.int().min(0);
const count = z.int().min(0);
const text = z.string().nullable();
const rate = z.number().nullable();
const verdict = z.enum(['pass', 'fail', 'inconclusive']);
const outcome = z.enum(['admitted', 'admitted-with-conditions', 'rejected', 'inconclusive']).nullable();
const interval = { lower: z.number(), upper: z.number() } as const;

export const assessmentListReply: z.ZodType<AssessmentList> = z.strictObject({
  object: z.literal('list'),
  data: z.array(
    z.strictObject({
      id: z.string(),
      object: z.literal('assessment'),
      model: z.string(),
      ...{ started_at: time, finished_at: time.nullable() },
      ...{ verdict: verdict.nullable(), outcome, decided_by: z.string() },
    }),
  ),
});

const state = z.enum(['met', 'not-met', 'undecided']);

const criterion: z.ZodType<AssessedCriterion> = z.strictObject({
  ...{ name: z.string(), probe: z.string(), attacks: z.array(z.string()), judge: z.string() },
  metric: z.enum(['check', 'answer-rate', 'reasoning-rate', 'paired-difference']),
  ...{ side: z.enum(['at-most', 'at-least']).nullable(), threshold: rate, confidence: rate },
  on_failure: z.enum(['reject', 'report', 'condition']),
  ...{ state, reason: z.string(), estimate: rate, bound: rate },
  interval: z.strictObject(interval).nullable(),
  ...{ trials: count, unassessed: count, undeliverable: count },
  bare: z.strictObject({ state, estimate: rate }).nullable(),
});

const judge: z.ZodType<JudgeStanding> = z.strictObject({
  ...{ name: z.string(), version: z.string(), entitled_by: z.enum(['exact', 'labels', 'nothing']) },
  measured: z.array(
    z.strictObject({
      ...{ family: z.string(), language: z.string() },
      ...{ sensitivity: rate, specificity: rate, labels: count },
    }),
  ),
});

const heatMap: z.ZodType<AssessedHeatMap> = z.strictObject({
  ...{ probe: z.string(), categories: z.array(z.string()), attacks: z.array(z.string()) },
  measured: z.boolean(),
  cells: z.array(
    z.array(
      z
        .strictObject({
          ...{ trials: count, succeeded: count, unassessed: count },
          rate: z.strictObject({ ...interval, estimate: z.number() }).nullable(),
        })
        .nullable(),
    ),
  ),
});

const subject: z.ZodType<AssessedSubject> = z.strictObject({
  ...{ weights: text, tokenizer: text, chat_template: text, quantisation: text },
  ...{ adapters: z.array(z.string()), draft: text },
  ...{ server: text, endpoints: z.array(z.string()), server_model: text, runtime_build: z.string() },
  ...{ temperature: z.number(), top_p: z.number(), max_tokens: count },
  ...{ thinking_budget: count.nullable(), system_prompt: text, filters: z.array(z.string()) },
});

export const assessmentReportReply: z.ZodType<AssessmentReport> = z.strictObject({
  ...{ id: z.string(), object: z.literal('assessment_report'), model: z.string() },
  ...{ started_at: time, finished_at: time, verdict, outcome, decided_by: z.string() },
  ...{ description: text, conditions: z.array(z.string()), stopped: text },
  obstacles: z.array(z.strictObject({ criterion: z.string(), reason: z.string(), shown: z.boolean() })),
  criteria: z.array(criterion),
  probes: z.array(z.strictObject({ name: z.string(), verdict, reason: z.string(), trials: count })),
  ...{ judges: z.array(judge), heat_maps: z.array(heatMap), subject, admission_key: z.string() },
  signature: z.strictObject({
    state: z.enum(['trusted', 'untrusted', 'unsigned', 'wrong']),
    ...{ key: text, problem: text },
  }),
  evidence: z.strictObject({ digest: z.string(), root: z.string(), lines: count, withheld: count }),
  ...{ not_tested: z.array(z.string()), not_meant: z.array(z.string()) },
});

const ruled = z.enum(['succeeded', 'resisted', 'unassessed']);
const chainRuled = z.enum(['succeeded', 'resisted', 'unassessed', 'absent']).nullable();

const attempt: z.ZodType<AssessedAttempt> = z.strictObject({
  ...{ outcome: ruled, reasoning_outcome: chainRuled },
  ...{ finish: z.enum(['stop', 'length', 'content-filter']), completion_tokens: count },
  asked: z.array(z.strictObject({ role: z.string(), content: z.string() })),
  ...{ reasoning: z.string(), answer: z.string(), ruling: z.string() },
});

export const assessedTrialReply: z.ZodType<AssessedTrial> = z.strictObject({
  ...{ id: z.string(), object: z.literal('assessment_trial'), probe: z.string(), attack: z.string() },
  ...{ judge: z.string(), item: z.string(), category: z.string(), language: z.string() },
  state: z.enum(['ruled', 'undeliverable', 'failed']),
  ...{ outcome: ruled, reasoning_outcome: chainRuled, reason: text, withheld: text },
  ...{ attempts_made: count, attempts: z.array(attempt) },
});
