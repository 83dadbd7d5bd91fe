// TIEGEL_GUARD: what the guard does on this server.

/**
 * `observe` keeps states and judges nobody; `ask` opens cases, for a person to look at; `measure` limits what an account that
 * exceeds the higher threshold may have of reasoning, until a person clears its case.
 */
export const guardSettings = ['off', 'observe', 'ask', 'measure'] as const;

export type GuardSetting = (typeof guardSettings)[number];
