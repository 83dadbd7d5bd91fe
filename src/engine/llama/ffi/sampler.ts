// Draws the tokens of one generation, by a chain of llama.cpp's samplers that lives as long as the generation does.
import { seededRandom } from '../../../base/index.ts';
import type { Sampling, Watermark } from '../../engine.ts';
import { createMarkedDraw, type MarkedDraw } from '../marked-draw.ts';
import { mostCandidates } from '../token-ranking.ts';
import { type Candidates, createCandidates } from './candidates.ts';
import type { NativeContext } from './context.ts';
import type { NativeGrammar } from './grammar.ts';
import { cacheTypes, type Pointer } from './interface.ts';
import type { Library } from './library.ts';
import type { Vocabulary } from './model.ts';

/** What was left out may be undefined. The seed has 31 bits: llama.cpp takes 2³² − 1 as a wish for an unpredictable one. */
export type SamplerSettings = { readonly [Option in keyof Sampling]: Sampling[Option] | undefined } & {
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
};

export type TokenSampler = Disposable & {
  /**
   * The next token; undefined when none may follow.
   * @param index of the token in the batch whose logits these are.
   * @param logits of it.
   * @throws Error for values that are not finite
   */
  readonly choose: (index: number, logits: Float32Array) => number | undefined;
  /** A token of the completion that nobody drew. */
  readonly take: (token: number) => void;
  /** From here on only what the grammar allows from its begin. */
  readonly constrain: (grammar: NativeGrammar) => void;
};

export type SamplerFactory = {
  /**
   * @param prompt its tokens.
   * @param mostTokens of prompt and completion together.
   * @param watermark null for none.
   */
  readonly create: (
    settings: SamplerSettings,
    prompt: readonly number[],
    mostTokens: number,
    watermark: Watermark | null,
  ) => TokenSampler;
};

export function createSamplers(
  library: Library,
  vocabulary: Vocabulary,
  context: Pick<NativeContext, 'pointer'>,
): SamplerFactory {
  let candidates: Candidates | undefined;
  return {
    create: (settings, prompt, mostTokens, watermark) => {
      const isMarked = watermark !== null && settings.temperature > 0;
      const chain = createChain(library, vocabulary, settings, prompt, mostTokens);
      const draw = lastSampler(library, settings);
      if (!isMarked) library.call.llama_sampler_chain_add(chain, draw);
      const marked = isMarked
        ? { ...createMarkedDraw(watermark, prompt, seededRandom(settings.seed, 1)), unmarked: draw }
        : undefined;
      return createSampler(library, context, chain, marked, () => {
        candidates ??= createCandidates(vocabulary.size);
        return candidates;
      });
    },
  };
}

/** Without the key tokens are drawn by a sampler that the chain then lacks. */
type Marked = MarkedDraw & { readonly unmarked: Pointer };

/** @param candidatesOf an array that all samplers share, since only one is at work at a time. */
function createSampler(
  library: Library,
  context: Pick<NativeContext, 'pointer'>,
  chain: Pointer,
  marked: Marked | undefined,
  candidatesOf: () => Candidates,
): TokenSampler {
  const { call } = library;
  let grammar: NativeGrammar | undefined;
  const drawn = (logits: Float32Array, constraint?: NativeGrammar): number | undefined => {
    const array = candidatesOf();
    array.fill(logits);
    if (constraint !== undefined) {
      constraint.reject(array.address);
      if (!array.holdsAny()) return undefined;
    }
    call.llama_sampler_apply(chain, array.address);
    if (marked === undefined) return array.selected();
    const token = marked.choose(array.list());
    if (token !== undefined) return token;
    call.llama_sampler_apply(marked.unmarked, array.address);
    return array.selected();
  };
  /** Most tokens that a model likes are allowed; what all of them are is asked only where this one is not. */
  const drawnAllowed = (logits: Float32Array): number | undefined => {
    const free = drawn(logits);
    if (grammar === undefined) return free;
    return free !== undefined && grammar.allows(free) ? free : drawn(logits, grammar);
  };
  const take = (token: number): void => {
    call.llama_sampler_accept(chain, token);
    marked?.take(token);
  };
  return {
    choose: (index, logits) => {
      requireFinite(library, logits);
      if (grammar === undefined && marked === undefined)
        return call.llama_sampler_sample(chain, context.pointer(), index);
      const token = drawnAllowed(logits);
      if (token === undefined) return undefined;
      take(token);
      grammar?.take(token);
      return token;
    },
    take,
    constrain: (wanted) => {
      grammar = wanted;
    },
    [Symbol.dispose]: () => {
      call.llama_sampler_free(chain);
      // A chain frees what it holds.
      if (marked !== undefined) call.llama_sampler_free(marked.unmarked);
    },
  };
}

/** All but the last sampler. Biases, and the penalties that are subtracted, are sums; the one that divides comes after them, as servers have it. */
function createChain(
  { call }: Library,
  vocabulary: Vocabulary,
  settings: SamplerSettings,
  prompt: readonly number[],
  mostTokens: number,
): Pointer {
  const { temperature, topP, topK = mostCandidates, minP = 0, logitBias = [] } = settings;
  const { repetitionPenalty = 1, presencePenalty = 0, frequencyPenalty = 0 } = settings;
  const chain = call.llama_sampler_chain_init({ no_perf: true });
  const add = (sampler: Pointer): Pointer => {
    call.llama_sampler_chain_add(chain, sampler);
    return sampler;
  };
  const penalties = (repeat: number, frequency: number, presence: number): Pointer =>
    add(call.llama_sampler_init_penalties(vocabulary.size, mostTokens, repeat, frequency, presence));
  if (logitBias.length > 0)
    add(call.llama_sampler_init_logit_bias(vocabulary.size, logitBias.length, biasesOf(logitBias)));
  // Over the completion.
  if (presencePenalty !== 0 || frequencyPenalty !== 0) penalties(1, frequencyPenalty, presencePenalty);
  if (repetitionPenalty !== 1) {
    const sampler = penalties(repetitionPenalty, 0, 0);
    for (const token of prompt) call.llama_sampler_accept(sampler, token);
  }
  if (temperature > 0) {
    add(call.llama_sampler_init_top_k(topK));
    if (topP < 1) add(call.llama_sampler_init_top_p(topP, 1));
    if (minP > 0) add(call.llama_sampler_init_min_p(minP, 1));
    add(call.llama_sampler_init_temp(temperature));
  }
  return chain;
}

/** What chooses among the candidates that a chain leaves. */
function lastSampler({ call }: Library, { temperature, seed }: SamplerSettings): Pointer {
  return temperature === 0 ? call.llama_sampler_init_greedy() : call.llama_sampler_init_dist(seed);
}

/** `llama_logit_bias[]`: a token and what is added to its logit. */
function biasesOf(biases: readonly (readonly [token: number, bias: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * biases.length));
  for (const [index, [token, bias]] of biases.entries()) {
    view.setInt32(8 * index, token, true);
    view.setFloat32(8 * index + 4, bias, true);
  }
  return new Uint8Array(view.buffer);
}

/** A chain that finds nothing to choose ends the process. Minus infinity is a value: some models rule tokens out by it. */
function requireFinite({ call }: Library, logits: Float32Array): void {
  if (call.ggml_validate_row_data(cacheTypes.F32, logits, logits.byteLength)) return;
  const isBroken = (value: number): boolean => Number.isNaN(value) || value === Number.POSITIVE_INFINITY;
  if (logits.some(isBroken) || !logits.some(Number.isFinite))
    throw new Error('the model computes values that are not finite');
}
