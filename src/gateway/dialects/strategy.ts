// How a request asks for samples to be spent on its reply, and how the reply tells what was done, alike in several dialects.
import type { StrategyReport } from '../../reasoning/index.ts';
import type { CascadeFields, EarlyExitFields, StrategyExtension, StrategyFields } from '../../wire/index.ts';
import type { TurnRequest, TurnStrategy } from '../turn/turn-request.ts';

export function strategyOf({ x_tiegel }: StrategyFields): Pick<TurnRequest, 'strategy'> {
  const asked = x_tiegel?.strategy;
  if (!asked) return {};
  if (asked.type === 'early') return { strategy: earlyExitOf(asked) };
  if (asked.type === 'cascade') return { strategy: cascadeOf(asked) };
  const shared = { maxSamples: asked.max_samples ?? undefined, atOnce: asked.at_once ?? 1 };
  if (asked.type === 'verify') return { strategy: { type: 'verify', checker: asked.checker, ...shared } };
  const { rule, answer, gate, break_off: breakOff } = asked;
  const unsure = { gate: gate ?? undefined, breakOff: breakOff ?? undefined };
  return {
    strategy: {
      ...{ type: 'vote', rule: rule ?? usualRule, answer: answer ?? { type: 'text' } },
      ...shared,
      ...unsure,
    },
  };
}

function cascadeOf({ tiers, accept }: CascadeFields): TurnStrategy {
  const models = tiers.map(({ model }) => model ?? undefined);
  return {
    ...{ type: 'cascade', budgets: tiers.map((tier) => tier.max_thinking_tokens ?? null), accept },
    ...(models.some((model) => model !== undefined) && { models }),
  };
}

function earlyExitOf({ every, at, max_probes, rule, answer, probe }: EarlyExitFields): TurnStrategy {
  return {
    ...{ type: 'early', every: every ?? 64, atParagraphs: at === 'paragraph' },
    maxProbes: max_probes ?? undefined,
    rule: rule ?? { type: 'agreement', equal: 3 },
    answer: answer ?? { type: 'text' },
    probe: { begins: probe?.begins ?? '', maxTokens: probe?.max_tokens ?? 64 },
  };
}

/** Found no worse than a vote of sixteen on held-out problems of the shipped model, at a third of its tokens. */
const usualRule = { type: 'beta', level: 0.9 } as const;

export function strategyExtensionOf(report: StrategyReport): StrategyExtension {
  const { type, stoppedBy, chosen, agreement, verified, samples, tiers } = report;
  const unverified = type === 'verify' ? 'unverified' : 'rule';
  const byRule = verified === true ? 'verified' : unverified;
  return {
    type,
    stopped_by: stoppedBy === 'rule' ? byRule : stoppedBy === 'most' ? 'max_samples' : stoppedBy,
    ...{ chosen, agreement, verified },
    samples: samples.map(({ usage, finish, answer }) => ({
      prompt_tokens: usage.promptTokens,
      cached_tokens: usage.cachedPromptTokens,
      completion_tokens: usage.completionTokens,
      reasoning_tokens: usage.reasoningTokens,
      finish_reason: finish,
      answer,
    })),
    ...(tiers && { tiers: tiers.map(({ request, ...tier }) => ({ ...tier, request_id: request })) }),
  };
}
