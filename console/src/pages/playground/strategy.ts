// How samples are spent on the next reply, as the fields of the playground hold it, and what of it stands in the request.
import type { ModelList, StrategyRequest } from '../../../../src/wire/index.ts';

export const strategyTypes = ['', 'vote', 'verify', 'cascade'] as const;
export type StrategyType = (typeof strategyTypes)[number];

/** As they stand in their fields. */
export type StrategySettings = {
  readonly type: StrategyType;
  readonly samples: string;
  readonly answer: 'text' | 'number' | 'boxed';
  /** Empty: in a cascade the confidence of the model accepts. */
  readonly checker: string;
  readonly budgets: string;
};

export const noStrategy: StrategySettings = {
  ...{ type: '', samples: '4', answer: 'text', checker: '', budgets: '64, 256, none' },
};

export type StrategyOffer = ModelList['x_tiegel'];

/** Which of them the server offers. */
export function typesOffered({ max_samples, checkers }: StrategyOffer): readonly StrategyType[] {
  if (max_samples < 2) return [''];
  return strategyTypes.filter((type) => type !== 'verify' || checkers.length > 0);
}

/** Nothing where none is asked for, or where fields hold what nobody can ask with. */
export function strategyFields({ type, samples, answer, checker, budgets }: StrategySettings): {
  readonly x_tiegel?: { readonly strategy: StrategyRequest };
} {
  const strategy = ((): StrategyRequest | undefined => {
    const max_samples = Math.max(2, Math.round(Number(samples)) || 2);
    if (type === 'vote') return { type, max_samples, answer: { type: answer } };
    if (type === 'verify') return { type, max_samples, checker };
    const tiers = budgets.split(',').map((word) => {
      const text = word.trim();
      return { max_thinking_tokens: /^\d+$/.test(text) ? Number(text) : null };
    });
    if (type !== 'cascade' || tiers.length < 2) return undefined;
    const accept =
      checker === ''
        ? ({ type: 'confidence', level: acceptedConfidence } as const)
        : ({ type: 'check', checker } as const);
    return { type, tiers, accept };
  })();
  return strategy === undefined ? {} : { x_tiegel: { strategy } };
}

const acceptedConfidence = 0.95;
