// What a calibration found, as it is kept: signed by this installation, with the questions that it was selected on, so that nobody
// reports a strategy on those.
import { z } from 'zod';
import { canonicalJson, type Json, TiegelError } from '../../base/index.ts';
import type { AnswerFrom, Effort, Strategy } from '../../reasoning/index.ts';
import type { SettledShare } from '../policy/drift.ts';
import type { Abstention } from './abstention.ts';

const share = z.number().min(-1).max(1);

const rule = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal(['all', 'exact']) }),
  z.strictObject({ type: z.literal('beta'), level: z.number() }),
  z.strictObject({ type: z.literal('window'), size: z.int() }),
  z.strictObject({ type: z.literal('e-value'), alpha: z.number() }),
]);

const exitRule = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('agreement'), equal: z.int().min(1) }),
  z.strictObject({ type: z.literal('confidence'), level: z.number() }),
]);

const strategy = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal(['greedy', 'plain']) }),
  z.strictObject({ type: z.literal('cap'), budget: z.int().min(0) }),
  z.strictObject({
    type: z.literal('early'),
    every: z.int().min(1),
    maxProbes: z.int().min(1),
    rule: exitRule,
  }),
  z.strictObject({
    type: z.literal('cascade'),
    budgets: z.array(z.int().min(0).nullable()).min(1),
    accept: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('check') }),
      z.strictObject({ type: z.literal('confidence'), level: z.number() }),
    ]),
  }),
  z.strictObject({
    type: z.literal('vote'),
    most: z.int().min(1),
    rule,
    gate: z.number().optional(),
    breakOff: z.strictObject({ window: z.int().min(1), below: z.number() }).optional(),
  }),
  z.strictObject({ type: z.literal('verify'), most: z.int().min(1) }),
]) as z.ZodType<Strategy>;

export type Calibration = {
  readonly schema: 2;
  readonly model: string;
  /** Of the served tuple. */
  readonly admissionKey: string;
  /** The level of effort that was asked for; null: none was. */
  readonly effort: Effort | null;
  /** ISO 8601. */
  readonly made: string;
  /** Identifiers of the questions. */
  readonly selectedOn: readonly string[];
  readonly samples: number;
  readonly temperature: number;
  /** Of non-inferiority, as a share. */
  readonly margin: number;
  readonly selected: Strategy;
  /** What of the answers was compared. */
  readonly answer: AnswerFrom;
  /** The checker that a server has for these tasks; null where it has none for all of them. */
  readonly checker: string | null;
  /** How often it settled a question; null where it has nothing to settle. */
  readonly expected: SettledShare | null;
  /** From how sure a model it is answered at temperature 0, for a risk of wrong answers; null where that was not asked for. */
  readonly abstention: (Abstention & { readonly risk: number }) | null;
  readonly tried: readonly {
    readonly strategy: Strategy;
    /** What it was compared with. */
    readonly baseline: 'all samples' | 'selected';
    readonly accuracy: number;
    readonly tokensPerTask: number;
    /** Its accuracy less the baseline's, and the one-sided bound of it. */
    readonly difference: number;
    readonly lower: number;
    readonly shown: boolean;
    /** Its tokens per correct answer over the baseline's; null where one of them has none. */
    readonly costRatio: number | null;
  }[];
};

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

const calibration: z.ZodType<Calibration> = z.strictObject({
  schema: z.literal(2),
  model: z.string(),
  admissionKey: z.string(),
  effort: z.enum(efforts).nullable(),
  made: z.string(),
  selectedOn: z.array(z.string()),
  samples: z.int(),
  temperature: z.number(),
  margin: share,
  selected: strategy,
  answer: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal(['text', 'number', 'boxed']) }),
    z.strictObject({ type: z.literal('pointer'), pointer: z.string() }),
  ]),
  checker: z.string().nullable(),
  expected: z.strictObject({ share, tasks: z.int().min(1) }).nullable(),
  abstention: z
    .strictObject({ risk: share, least: z.number().nullable(), coverage: share, wrong: share })
    .nullable(),
  tried: z.array(
    z.strictObject({
      strategy,
      baseline: z.enum(['all samples', 'selected']),
      accuracy: share,
      tokensPerTask: z.number(),
      difference: share,
      lower: share,
      shown: z.boolean(),
      costRatio: z.number().nullable(),
    }),
  ),
});

const signed = z.strictObject({ calibration, signature: z.string(), key: z.string() });

/** Signs texts; equal texts have equal signatures (Ed25519). */
export type Signer = { readonly publicKey: string; readonly sign: (text: string) => string };

export function calibrationText(value: Calibration, { publicKey, sign }: Signer): string {
  const signature = sign(canonicalJson(value as unknown as Json));
  return `${JSON.stringify({ calibration: value, signature, key: publicKey }, null, 2)}\n`;
}

/** @throws TGL_CALIBRATION_INVALID for what is no calibration, was changed, or comes from another installation */
export function readCalibration(file: string, text: string, { publicKey, sign }: Signer): Calibration {
  const invalid = (problem: string): TiegelError =>
    new TiegelError('TGL_CALIBRATION_INVALID', { file, problem });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('it is no JSON');
  }
  const parsed = signed.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { calibration: read, signature, key } = parsed.data;
  if (key !== publicKey) throw invalid('it is signed by another installation');
  if (sign(canonicalJson(read as unknown as Json)) !== signature)
    throw invalid('it was changed after it was signed');
  return read;
}

/** @throws TGL_CALIBRATION_REUSED where a question was selected on */
export function requireUnseen({ selectedOn }: Calibration, ids: readonly string[]): void {
  const known = new Set(selectedOn);
  const count = ids.filter((id) => known.has(id)).length;
  if (count > 0) throw new TiegelError('TGL_CALIBRATION_REUSED', { count, total: ids.length });
}
