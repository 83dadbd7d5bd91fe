// The training stream: sample `index` of a recipe is a pure function of (seed, index), so that a resumed run, another
// number of workers or an audit sees the same data. A sample is one conversation; the loss counts its completion only.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { firstAccepted, type Random, seededRandom, TiegelError } from '../base/index.ts';
import { type ChatMessage, type Thinking, type Tokenizer, tiegelTemplate } from '../formats/index.ts';
import { sum } from '../stats/index.ts';
import { outsideSample, type Subset, sampleTask } from '../tasks/index.ts';
import type { Recipe } from './recipe.ts';
import { type SampleKind, sampleKinds } from './sample-kind.ts';

/** Token ids of prompt and completion, and where the completion begins. */
export type TrainingSample = { readonly tokens: readonly number[]; readonly completionStart: number };

/** Checks a sample that was read from a file. */
export const trainingSampleSchema: z.ZodType<TrainingSample> = z
  .strictObject({ tokens: z.array(z.int().min(0)), completionStart: z.int().min(1) })
  .refine(({ tokens, completionStart }) => completionStart < tokens.length, 'has no completion');

/** A right-padded batch of samples, and the positions at which completions are predicted. */
export type PaddedBatch = {
  /** int32 [rows × length] */
  readonly tokens: Int32Array;
  readonly rows: number;
  readonly length: number;
  /** int32 [predictions]: index in `tokens` of the predecessor of each completion token; ascending. */
  readonly predictionIndices: Int32Array;
  /** int32 [predictions]: the completion token at the next position. */
  readonly targets: Int32Array;
};

export type Batch = {
  /** The padded batches of each shard; their gradients are added in this order. */
  readonly shards: readonly (readonly PaddedBatch[])[];
  /** Completion tokens over all shards: the normaliser of the loss. */
  readonly completionTokens: number;
  /** Tokens of all samples without padding. */
  readonly tokens: number;
};

/** The data from which the stream of samples is made. */
export type DataSource = Pick<Recipe, 'name' | 'seed' | 'data'>;

/** The training problems of which stages sample completions: if some have a demonstration, those without one. */
export function promptedSubset({ demonstrated = 0 }: DataSource['data']): Subset {
  return { from: demonstrated, below: 1 };
}

/** What is asked and what should follow, in words. */
type Exchange = {
  readonly prompt: string;
  readonly trace: string;
  readonly answer: string;
  readonly isTask: boolean;
};

const streamTag = 0x5f7;
/** Tokens whose activations, in the shipped sizes, take about a third of a worker's memory. */
const maxPaddedTokens = 4096;

const systemMessages = [
  'You are a helpful assistant.',
  'Answer briefly.',
  'You are a careful solver of arithmetic problems.',
  'Du bist ein hilfreicher Assistent.',
  'Antworte kurz.',
];

/** After `checkSampleLengths` has passed, this many refusals in a row have a probability below 10^-58. */
const maxDraws = 1000;

/**
 * The sample at `index` of the stream. Samples over the length limit are replaced by the next draw.
 *
 * @throws TGL_RECIPE_INVALID if none of many draws is within the limit
 */
export function trainingSample(source: DataSource, tokenizer: Tokenizer, index: number): TrainingSample {
  const { longestSample } = source.data;
  const found = firstAccepted(maxDraws, (attempt) => {
    const random = seededRandom(source.seed, streamTag, index, attempt);
    const sample = encodeExchange(source, tokenizer, random);
    return sample.tokens.length <= longestSample ? sample : undefined;
  });
  if (found !== undefined) return found;
  const problem = `none of ${maxDraws} draws of sample ${index} has at most ${longestSample} tokens`;
  throw new TiegelError('TGL_RECIPE_INVALID', { recipe: source.name, path: 'data.longestSample', problem });
}

const probeTag = 0x5f8;
const probesPerKind = 64;
/** With fewer than one sample in eight, drawing would be slower than training, and mixtures would differ from what is stated. */
const minFitting = probesPerKind / 8;

/**
 * Draws samples of every kind in the mixture and compares them with the limit of their length, before anything waits
 * for one that fits.
 *
 * @throws TGL_RECIPE_INVALID with what was drawn
 */
export function checkSampleLengths(source: DataSource, tokenizer: Tokenizer): void {
  const { longestSample, mixture } = source.data;
  for (const kind of sampleKinds.filter((some) => (mixture[some] ?? 0) > 0)) {
    const lengths = Array.from({ length: probesPerKind }, (_, probe) => {
      const random = seededRandom(source.seed, probeTag, probe);
      return encodeExchange(source, tokenizer, random, kind).tokens.length;
    }).sort((a, b) => a - b);
    const fitting = lengths.filter((length) => length <= longestSample).length;
    if (fitting >= minFitting) continue;
    const problem =
      `of ${probesPerKind} samples of ${kind}, ${fitting} have at most ${longestSample} tokens and ${minFitting} are needed; ` +
      `the shortest has ${lengths[0]}, the ${minFitting}th ${lengths[minFitting - 1]}`;
    throw new TiegelError('TGL_RECIPE_INVALID', { recipe: source.name, path: 'data.longestSample', problem });
  }
}

