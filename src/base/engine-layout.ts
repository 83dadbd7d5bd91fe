// How a model lies in the runtime of this machine and is evaluated there.

export type EngineLayout = {
  /** Threads of a step. */
  readonly threads: number;
  /** Flash attention keeps no matrix of scores, and rounds otherwise than plain attention does. */
  readonly attention: (typeof attentions)[number];
  /** One cache for all sequences, or one for each. */
  readonly caches: (typeof cacheKinds)[number];
};

export const attentions = ['plain', 'flash'] as const;
export const cacheKinds = ['one', 'each'] as const;

/** Of a layout, what is not to be as is usual for the model's size. */
export type LayoutWishes = { readonly [Part in keyof EngineLayout]?: EngineLayout[Part] | undefined };
