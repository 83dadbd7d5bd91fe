// What a calibration found, as it is kept: signed by this installation, with the questions that it was selected on, so that nobody
// reports a strategy on those.
import { z } from 'zod';
import { TiegelError } from '../../base/index.ts';
import { type AnswerFrom, type Effort, efforts, type Strategy } from '../../reasoning/index.ts';
import { readSignedText, type Signer, signedText } from '../kept/signed-text.ts';
import { strategySchema } from '../kept/strategy-schema.ts';
import type { SettledShare } from '../policy/drift.ts';
import type { Abstention } from './abstention.ts';

const share = z.number().min(-1).max(1);

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
  selected: strategySchema,
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
      strategy: strategySchema,
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

export function calibrationText(value: Calibration, signer: Signer): string {
  return signedText('calibration', value, signer);
}

/** @throws TGL_CALIBRATION_INVALID for what is no calibration, was changed, or comes from another installation */
export function readCalibration(file: string, text: string, signer: Signer): Calibration {
  const read = readSignedText('calibration', calibration, text, signer);
  if ('value' in read) return read.value;
  throw new TiegelError('TGL_CALIBRATION_INVALID', { file, problem: read.problem });
}

/** @throws TGL_CALIBRATION_REUSED where a question was selected on */
export function requireUnseen({ selectedOn }: Calibration, ids: readonly string[]): void {
  const known = new Set(selectedOn);
  const count = ids.filter((id) => known.has(id)).length;
  if (count > 0) throw new TiegelError('TGL_CALIBRATION_REUSED', { count, total: ids.length });
}
