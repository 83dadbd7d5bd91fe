// Batched decoding on the training kernels: a key-value cache, prompts of different lengths, greedy or at a temperature.
// Every sum runs in the order in which training runs it, so that a rollout's log-probabilities are those of training bit by
// bit (with the addon, up to rounding). Serving uses the engine.
import { type Random, seededRandom, TiegelError } from '../base/index.ts';
import {
  appendKeyValues,
  type CacheEntries,
  type ChosenTokens,
  causalAttention,
  chooseTokens,
  copyKeyValues,
  createKeyValueCache,
  createTape,
  decodeAttention,
  embedding,
  type KeyValueCache,
  type Tape,
  type Tensor,
} from '../tensor/index.ts';
import { type Model, packModel, transform, unembed } from './model.ts';

/** Holds memory of the model's runtime from its creation to its disposal; nothing else may allocate there meanwhile. */
export type Decoder = Disposable & {
  /** Sequences that are still decoded, in the order of the rows of logits. */
  readonly active: () => number;
  /** Tokens that each active sequence holds. */
  readonly lengths: () => readonly number[];
  /**
   * Starts over with these prompts, none empty, at most `batch` of them. A repeated prompt is computed once.
   * @returns logits [prompts, vocabularySize] of the token after each prompt; valid until the next call.
   */
  readonly prefill: (prompts: readonly (readonly number[])[]) => Float32Array;
  /**
   * Appends one token to each active sequence.
   * @returns logits [active, vocabularySize]; valid until the next call.
   */
  readonly step: (tokens: readonly number[]) => Float32Array;
  /** The next token of every row of the last logits, by a uniform number each; 0 is greedy. Valid until the next call. */
  readonly choose: (draws: Float64Array, temperature: number) => ChosenTokens;
  /** Continues with these rows only, in this order; the others are finished. */
  readonly keep: (rows: readonly number[]) => void;
};

/**
 * A decoder for up to `batch` sequences of up to `capacity` tokens, prompt and completion together.
 *
 * @throws TGL_TENSOR_MEMORY; its calls throw TGL_TENSOR_SHAPE for a token outside the vocabulary, a sequence longer than
 *   the capacity and a wrong number of tokens.
 */
export function createDecoder(
  unpacked: Model,
  options: { readonly batch: number; readonly capacity: number },
): Decoder {
  const { runtime, shape } = unpacked;
  const { heads, keyValueHeads } = shape;
  const region = runtime.openRegion();
  const model = packModel(unpacked, region);
  const cacheShape = {
    heads,
    keyValueHeads,
    headWidth: shape.width / heads,
    slots: options.batch,
    capacity: Math.min(options.capacity, shape.contextLength),
  };
  const caches = model.blocks.map(() => createKeyValueCache(region, cacheShape));
  const tape = createTape(runtime, { recording: false });
  const prefillWith = prefiller(tape, model, caches);
  let logits: Tensor | undefined;
  let slots = new Int32Array();
  let lengths: number[] = [];

  return {
    active: () => lengths.length,
    lengths: () => lengths,
    prefill: (prompts) => {
      tape.reset();
      requirePrompts(prompts);
      lengths = prompts.map((prompt) => prompt.length);
      ({ logits, slots } = prefillWith(prompts));
      return logits.values;
    },
    step: (tokens) => {
      tape.reset();
      const entries: CacheEntries = { slots, positions: Int32Array.from(lengths) };
      const hidden = transform(tape, model, Int32Array.from(tokens), entries.positions, (qkv, layer) => {
        appendKeyValues(tape, qkv, caches[layer]!, entries);
        return decodeAttention(tape, qkv, caches[layer]!, entries);
      });
      lengths = lengths.map((length) => length + 1);
      logits = unembed(tape, model, hidden);
      return logits.values;
    },
    choose: (draws, temperature) => {
      if (!logits) throw new TypeError('choose: there are no logits yet');
      return chooseTokens(tape, logits, draws, temperature);
    },
    keep: (rows) => {
      slots = Int32Array.from(rows, (row) => slots[row]!);
      lengths = rows.map((row) => lengths[row]!);
    },
    [Symbol.dispose]: () => {
      tape.reset();
      region[Symbol.dispose]();
    },
  };
}

function requirePrompts(prompts: readonly (readonly number[])[]): void {
  if (prompts.length > 0 && prompts.every((prompt) => prompt.length > 0)) return;
  const received = `prompts of lengths [${prompts.map((prompt) => prompt.length).join(', ')}]`;
  const expected = 'at least one token each';
  throw new TiegelError('TGL_TENSOR_SHAPE', { operation: 'prefill', received, expected });
}

/** The slot of the cache that each prompt gets, and the logits [prompts, vocabularySize] of the token after it. */
type Prefilled = { readonly slots: Int32Array<ArrayBuffer>; readonly logits: Tensor };

