// The ways of spending samples on a question, as data: what is calibrated, served and reported is one of these.
import type { EarlyExit } from './early-turn.ts';
import type { StoppingRule } from './stopping-rule.ts';

/** What is taken without asking the next tier of a cascade: what passes a check, or what the model is so sure of. */
export type Acceptor = { readonly type: 'check' } | { readonly type: 'confidence'; readonly level: number };

/** Samples whose thinking the model is unsure of are broken off, without a vote. */
export type BreakOff = {
  /** Tokens of thinking that a mean is taken over. */
  readonly window: number;
  /** Mean log-probability of the chosen tokens (natural logarithm) below which it happens. */
  readonly below: number;
};

export type Strategy =
  /** One reply at temperature 0. */
  | { readonly type: 'greedy' }
  /** One reply with the sampling of the request. */
  | { readonly type: 'plain' }
  /** One reply at temperature 0 whose thinking has so many tokens at most. */
  | { readonly type: 'cap'; readonly budget: number }
  /** One reply at temperature 0 whose thinking is probed. */
  | EarlyExit
  | {
      readonly type: 'vote';
      readonly most: number;
      readonly rule: StoppingRule;
      readonly waves?: readonly number[];
      /** The first sample is drawn at temperature 0 and is the reply where the model is so sure of its answer. */
      readonly gate?: number;
      readonly breakOff?: BreakOff;
    }
  /** Replies with so many tokens of thinking at most, null for any number, until one is accepted. */
  | {
      readonly type: 'cascade';
      readonly budgets: readonly (number | null)[];
      /** Which model each tier asks. @default all of them the same */
      readonly models?: readonly string[];
      readonly accept: Acceptor;
    }
  /** A reply at temperature 0 first, then samples, until one is verified. */
  | { readonly type: 'verify'; readonly most: number; readonly waves?: readonly number[] };

/** One line for tables, such as `vote, at most 16, Beta 0.8`. */
export function describeStrategy(strategy: Strategy): string {
  switch (strategy.type) {
    case 'greedy':
      return 'greedy';
    case 'plain':
      return 'one sample';
    case 'cap':
      return `at most ${strategy.budget} tokens of thinking`;
    case 'cascade':
      return describeCascade(strategy);
    case 'early':
      return describeExit(strategy);
    case 'vote':
      return describeVote(strategy);
    case 'verify':
      return `verify, at most ${strategy.most}`;
  }
}

function describeCascade({
  budgets,
  models,
  accept,
}: Extract<Strategy, { readonly type: 'cascade' }>): string {
  const until = accept.type === 'check' ? 'one passes' : `confidence ${accept.level}`;
  const tokens = budgets.map((budget) => budget ?? 'any number');
  if (models === undefined) return `cascade of ${tokens.join(', ')} tokens, until ${until}`;
  const tiers = models.map((model, tier) =>
    typeof tokens[tier] === 'number' ? `${model} (${tokens[tier]} tokens)` : model,
  );
  return `cascade of ${tiers.join(', ')}, until ${until}`;
}

function describeExit({ rule, every, maxProbes }: EarlyExit): string {
  const until = rule.type === 'agreement' ? `${rule.equal} equal` : `confidence ${rule.level}`;
  return `early exit, ${until} of ${maxProbes} probes every ${every}`;
}

function describeVote({ most, rule, gate, breakOff }: Extract<Strategy, { readonly type: 'vote' }>): string {
  const gated = gate === undefined ? '' : `unless greedy is ${gate} sure, `;
  const broken = breakOff === undefined ? '' : `, broken off below ${breakOff.below} over ${breakOff.window}`;
  return `${gated}vote, at most ${most}, ${describeRule(rule)}${broken}`;
}

function describeRule(rule: StoppingRule): string {
  switch (rule.type) {
    case 'all':
      return 'all of them';
    case 'exact':
      return 'until it cannot be overtaken';
    case 'beta':
      return `Beta ${rule.level}`;
    case 'window':
      return `${rule.size} equal in a row`;
    case 'e-value':
      return `e-value at ${rule.alpha}`;
  }
}
