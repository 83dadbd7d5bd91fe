// The lines of probes: what each of them found, and what they tried on the way.
import { z } from 'zod';
import { taskNames } from '../../tasks/index.ts';
import type { ProbeResult } from '../terms/probe.ts';
import { count, jsonObject, verdict } from './parts.ts';

export type ProbeLine = ProbeResult & { readonly type: 'probe' };

/** Two runs of one prompt; tokens are ids, or texts if a server gives no ids. */
export type RepeatedRunLine = {
  readonly type: 'identity';
  readonly question: string;
  readonly temperature: number;
  readonly seed: number;
  readonly same: boolean;
  readonly first: readonly (number | string)[];
  readonly second: readonly (number | string)[];
};

/**
 * The log-probabilities by which the weights are recognised: the likeliest tokens by prompt and position. Null stands for
 * minus infinity, which JSON does not have.
 */
export type FingerprintLine = {
  readonly type: 'identity';
  readonly fingerprint: readonly (readonly (readonly (readonly [string, number | null])[])[])[];
};

export type CapabilityLine = {
  readonly type: 'capability';
  readonly task: string;
  readonly problem: string;
  readonly prompt: string;
  readonly seed: number;
  readonly reasoning: string;
  readonly answer: string;
  readonly finish: 'stop' | 'length' | 'content-filter';
  readonly completionTokens: number;
  readonly correct: boolean;
  readonly reason: string;
};

export const probeLine: z.ZodType<ProbeLine> = z.strictObject({
  type: z.literal('probe'),
  name: z.string(),
  verdict,
  reason: z.string(),
  trials: count,
  figures: jsonObject,
});

const tokens = z.array(z.union([z.number(), z.string()]));

export const repeatedRunLine: z.ZodType<RepeatedRunLine> = z.strictObject({
  type: z.literal('identity'),
  question: z.string(),
  temperature: z.number(),
  seed: count,
  same: z.boolean(),
  first: tokens,
  second: tokens,
});

export const fingerprintLine: z.ZodType<FingerprintLine> = z.strictObject({
  type: z.literal('identity'),
  fingerprint: z.array(z.array(z.array(z.tuple([z.string(), z.number().nullable()])))),
});

export const capabilityLine: z.ZodType<CapabilityLine> = z.strictObject({
  type: z.literal('capability'),
  task: z.enum(taskNames),
  problem: z.string(),
  prompt: z.string(),
  seed: count,
  reasoning: z.string(),
  answer: z.string(),
  finish: z.enum(['stop', 'length', 'content-filter']),
  completionTokens: count,
  correct: z.boolean(),
  reason: z.string(),
});
