// What an assessment may cost: tokens, and money if a price is given. Checked before each question, so that it is
// exceeded at most by what was already running.
import { TiegelError } from '../../base/index.ts';

export type BudgetLimits = {
  readonly tokens?: number;
  readonly money?: number;
  /** Per million tokens, in the currency of `money`. */
  readonly price?: { readonly prompt: number; readonly completion: number };
};

export type Spent = {
  readonly questions: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Questions that were asked again after a fault. */
  readonly retries: number;
  /** Null without a price. */
  readonly money: number | null;
};

export type Budget = {
  /** @throws TGL_ASSESSMENT_BUDGET_EXHAUSTED once a limit is reached */
  readonly require: () => void;
  readonly add: (promptTokens: number, completionTokens: number) => void;
  readonly addRetry: () => void;
  readonly spent: () => Spent;
};

/** @param before what a resumed assessment had spent already */
export function createBudget(limits: BudgetLimits, before?: Spent): Budget {
  let { questions, promptTokens, completionTokens, retries } = before ?? nothing;
  const { price } = limits;
  const money = (): number | null =>
    price === undefined ? null : (promptTokens * price.prompt + completionTokens * price.completion) / 1e6;
  return {
    require: () => {
      const tokens = promptTokens + completionTokens;
      const cost = money() ?? 0;
      const refuse = (what: string, spent: number, limit: number): never => {
        throw new TiegelError('TGL_ASSESSMENT_BUDGET_EXHAUSTED', { what, spent, limit });
      };
      if (limits.tokens !== undefined && tokens >= limits.tokens) refuse('tokens', tokens, limits.tokens);
      if (limits.money !== undefined && cost >= limits.money) refuse('money', cost, limits.money);
    },
    add: (prompt, completion) => {
      questions++;
      promptTokens += prompt;
      completionTokens += completion;
    },
    addRetry: () => {
      retries++;
    },
    spent: () => ({ questions, promptTokens, completionTokens, retries, money: money() }),
  };
}

const nothing: Spent = { questions: 0, promptTokens: 0, completionTokens: 0, retries: 0, money: null };
