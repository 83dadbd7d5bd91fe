// How a request asks for several samples of its reply to be spent on one answer, or for its thinking to be probed, alike in all
// dialects that hold conversations, and how the reply tells what was done.
import { z } from 'zod';
import { count } from './reply-parts.ts';
import {
  integerIn,
  type Maybe,
  numberIn,
  optional,
  requestLimits,
  shortString,
  thinkingLimit,
} from './schema-parts.ts';

/** When a vote may end before all samples are drawn. */
export type StoppingRuleFields =
  | { readonly type: 'all' | 'exact' }
  | { readonly type: 'beta'; readonly level: number }
  | { readonly type: 'window'; readonly size: number }
  | { readonly type: 'e-value'; readonly alpha: number };

/** What of an answer is compared with others. */
export type AnswerFields =
  | { readonly type: 'text' | 'number' | 'boxed' }
  | { readonly type: 'pointer'; readonly pointer: string };

type SampleFields = {
  /** @default 8, or the operator's maximum where that is less */
  readonly max_samples?: Maybe<number>;
  /** Samples that may run at the same time. @default one by one */
  readonly at_once?: Maybe<number>;
};

/** When probed thinking may end. */
export type ExitRuleFields =
  | { readonly type: 'agreement'; readonly equal: number }
  | { readonly type: 'confidence'; readonly level: number };

export type StrategyRequest =
  | (SampleFields & {
      readonly type: 'vote';
      readonly rule?: Maybe<StoppingRuleFields>;
      readonly answer?: Maybe<AnswerFields>;
      /** The reply at temperature 0 is taken where the model is so sure of its answer. */
      readonly gate?: Maybe<number>;
      /** Samples whose thinking is so unsure are broken off. */
      readonly break_off?: Maybe<{ readonly window: number; readonly below: number }>;
    })
  | (SampleFields & { readonly type: 'verify'; readonly checker: string })
  | CascadeFields
  | EarlyExitFields;

export type CascadeFields = {
  readonly type: 'cascade';
  /** From cheap to dear. */
  readonly tiers: readonly {
    /** @default the model of the request */
    readonly model?: Maybe<string>;
    /** Tokens of thinking; null for what the request and the model allow. */
    readonly max_thinking_tokens?: Maybe<number>;
  }[];
  readonly accept:
    | { readonly type: 'check'; readonly checker: string }
    | { readonly type: 'confidence'; readonly level: number };
};

export type EarlyExitFields = {
  readonly type: 'early';
  /** Tokens of thinking between two probes. @default 64 */
  readonly every?: Maybe<number>;
  /** @default `token` */
  readonly at?: Maybe<'token' | 'paragraph'>;
  /** @default 8, or what the operator's maximum of samples leaves */
  readonly max_probes?: Maybe<number>;
  readonly rule?: Maybe<ExitRuleFields>;
  readonly answer?: Maybe<AnswerFields>;
  readonly probe?: Maybe<{ readonly begins?: Maybe<string>; readonly max_tokens?: Maybe<number> }>;
};

/** What is ours in a request. */
export type StrategyFields = {
  readonly x_tiegel?: Maybe<{ readonly strategy?: Maybe<StrategyRequest> }>;
};

/** What was done, and what each sample took of the usage. */
export type StrategyExtension = {
  readonly type: 'vote' | 'verify' | 'early' | 'cascade';
  /** `model`: the thinking was probed, and ended by itself all the same. `failure`: the last tier of a cascade gave no answer. */
  /** `unverified`: whoever checks answers could not say whether one is right. */
  readonly stopped_by: 'rule' | 'verified' | 'unverified' | 'max_samples' | 'limit' | 'model' | 'failure';
  /** Index of the sample that is the reply; of probed thinking it is the first, and the others are the probes. */
  readonly chosen: number;
  /** Share of the samples looked at that gave its answer; null where none was held. */
  readonly agreement: number | null;
  readonly verified: boolean | null;
  readonly samples: readonly {
    readonly prompt_tokens: number;
    readonly cached_tokens: number;
    readonly completion_tokens: number;
    readonly reasoning_tokens: number;
    /** Null where it was aborted. */
    readonly finish_reason: string | null;
    /** Equal numbers for equal answers of a vote, or of probes. */
    readonly answer: number | null;
  }[];
  /** Of a cascade over several models, one a sample. */
  readonly tiers?: readonly TierExtension[];
};

/** A tier that was asked: a request of its own with limits, a price and a row of the ledger of its own. */
export type TierExtension = {
  readonly model: string;
  readonly request_id: string | null;
  /** `kept`: it was the last one, on whose answer nothing decides; `declined` and `failed`: the next one was asked. */
  readonly outcome: 'accepted' | 'kept' | 'declined' | 'failed';
  /** What it failed with. */
  readonly code: string | null;
  /** Null where no price is known. */
  readonly cost: { readonly amount: string; readonly currency: string; readonly price: string } | null;
};

const probability = z
  .number({ error: 'a number between 0 and 1' })
  .gt(0, { error: 'a number between 0 and 1' })
  .lt(1, { error: 'a number between 0 and 1' });

