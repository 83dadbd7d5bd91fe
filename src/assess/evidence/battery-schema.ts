// The settings of probes as the first line of an assessment states them.
import { z } from 'zod';
import { taskNames } from '../../tasks/index.ts';
import type { ProbeBattery, ProbeSettings } from '../terms/battery.ts';
import { count } from './parts.ts';

/** JSON writes NaN as null; an assessment with such a floor is inconclusive. */
const floor = z.custom<number>((value) => typeof value === 'number' || value === null, 'expected number');

export const probeSettings: z.ZodType<ProbeSettings> = z.discriminatedUnion('probe', [
  z.strictObject({ probe: z.literal('file-review') }),
  z.strictObject({
    probe: z.literal('fingerprint'),
    repeats: count,
    pairs: count.exactOptional(),
    seed: count.exactOptional(),
  }),
  z.strictObject({
    probe: z.literal('identity'),
    seed: count,
    samplingSeed: count.exactOptional(),
    promptsPerTask: count,
    maxTokens: count,
    temperatures: z.array(z.number()),
    fingerprint: z.boolean().exactOptional(),
  }),
  z.strictObject({
    probe: z.literal('capability'),
    seed: count,
    samplingSeed: count.exactOptional(),
    problemsPerTask: count,
    confidence: z.number(),
    answers: z.enum(['bare', 'free']).exactOptional(),
    floors: z.partialRecord(z.enum(taskNames), floor),
  }),
]);

export const probeBattery: z.ZodType<ProbeBattery> = z.strictObject({
  name: z.string(),
  version: z.string(),
  validDays: z.number(),
  probes: z.array(probeSettings),
});
