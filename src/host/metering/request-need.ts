// What a request may use at most, by units of limits, and what it has used: the bounds that a hold is taken for, and the
// amounts that it is settled with.
import type { Demand, ServedModel } from '../../gateway/index.ts';
import { costOf, mostCostOf, type Price } from '../../prices/index.ts';
import type { Amounts, Caps } from '../../store/index.ts';
import type { RequestRecord, TokenUsage } from '../../traffic/index.ts';

export type Operation = 'completions' | 'embeddings' | 'count';

/** By the name of what is spoken on its route. */
export function operationOf(dialect: string): Operation {
  if (dialect.includes('count-tokens')) return 'count';
  return dialect.includes('embed') ? 'embeddings' : 'completions';
}

/** Shorter answers are of no use to anybody, so that nothing is lowered below. */
const usefulTokens = 256;
/** What a template adds around a conversation, and a server generates until it hears of an abort. */
const slackTokens = 64;

export type Need = {
  /** At most. */
  readonly promptTokens: number;
  readonly caps: Caps;
  readonly lowest: Caps;
  readonly most: (caps: Caps) => Amounts;
};

/**
 * The prompt is bounded by its bytes, since a token is one byte at least, and by the context. Thinking that can be ended may
 * be lowered down to none.
 */
export function needOf(
  { places, bytes, completionTokens, reasoningTokens, promptReads = 1, beside = noneBeside }: Demand,
  { engine, admitted }: ServedModel,
  {
    operation,
    price,
    endsThinking,
  }: {
    readonly operation: Operation;
    readonly price: Price | undefined;
    readonly endsThinking: boolean;
  },
): Need {
  if (operation === 'count')
    return { promptTokens: 0, caps: nothing, lowest: nothing, most: () => oneRequest };
  const choices = Math.max(1, places);
  const { contextLength, promptForm } = engine.capabilities;
  const system = Buffer.byteLength(admitted.serving.systemPrompt ?? '');
  const read = promptReads * bytes + choices * (system + slackTokens);
  const ofReplies = operation === 'completions' ? Math.min(read, choices * contextLength) : read;
  const promptTokens = ofReplies + beside.promptTokens;
  const completion = Math.min(Math.floor(completionTokens / choices), contextLength);
  const reasoning = Math.min(completion, Math.floor((reasoningTokens ?? completionTokens) / choices));
  const overrun = promptForm === 'messages' ? slackTokens : 0;
  return {
    promptTokens,
    caps: { completion, reasoning },
    lowest: {
      completion: Math.min(completion, usefulTokens),
      reasoning: endsThinking ? 0 : reasoning,
    },
    most: (caps) => {
      const ofCaps = completion === 0 ? 0 : choices * (caps.completion + overrun);
      const most = ofCaps + beside.completionTokens;
      const ending = caps.reasoning === 0 ? 0 : slackTokens;
      return {
        requests: 1,
        tokens: promptTokens + most,
        'reasoning-tokens': Math.min(most, choices * (caps.reasoning + ending)),
        money: mostMoney({ promptTokens, completionTokens: most }, price),
        concurrency: 1,
      };
    },
  };
}

const noneBeside = { promptTokens: 0, completionTokens: 0 };
const nothing: Caps = { completion: 0, reasoning: 0 };
const oneRequest: Amounts = {
  ...{ requests: 1, tokens: 0, 'reasoning-tokens': 0, money: 0, concurrency: 1 },
};

/** Null where nothing bounds it: without a price, and where time or energy is paid for. */
function mostMoney(
  most: { readonly promptTokens: number; readonly completionTokens: number },
  price: Price | undefined,
): number | null {
  if (price === undefined) return null;
  const { amounts } = price;
  const isOpen = (amounts['engine-milliseconds'] ?? 0) > 0 || (amounts.joules ?? 0) > 0;
  return isOpen ? null : mostCostOf(most, price);
}

/** Counts of a server that contradict each other are brought into the order that the ledger asks for. */
export function soundUsage(usage: TokenUsage): TokenUsage {
  const whole = (count: number): number => (count > 0 ? Math.ceil(count) : 0);
  const promptTokens = whole(usage.promptTokens);
  const completionTokens = whole(usage.completionTokens);
  return {
    ...{ promptTokens, completionTokens },
    cachedPromptTokens: Math.min(promptTokens, whole(usage.cachedPromptTokens)),
    reasoningTokens: Math.min(completionTokens, whole(usage.reasoningTokens)),
  };
}

/**
 * What a request has cost, in nano-units: its tokens and its share of the engine's time.
 *
 * @param share of the engine's places that it took
 */
export function moneyOf(usage: TokenUsage, price: Price, busyMs: number, share: number): number {
  return costOf({ ...usage, engineMilliseconds: Math.ceil(busyMs * Math.min(1, share)) }, price);
}

export function usedOf(usage: TokenUsage, money: number): Amounts {
  return {
    requests: 1,
    tokens: usage.promptTokens + usage.completionTokens,
    'reasoning-tokens': usage.reasoningTokens,
    money,
    concurrency: 0,
  };
}

/** Whether something was computed for it. */
export function hasUsed({ outcome, usage }: RequestRecord): boolean {
  return outcome.type === 'finished' || usage.promptTokens + usage.completionTokens > 0;
}