const rule = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal(['all', 'exact']) }),
    z.strictObject({ type: z.literal('beta'), level: numberIn(0.5, 0.999) }),
    z.strictObject({ type: z.literal('window'), size: integerIn(2, requestLimits.samples) }),
    z.strictObject({ type: z.literal('e-value'), alpha: probability }),
  ],
  { error: 'one of "all", "exact", "beta", "window" and "e-value"' },
);

const answer = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal(['text', 'number', 'boxed']) }),
    z.strictObject({
      type: z.literal('pointer'),
      pointer: z
        .string({ error: 'a JSON pointer' })
        .max(256, { error: 'at most 256 characters' })
        .regex(/^(?:\/(?:[^~/]|~[01])*)*$/, { error: 'a JSON pointer, such as /answer' }),
    }),
  ],
  { error: 'one of "text", "number", "boxed" and "pointer"' },
);

const shared = {
  max_samples: optional(integerIn(2, requestLimits.samples)),
  at_once: optional(integerIn(1, requestLimits.samples)),
};

const breakOffForm = 'an object {"window": integer, "below": number}';

const earlyExit: z.ZodType<EarlyExitFields> & z.core.$ZodTypeDiscriminable = z.strictObject({
  type: z.literal('early'),
  every: optional(integerIn(8, 16_384)),
  at: optional(z.enum(['token', 'paragraph'], { error: '"token" or "paragraph"' })),
  max_probes: optional(integerIn(1, requestLimits.samples)),
  rule: optional(
    z.discriminatedUnion(
      'type',
      [
        z.strictObject({ type: z.literal('agreement'), equal: integerIn(2, requestLimits.samples) }),
        z.strictObject({ type: z.literal('confidence'), level: probability }),
      ],
      { error: 'one of "agreement" and "confidence"' },
    ),
  ),
  answer: optional(answer),
  probe: optional(
    z.strictObject(
      {
        begins: optional(z.string({ error: 'a text' }).max(256, { error: 'at most 256 characters' })),
        max_tokens: optional(integerIn(1, 1_024)),
      },
      { error: 'an object {"begins": string, "max_tokens": integer}' },
    ),
  ),
});

const cascade: z.ZodType<CascadeFields> & z.core.$ZodTypeDiscriminable = z.strictObject({
  type: z.literal('cascade'),
  tiers: z
    .array(
      z.strictObject(
        {
          model: optional(shortString(256, 'the name of a model')),
          max_thinking_tokens: optional(thinkingLimit),
        },
        { error: 'objects {"model": string, "max_thinking_tokens": integer or null}' },
      ),
      { error: 'a list of tiers' },
    )
    .min(2, { error: 'two to eight tiers' })
    .max(8, { error: 'two to eight tiers' }),
  accept: z.discriminatedUnion(
    'type',
    [
      z.strictObject({ type: z.literal('check'), checker: shortString(64, 'the name of a checker') }),
      z.strictObject({ type: z.literal('confidence'), level: probability }),
    ],
    { error: 'one of "check" and "confidence"' },
  ),
});

const strategy: z.ZodType<StrategyRequest> = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('vote'),
      ...shared,
      rule: optional(rule),
      answer: optional(answer),
      gate: optional(probability),
      break_off: optional(
        z.strictObject({ window: integerIn(1, 4_096), below: numberIn(-50, 0) }, { error: breakOffForm }),
      ),
    }),
    earlyExit,
    cascade,
    z.strictObject({
      type: z.literal('verify'),
      ...shared,
      checker: shortString(64, 'the name of a checker'),
    }),
  ],
  { error: 'one of "vote", "verify", "early" and "cascade"' },
);

type Shape = { readonly [Name in keyof StrategyFields]-?: z.ZodType<StrategyFields[Name]> };

export const strategyShape: Shape = {
  x_tiegel: optional(
    z.strictObject({ strategy: optional(strategy) }, { error: 'an object {"strategy": object}' }),
  ),
};

/** @see StrategyExtension */
export const strategyExtension: z.ZodType = z.strictObject({
  type: z.enum(['vote', 'verify', 'early', 'cascade']),
  stopped_by: z.enum(['rule', 'verified', 'unverified', 'max_samples', 'limit', 'model', 'failure']),
  chosen: count,
  agreement: z.number().min(0).max(1).nullable(),
  verified: z.boolean().nullable(),
  samples: z.array(
    z.strictObject({
      prompt_tokens: count,
      cached_tokens: count,
      completion_tokens: count,
      reasoning_tokens: count,
      finish_reason: z.string().nullable(),
      answer: count.nullable(),
    }),
  ),
  tiers: z
    .array(
      z.strictObject({
        model: z.string(),
        request_id: z.string().nullable(),
        outcome: z.enum(['accepted', 'kept', 'declined', 'failed']),
        code: z.string().nullable(),
        cost: z.strictObject({ amount: z.string(), currency: z.string(), price: z.string() }).nullable(),
      }),
    )
    .optional(),
});
