// The ways of spending samples on a question, as data: what is calibrated, served and reported is one of these.
import type { StoppingRule } from './stopping-rule.ts';

export type Strategy =
  /** One reply at temperature 0. */
  | { readonly type: 'greedy' }
  /** One reply with the sampling of the request. */
  | { readonly type: 'plain' }
  | {
      readonly type: 'vote';
      readonly most: number;
      readonly rule: StoppingRule;
      readonly waves?: readonly number[];
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
    case 'vote':
      return `vote, at most ${strategy.most}, ${describeRule(strategy.rule)}`;
    case 'verify':
      return `verify, at most ${strategy.most}`;
  }
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