/** Computes prompts in one padded pass, a repeated one once, and leaves their keys and values in the caches. */
function prefiller(
  tape: Tape,
  model: Model,
  caches: readonly KeyValueCache[],
): (prompts: readonly (readonly number[])[]) => Prefilled {
  const { heads, keyValueHeads } = model.shape;
  return (prompts) => {
    const length = Math.max(...prompts.map((prompt) => prompt.length));
    const { distinct, numbers } = withoutRepetitions(prompts);
    const tokens = new Int32Array(distinct.length * length);
    for (const [index, prompt] of distinct.entries()) tokens.set(prompt, index * length);
    // What the padding leaves in the cache is overwritten before any step can see it.
    const entries: CacheEntries = {
      slots: tokens.map((_, row) => Math.floor(row / length)),
      positions: tokens.map((_, row) => row % length),
    };
    const layout = { batch: distinct.length, length, heads, keyValueHeads };
    const hidden = transform(tape, model, tokens, entries.positions, (qkv, layer) => {
      appendKeyValues(tape, qkv, caches[layer]!, entries);
      return causalAttention(tape, qkv, layout);
    });
    // The distinct prompts lie in the first slots; repetitions get the next ones.
    let next = distinct.length;
    const slots = numbers.map((number, index) => (numbers.indexOf(number) === index ? number : next++));
    for (const [index, number] of numbers.entries()) {
      const slot = slots[index]!;
      if (slot === number) continue;
      for (const cache of caches) copyKeyValues(model.runtime, cache, number, slot, prompts[index]!.length);
    }
    const last = numbers.map((number, index) => number * length + prompts[index]!.length - 1);
    return { slots, logits: unembed(tape, model, embedding(tape, hidden, last)) };
  };
}

/** Every prompt once, in the order in which they first come, and the number there of each. */
function withoutRepetitions(prompts: readonly (readonly number[])[]): {
  readonly distinct: readonly (readonly number[])[];
  readonly numbers: Int32Array<ArrayBuffer>;
} {
  const known = new Map<string, number>();
  const distinct: (readonly number[])[] = [];
  const numbers = Int32Array.from(prompts, (prompt) => {
    const key = prompt.join();
    const number = known.get(key) ?? distinct.push(prompt) - 1;
    known.set(key, number);
    return number;
  });
  return { distinct, numbers };
}

export type CompletionOptions = {
  /** Maximum tokens of a completion; the context may end it earlier. */
  readonly maxTokens: number;
  /** The token that ends a completion; it is not part of it. */
  readonly stopToken: number;
  /** 0 is greedy. @default 0 */
  readonly temperature?: number;
  /** Needed for a temperature above 0. Each prompt gets a stream of its own from it, whatever the batches. */
  readonly random?: Random;
  /** Sequences decoded together. @default 64 */
  readonly batch?: number;
};

export type Completion = {
  /** Without the token that ended it. */
  readonly tokens: readonly number[];
  /** log softmax(logits)[token] of every token, and of the one that ended it, if any. */
  readonly logProbabilities: readonly number[];
  /** False if the limit or the end of the context cut it off. */
  readonly stopped: boolean;
};

/**
 * Completes every prompt, in the order given. The result of a prompt does not depend on the others.
 *
 * @throws TGL_TENSOR_SHAPE for an empty prompt, one that does not fit into the context, or an unknown token;
 *   TGL_TENSOR_MEMORY
 */
export function complete(
  model: Model,
  prompts: readonly (readonly number[])[],
  options: CompletionOptions,
): readonly Completion[] {
  const { maxTokens, stopToken, temperature = 0, batch = 64 } = options;
  const { contextLength } = model.shape;
  const { random } = options;
  if (temperature > 0 && !random)
    throw new TypeError('complete: a temperature above 0 needs a random stream');
  const streams = prompts.map(() => (random ? seededRandom(random.integer(0, 2 ** 32 - 1)) : undefined));
  const completions = prompts.map(() => ({
    tokens: [] as number[],
    logProbabilities: [] as number[],
    stopped: false,
  }));

  // Prompts of similar length share a batch: less padding.
  const order = prompts.map((_, index) => index).sort((a, b) => prompts[a]!.length - prompts[b]!.length);
  for (let start = 0; start < order.length; start += batch) {
    let running = order.slice(start, start + batch);
    const longest = Math.max(...running.map((index) => prompts[index]!.length));
    const capacity = Math.min(contextLength, longest + maxTokens);
    using decoder = createDecoder(model, { batch: running.length, capacity });
    decoder.prefill(running.map((index) => prompts[index]!));
    for (;;) {
      const lengths = decoder.lengths();
      const draws = Float64Array.from(running, (index) => streams[index]?.next() ?? 0);
      const chosen = decoder.choose(draws, temperature);
      const rows: number[] = [];
      running.forEach((index, row) => {
        const completion = completions[index]!;
        const token = chosen.tokens[row]!;
        completion.logProbabilities.push(chosen.logProbabilities[row]!);
        completion.stopped = token === stopToken;
        if (completion.stopped) return;
        completion.tokens.push(token);
        if (completion.tokens.length < maxTokens && lengths[row]! < contextLength) rows.push(row);
      });
      if (rows.length === 0) break;
      const tokens = rows.map((row) => chosen.tokens[row]!);
      running = rows.map((row) => running[row]!);
      decoder.keep(rows);
      decoder.step(tokens);
    }
  }
  return completions;
}
