// What lies beneath the public interface of node-llama-cpp 3.22.1, all of it in this file: batches in an order of our
// own, samplers that live as long as a generation, grammars, copies between sequences. The public interface puts
// sequences into a batch in the order in which sampling ended, which makes llama.cpp read the weights several times.
import type { Llama, LlamaContext, LlamaContextOptions, LlamaModel } from 'node-llama-cpp';
import type { LogitChanges } from './logit-changes.ts';

/** The share of one sequence in a batch. */
export type BatchPart = {
  readonly sequence: number;
  /** Of the first token in the sequence. */
  readonly position: number;
  readonly tokens: readonly number[];
  /** The logits after the last token are wanted. */
  readonly logits: boolean;
};

export type SamplerSettings = {
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  /** Undefined: as many as are looked at anyway. */
  readonly topK: number | undefined;
  readonly minP: number;
  /** Of prompt and completion together. */
  readonly mostTokens: number;
  /** 31 bits, because llama.cpp takes 2³² − 1 as a wish for an unpredictable one. */
  readonly seed: number;
};

export type TokenLogProbability = { readonly token: number; readonly logProbability: number };

/**
 * Draws the tokens of one generation; its random numbers go on from token to token. A native sampler keeps the
 * candidates of the row that it works on, so that each belongs to one generation, which awaits one call before the next.
 */
export type TokenSampler = Disposable & {
  /** @param row what `decode` gave. Undefined when nothing may follow. */
  readonly choose: (row: number, changes?: LogitChanges) => Promise<number | undefined>;
  /** The model's own log-probability of a token, and the likeliest tokens; sorts the whole vocabulary. */
  readonly rank: (row: number, token: number, likeliest: number) => Promise<RankedToken>;
  /** From here on only what the grammar allows from its begin. */
  readonly constrain: (grammar: NativeGrammar) => void;
};

declare const grammarBrand: unique symbol;
export type NativeGrammar = {
  readonly [grammarBrand]: true;
  /** The whole text is one of the grammar's. */
  readonly isTextCompatible: (text: string) => boolean;
};

/**
 * A context in the hands of one caller, who awaits each call before the next one. Only samplers may be at work at the
 * same time, each on a row of its own; what else takes part in that is guarded by a lock of the binding.
 */
export type NativeContext = {
  /** Evaluates the parts, in ascending sequence. Gives one row of logits for each part that wants them, in order. */
  readonly decode: (parts: readonly BatchPart[]) => Promise<readonly number[]>;
  readonly createSampler: (settings: SamplerSettings) => TokenSampler;
  /** @throws Error for a text that is no grammar. */
  readonly parseGrammar: (text: string) => NativeGrammar;
  /** Forgets all but the first `length` tokens; false where the model keeps its past in a form that cannot be cut. */
  readonly truncate: (sequence: number, length: number) => boolean;
  readonly copy: (target: number, source: number) => Promise<void>;
  /** The last hidden state behind the last token that was decoded, in a context for embeddings. */
  readonly embedding: () => readonly number[];
};

export type RankedToken = {
  readonly logProbability: number;
  readonly likeliest: readonly TokenLogProbability[];
};

/** Sampling looks at this many of the likeliest tokens; sorting a vocabulary of 150,000 would cost 10 ms a token. */
const candidates = 1024;

type AddonSampler = { applyConfig(config: object): void; dispose(): void };

