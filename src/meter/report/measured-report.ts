// What a report measured, as it is kept for pages and later looks: strategies on tasks that none of them was selected on, with what a
// correct answer costs by each, what budgets of thinking come to, and how each figure is known. Signed by this installation.
import { z } from 'zod';
import { TiegelError } from '../../base/index.ts';
import { type Effort, efforts, type Strategy } from '../../reasoning/index.ts';
import type { CostRow } from '../cost/resources.ts';
import type { EnergySum } from '../energy/energy.ts';
import { readSignedText, type Signer, signedText } from '../kept/signed-text.ts';
import { strategySchema } from '../kept/strategy-schema.ts';

export type Interval = { readonly estimate: number; readonly lower: number; readonly upper: number };

export type MeasuredRow = {
  readonly strategy: Strategy;
  readonly label: string;
  /** Share of the tasks that are answered right; 95 %. */
  readonly accuracy: Interval;
  readonly samplesPerTask: number;
  readonly costs: CostRow;
  /** Null for the reply at temperature 0 itself. */
  readonly overGreedy: {
    /** Its accuracy less greedy's, and the one-sided bound of it. */
    readonly difference: { readonly estimate: number; readonly lower: number };
    /** Its tokens per correct answer over greedy's; null where one of them has none. */
    readonly costRatio: Interval | null;
  } | null;
};

export type MeasuredReport = {
  readonly schema: 1;
  readonly model: string;
  /** Of the served tuple. */
  readonly admissionKey: string;
  readonly effort: Effort | null;
  /** ISO 8601. */
  readonly made: string;
  /** What makes it again. */
  readonly command: string;
  readonly tasks: number;
  readonly selected: Strategy;
  readonly rows: readonly MeasuredRow[];
  /** The reply at temperature 0 with so many tokens of thinking, from few to all; empty where none were drawn. */
  readonly budgets: readonly MeasuredRow[];
  readonly energy: {
    readonly method: EnergySum['method'];
    readonly sources: readonly string[];
    /** Why parts of it are not known. */
    readonly unknown: readonly string[];
  };
  /** How money was counted; null where nothing says what anything costs. */
  readonly money: string | null;
  /** The host and model whose price it was, as `HOST/MODEL`. */
  readonly hosted: string | null;
};

const number = z.number();
const interval = z.strictObject({ estimate: number, lower: number, upper: number });

const cost = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('estimated'), estimate: number, lower: number, upper: number }),
  z.strictObject({ type: z.literal('more-than'), bound: number }),
]);

const method = z.enum(['measured', 'modelled', 'unknown']);

const row: z.ZodType<MeasuredRow> = z.strictObject({
  ...{ strategy: strategySchema, label: z.string(), accuracy: interval, samplesPerTask: number },
  costs: z.strictObject({
    ...{ tokens: cost, seconds: cost, money: cost.nullable() },
    joules: z.strictObject({ method, low: cost, high: cost.nullable() }).nullable(),
  }),
  overGreedy: z
    .strictObject({
      difference: z.strictObject({ estimate: number, lower: number }),
      costRatio: interval.nullable(),
    })
    .nullable(),
});

const report: z.ZodType<MeasuredReport> = z.strictObject({
  ...{
    schema: z.literal(1),
    model: z.string(),
    admissionKey: z.string(),
    effort: z.enum(efforts).nullable(),
  },
  ...{ made: z.string(), command: z.string(), tasks: z.int().min(1), selected: strategySchema },
  ...{ rows: z.array(row), budgets: z.array(row) },
  energy: z.strictObject({ method, sources: z.array(z.string()), unknown: z.array(z.string()) }),
  ...{ money: z.string().nullable(), hosted: z.string().nullable() },
});

export function reportText(value: MeasuredReport, signer: Signer): string {
  return signedText('report', value, signer);
}

/** @throws TGL_METER_REPORT_INVALID for what is no report, was changed, or comes from another installation */
export function readReport(file: string, text: string, signer: Signer): MeasuredReport {
  const read = readSignedText('report', report, text, signer);
  if ('value' in read) return read.value;
  throw new TiegelError('TGL_METER_REPORT_INVALID', { file, problem: read.problem });
}
