// A strategy as it is kept in a file.
import { z } from 'zod';
import type { Strategy } from '../../reasoning/index.ts';

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

export const strategySchema: z.ZodType<Strategy> = z.discriminatedUnion('type', [
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