type AddonContext = {
  initBatch(size: number): void;
  addToBatch(sequence: number, position: number, tokens: Uint32Array, logits: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(row: number, sampler: AddonSampler): Promise<number>;
  sampleToken(
    row: number,
    sampler: AddonSampler,
    probabilities: boolean,
    confidence: boolean,
    logits: readonly [readonly number[], boolean, boolean, boolean, number],
    totalLogitWeight: boolean,
  ): Promise<readonly [number, unknown, unknown, readonly number[], number]>;
  disposeSequence(sequence: number): void;
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  getSequenceKvCacheMinPosition(sequence: number): number;
  copySequenceStateFromOtherSequence(target: number, source: number): Promise<number>;
  getEmbedding(tokens: number): Float64Array;
};

type Addon = {
  readonly AddonSampler: new (model: object) => AddonSampler;
  readonly AddonGrammar: new (text: string, options: object) => NativeGrammar;
  readonly AddonGrammarEvaluationState: new (model: object, grammar: NativeGrammar) => object;
};

/** Takes over a context; nothing else may use it from then on. */
export function openNativeContext(llama: Llama, model: LlamaModel, context: LlamaContext): NativeContext {
  const addon = (llama as unknown as { readonly _bindings: Addon })._bindings;
  const native = (context as unknown as { readonly _ctx: AddonContext })._ctx;
  const nativeModel = (model as unknown as { readonly _model: object })._model;
  const lastOf = [...Array(context.batchSize).keys()].map((index) => Uint32Array.of(index));
  const none = new Uint32Array(0);

  return {
    decode: async (parts) => {
      native.initBatch(parts.reduce((sum, { tokens }) => sum + tokens.length, 0));
      const rows: number[] = [];
      for (const { sequence, position, tokens, logits } of parts) {
        const wanted = logits ? (lastOf[tokens.length - 1] as Uint32Array) : none;
        const row = native.addToBatch(sequence, position, Uint32Array.from(tokens), wanted)[0];
        if (row !== undefined) rows.push(row);
      }
      await native.decodeBatch();
      return rows;
    },
    createSampler: (settings) => {
      const sampler = new addon.AddonSampler(nativeModel);
      const { mostTokens, topK = candidates, ...others } = settings;
      let config: object = { ...others, topK };
      sampler.applyConfig(config);
      let ranking: AddonSampler | undefined;
      return {
        choose: async (row, changes) => {
          if (changes !== undefined) sampler.applyConfig({ ...config, ...changeConfig(changes, mostTokens) });
          const token = await native.sampleToken(row, sampler);
          return token < 0 ? undefined : token;
        },
        rank: async (row, token, likeliest) => {
          if (ranking === undefined) {
            ranking = new addon.AddonSampler(nativeModel);
            // Greedy without any filter: the logits come out as the model gave them.
            ranking.applyConfig({ temperature: 0 });
          }
          const filter = [[token], false, false, false, Math.max(1, likeliest)] as const;
          const ranked = await native.sampleToken(row, ranking, false, false, filter, true);
          return rankedToken(token, likeliest, pairsOf(ranked[3]), ranked[4]);
        },
        constrain: (grammar) => {
          const grammarEvaluationState = new addon.AddonGrammarEvaluationState(nativeModel, grammar);
          config = { ...config, grammarEvaluationState };
          sampler.applyConfig(config);
        },
        [Symbol.dispose]: () => {
          sampler.dispose();
          ranking?.dispose();
        },
      };
    },
    parseGrammar: (text) => new addon.AddonGrammar(text, { addonExports: addon, rootRuleName: 'root' }),
    truncate: (sequence, length) => {
      if (length > 0 && native.getSequenceKvCacheMinPosition(sequence) === 0)
        if (native.removeTokenCellsFromSequence(sequence, length, -1)) return true;
      native.disposeSequence(sequence);
      return length === 0;
    },
    copy: async (target, source) => {
      native.disposeSequence(target);
      await native.copySequenceStateFromOtherSequence(target, source);
    },
    // The number of tokens only appears in its messages.
    embedding: () => Array.from(native.getEmbedding(1)),
  };
}

/** A context that gives hidden states instead of logits; the public one cannot be left before the end of a text. */
export async function createEmbeddingContext(
  llama: Llama,
  model: LlamaModel,
  options: LlamaContextOptions,
): Promise<NativeContext> {
  const context = await model.createContext({ ...options, _embeddings: true } as LlamaContextOptions);
  return openNativeContext(llama, model, context);
}

/** A grammar in the hands of the native parser and matcher, without a model. @throws Error for a text that is none */
export function openNativeGrammar(
  llama: Llama,
  text: string,
): { readonly accepts: (text: string) => boolean } {
  const addon = (llama as unknown as { readonly _bindings: Addon })._bindings;
  const grammar = new addon.AddonGrammar(text, { addonExports: addon, rootRuleName: 'root' });
  return { accepts: (candidate) => grammar.isTextCompatible(candidate) };
}

type TokenLogit = { readonly token: number; readonly logit: number };

/** A sampler keeps its random numbers, its grammar and the tokens that it has drawn when the rest changes. */
function changeConfig({ added, repetitionPenalty, occurred }: LogitChanges, mostTokens: number): object {
  return {
    ...(added.size > 0 && {
      tokenBiasKeys: Uint32Array.from(added.keys()),
      tokenBiasValues: Float32Array.from(added.values()),
    }),
    ...(repetitionPenalty !== 1 && {
      repeatPenalty: repetitionPenalty,
      repeatPenaltyTokens: Uint32Array.from(occurred),
      repeatPenaltyMaxTokens: mostTokens,
    }),
  };
}

/**
 * @param logits the likeliest tokens in falling order, and `token`.
 * @param weight sum of all tokens' weights, of which the likeliest has 1.
 */
function rankedToken(
  token: number,
  likeliest: number,
  logits: readonly TokenLogit[],
  weight: number,
): RankedToken {
  const largest = (logits[0] as TokenLogit).logit;
  const logProbabilityOf = (logit: number): number => Math.min(0, logit - largest - Math.log(weight));
  const itself = logits.find((candidate) => candidate.token === token) as TokenLogit;
  return {
    logProbability: logProbabilityOf(itself.logit),
    likeliest: logits.slice(0, likeliest).map((candidate) => ({
      token: candidate.token,
      logProbability: logProbabilityOf(candidate.logit),
    })),
  };
}

/** From token, logit, token, logit, … */
function pairsOf(flat: readonly number[]): readonly TokenLogit[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => ({
    token: flat[2 * index] as number,
    logit: flat[2 * index + 1] as number,
  }));
}
