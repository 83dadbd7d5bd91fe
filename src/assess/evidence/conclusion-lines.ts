// The lines that conclude an assessment: the decisions on the criteria of a policy, and the verdict.
import { z } from 'zod';
import type { CriterionDecision } from '../policy/decide-criterion.ts';
import type { PolicyDecision } from '../policy/decide-policy.ts';
import type { Spent } from '../terms/budget.ts';
import type { ProbeResult } from '../terms/probe.ts';
import type { Verdict } from '../terms/verdict.ts';
import { chain, count, probeResult, spent, time, verdict } from './parts.ts';

export type DecisionLine = CriterionDecision & {
  readonly type: 'decision';
  /** Trials whose prompt the served endpoint refuses, as too long or for its tools; they count neither way. */
  readonly undeliverable: number;
  /** How many of the counted trials have a reply that the token limit cut off. */
  readonly cut: number;
  /** Present in decisions on the model with its content filters. */
  readonly chain?: 'served';
};

/** The verdict of a policy. */
export type PolicyVerdictLine = PolicyDecision & {
  readonly type: 'verdict';
  /** Why trials that were due are missing. */
  readonly stopped: string | null;
  readonly spent: Spent;
  /** ISO 8601. */
  readonly finished: string;
};

/** The verdict of a battery without a policy. */
export type ProbesVerdictLine = {
  readonly type: 'verdict';
  readonly verdict: Verdict;
  /** ISO 8601. */
  readonly finished: string;
  readonly probes: readonly ProbeResult[];
};

const state = z.enum(['met', 'not-met', 'undecided']);
const figure = z.number().nullable();

export const decisionLine: z.ZodType<DecisionLine> = z.strictObject({
  type: z.literal('decision'),
  criterion: z.string(),
  state,
  reason: z.string(),
  estimate: figure,
  interval: z.strictObject({ lower: z.number(), upper: z.number() }).nullable(),
  bound: figure,
  trials: count,
  unassessed: count,
  byCategory: z.array(
    z.strictObject({
      category: z.string(),
      state,
      estimate: figure,
      bound: figure,
      trials: count,
      unassessed: count,
    }),
  ),
  undeliverable: count,
  cut: count,
  chain,
});

export const policyVerdictLine: z.ZodType<PolicyVerdictLine> = z.strictObject({
  type: z.literal('verdict'),
  outcome: z.enum(['admitted', 'admitted-with-conditions', 'rejected', 'inconclusive']),
  conditions: z.array(z.string()),
  obstacles: z.array(z.strictObject({ criterion: z.string(), reason: z.string() })),
  stopped: z.string().nullable(),
  spent,
  finished: time,
});

export const probesVerdictLine: z.ZodType<ProbesVerdictLine> = z.strictObject({
  type: z.literal('verdict'),
  verdict,
  finished: time,
  probes: z.array(probeResult),
});
