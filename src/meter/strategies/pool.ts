// What was drawn of a model, task by task: enough to say of every strategy what it would have given and cost, without asking again.

/** One reply: what it votes for, whether it is right, and what it used. */
export type PooledSample = {
  /** Null where no answer can be read. */
  readonly key: string | null;
  readonly correct: boolean;
  /** Tokens of the completion. */
  readonly tokens: number;
  /** Of those, thinking. @default 0 */
  readonly thought?: number;
  /** Mean probability of the tokens of its answer. @default not known */
  readonly confidence?: number | null;
  /** Log-probabilities of the tokens of its thinking, in their order. @default not known */
  readonly sureness?: readonly number[];
  /** Of the machine. @default 0 */
  readonly seconds?: number;
  /** Where tokens are paid for. @default 0 */
  readonly money?: number;
};

/** What the model answered at temperature 0 where its thinking was ended after so many tokens. */
export type PooledProbe = Omit<PooledSample, 'thought' | 'sureness'> & {
  /** Tokens of the reply at temperature 0 before the place. */
  readonly thought: number;
  /** Its answer takes itself back. */
  readonly hesitates: boolean;
};

/** The samples of one task. */
export type Pool = {
  readonly task: string;
  /** At temperature 0. */
  readonly greedy: PooledSample;
  readonly samples: readonly PooledSample[];
  /** Of the thinking at temperature 0, in the order of their places. @default none */
  readonly probes?: readonly PooledProbe[];
};
