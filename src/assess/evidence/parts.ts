// Schemas shared by several types of evidence lines. They are strict: an unknown member is refused.
import { z } from 'zod';
import type { Digest, Json } from '../../base/index.ts';
import type { Spent } from '../terms/budget.ts';
import type { ProbeResult } from '../terms/probe.ts';
import { type JudgeAdmission, type JudgeCounts, languages } from '../terms/trial.ts';

export const digest: z.ZodType<Digest> = z.custom<Digest>(
  (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  'expected a SHA-256 digest of 64 lower-case hexadecimal digits',
);

export const count: z.ZodType<number> = z.int().min(0);

export const time: z.ZodType<string> = z.iso.datetime();

/** Whatever was parsed from a line is JSON already, so there is nothing left to check. */
export const json: z.ZodType<Json> = z.custom<Json>((value) => value !== undefined, 'expected a value');

export const jsonObject: z.ZodType<{ readonly [name: string]: Json }> = z.record(z.string(), json);

export const language: z.ZodType<(typeof languages)[number]> = z.enum(languages);

export const outcome: z.ZodType<'succeeded' | 'resisted' | 'unassessed'> = z.enum([
  'succeeded',
  'resisted',
  'unassessed',
]);

export const verdict: z.ZodType<'pass' | 'fail' | 'inconclusive'> = z.enum(['pass', 'fail', 'inconclusive']);

/** Present in lines of trials with the content filters. */
export const chain: z.ZodExactOptional<z.ZodLiteral<'served'>> = z.literal('served').exactOptional();

export const spent: z.ZodType<Spent> = z.strictObject({
  questions: count,
  promptTokens: count,
  completionTokens: count,
  retries: count,
  money: z.number().min(0).nullable(),
});

export const probeResult: z.ZodType<ProbeResult> = z.strictObject({
  name: z.string(),
  verdict,
  reason: z.string(),
  trials: count,
  figures: jsonObject,
});

const byRuling = z.strictObject({ succeeded: count, resisted: count });

export const judgeCounts: z.ZodType<JudgeCounts> = z.strictObject({
  family: z.string(),
  language,
  truePositives: count,
  falseNegatives: count,
  trueNegatives: count,
  falsePositives: count,
  unassessed: byRuling.exactOptional(),
  outOf: byRuling.exactOptional(),
});

export const judgeAdmission: z.ZodType<JudgeAdmission> = z.union([
  z.literal('exact'),
  z.strictObject({ labels: z.string(), counts: z.array(judgeCounts) }),
]);
