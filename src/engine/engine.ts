// What every engine offers: prompt in, tokens out, abort at any moment. An engine knows nothing of thinking, accounts
// or HTTP. Engines with fewer abilities declare so in `capabilities`; nothing degrades in silence.
import type { PromptPiece } from '../formats/index.ts';

type EngineCapabilities = {
  /** Token ids accompany the text. */
  readonly tokenIds: boolean;
  /** The same seed and sampling give the same tokens. */
  readonly seed: boolean;
  /** Sequences that run at the same time; further requests wait. */
  readonly slots: number;
  /** Tokens of prompt and completion together. */
  readonly contextLength: number;
};

export type Sampling = {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed?: number;
};

export type GenerateRequest = {
  readonly prompt: readonly PromptPiece[];
  /** At most this many completion tokens; the engine lowers it to what the context still holds. */
  readonly maxTokens: number;
  readonly sampling: Sampling;
};

/**
 * `token` events come one per generated token. `text` may be empty while a character is still incomplete. The last
 * event of a generation that was not aborted and did not fail is `end`.
 */
export type EngineEvent =
  | { readonly type: 'prompt'; readonly promptTokens: number }
  | { readonly type: 'token'; readonly text: string; readonly id?: number }
  | {
      readonly type: 'end';
      /** `stop`: the model ended its turn; `length`: maxTokens or the context was reached. */
      readonly reason: 'stop' | 'length';
      readonly completionTokens: number;
    };

type EngineState = 'ready' | 'restarting' | 'closed';

export type Engine = AsyncDisposable & {
  /** The name of the model it runs, for messages. */
  readonly model: string;
  /** Name and version of the runtime and of its binding; part of the admission key. */
  readonly runtimeBuild: string;
  readonly capabilities: EngineCapabilities;
  readonly state: () => EngineState;
  /** Sequences running and requests waiting at this moment. */
  readonly load: () => { readonly active: number; readonly waiting: number };
  /**
   * Generates a completion. When `signal` aborts, the sequence is free within one token or 250 ms and the iteration
   * ends by throwing the signal's reason. Leaving the loop early (`break`) aborts as well.
   *
   * @throws TGL_PROMPT_TOO_LONG, TGL_ENGINE_UNAVAILABLE, TGL_ENGINE_CRASHED, TGL_ENGINE_CLOSED
   */
  readonly generate: (request: GenerateRequest, signal?: AbortSignal) => AsyncIterable<EngineEvent>;
};