/** The samples, at least as many as shards, sorted by length and cut into shards, so that little of a shard is padding. */
export function packBatch(samples: readonly TrainingSample[], shards: number): Batch {
  const sorted = samples.toSorted((a, b) => a.tokens.length - b.tokens.length);
  return {
    shards: splitEvenly(sorted, shards).map((shard) => splitToFit(shard).map(padBatch)),
    completionTokens: sum(samples.map((sample) => sample.tokens.length - sample.completionStart)),
    tokens: sum(samples.map((sample) => sample.tokens.length)),
  };
}

/** Neighbouring items in this many parts, whose sizes differ by one at most; fewer parts if there are fewer items. */
export function splitEvenly<Item>(items: readonly Item[], shards: number): readonly (readonly Item[])[] {
  const parts = Math.min(shards, items.length);
  const cut = (part: number): number => Math.round((part * items.length) / parts);
  return Array.from({ length: parts }, (_, part) => items.slice(cut(part), cut(part + 1)));
}

/** Neighbouring samples, sorted by length, in as few parts as fit into memory when padded. */
export function splitToFit<Item extends { readonly tokens: readonly number[] }>(
  sorted: readonly Item[],
): readonly (readonly Item[])[] {
  const parts: Item[][] = [];
  for (const item of sorted) {
    const last = parts.at(-1);
    if (last && (last.length + 1) * item.tokens.length <= maxPaddedTokens) last.push(item);
    else parts.push([item]);
  }
  return parts;
}

/** Pads samples to one length. Position t predicts token t + 1, so the last token of a sample is a target only. */
export function padBatch(samples: readonly TrainingSample[]): PaddedBatch {
  const length = Math.max(...samples.map((sample) => sample.tokens.length)) - 1;
  const rows = samples.length;
  const tokens = new Int32Array(rows * length);
  const predictionIndices: number[] = [];
  const targets: number[] = [];
  samples.forEach((sample, row) => {
    const start = row * length;
    tokens.set(sample.tokens.slice(0, -1), start);
    for (let position = sample.completionStart; position < sample.tokens.length; position++) {
      predictionIndices.push(start + position - 1);
      targets.push(sample.tokens[position] as number);
    }
  });
  return {
    tokens,
    rows,
    length,
    predictionIndices: Int32Array.from(predictionIndices),
    targets: Int32Array.from(targets),
  };
}

/** SHA-256 of what a batch teaches, in order. */
export function digestOfBatch(batch: Batch): string {
  const hash = createHash('sha256');
  for (const { tokens, predictionIndices } of batch.shards.flat())
    hash.update(tokens).update(predictionIndices);
  return hash.digest('hex');
}

/** Prompt ids of a conversation, as the chat template renders them for an answer. */
export function encodePrompt(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  thinking: Thinking,
): readonly number[] {
  return tokenizer.encode(tiegelTemplate.render(messages, { thinking }));
}

/** @param kind of the exchange itself, in place of one that is drawn */
function encodeExchange(
  source: DataSource,
  tokenizer: Tokenizer,
  random: Random,
  kind?: SampleKind,
): TrainingSample {
  const { data } = source;
  const exchange = drawExchange(source, random, kind);
  const thinking = exchange.isTask && random.next() < data.withoutThinking ? 'closed' : 'open';
  const messages: ChatMessage[] = [];
  if (random.next() < data.withSystemMessage)
    messages.push({ role: 'system', content: random.pick(systemMessages) });
  if (random.next() < data.withHistory) {
    const earlier = drawExchange(source, random);
    messages.push({ role: 'user', content: earlier.prompt }, { role: 'assistant', content: earlier.answer });
  }
  messages.push({ role: 'user', content: exchange.prompt });

  const prompt = encodePrompt(tokenizer, messages, thinking);
  const reply = { reasoning: exchange.trace, answer: exchange.answer };
  const completion = tokenizer.encode(tiegelTemplate.renderCompletion(reply, { thinking }));
  return { tokens: [...prompt, ...completion], completionStart: prompt.length };
}

function drawExchange({ seed, data }: DataSource, random: Random, wanted?: SampleKind): Exchange {
  const drawn = drawKind(data.mixture, random.next());
  const kind = wanted ?? drawn;
  const index = random.integer(0, 2 ** 31 - 1);
  if (kind === 'outside') return { ...outsideSample(seed, index, data.outside), isTask: false };
  const subset = { from: 0, below: data.demonstrated ?? 1 };
  const sample = sampleTask(kind, seed, index, { ...data.tasks?.[kind], split: 'train', subset });
  const isBrief = data.withoutSearch !== undefined && random.next() < data.withoutSearch;
  return { ...sample, trace: isBrief ? sample.solution : sample.trace, isTask: true };
}

/** The kind whose share of the cumulative mixture contains `position`, in [0, 1); a kind that is not named has weight 0. */
export function drawKind<Kind extends SampleKind>(
  mixture: Readonly<Partial<Record<Kind, number>>>,
  position: number,
): Kind {
  const kinds = sampleKinds.filter((kind) => kind in mixture) as Kind[];
  let remaining = position * sum(kinds.map((kind) => mixture[kind] as number));
  for (const kind of kinds) {
    remaining -= mixture[kind] as number;
    if (remaining < 0) return kind;
  }
  return kinds.at(-1) as Kind;
}
