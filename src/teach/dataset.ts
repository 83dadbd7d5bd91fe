// The training stream: sample `index` of a recipe is a pure function of (seed, index), so that a resumed run, another
// number of workers or an audit sees the same data. A sample is one conversation; the loss counts its completion only.
import { type Random, seededRandom } from '../base/index.ts';
import { type ChatMessage, type Thinking, type Tokenizer, tiegelTemplate } from '../formats/index.ts';
import { outsideSample, sampleTask } from '../tasks/index.ts';
import { type Recipe, type SampleKind, sampleKinds } from './recipe.ts';

/** Token ids of prompt and completion, and where the completion begins. */
export type TrainingSample = { readonly tokens: readonly number[]; readonly completionStart: number };

/** Right-padded rectangle of samples. */
export type LaneBatch = {
  /** int32 [rows × length] */
  readonly tokens: Int32Array;
  /** int32 [rows × length]: the token that should follow each position */
  readonly targets: Int32Array;
  /** float32 [rows × length]: 1 where the target belongs to a completion, else 0 */
  readonly weights: Float32Array;
  readonly rows: number;
  readonly length: number;
};

export type Batch = {
  readonly lanes: readonly LaneBatch[];
  /** Completion tokens over all lanes: the normaliser of the loss. */
  readonly completionTokens: number;
  /** Tokens of all samples without padding. */
  readonly tokens: number;
};

/** What is asked and what should follow, in words. */
type Exchange = {
  readonly prompt: string;
  readonly trace: string;
  readonly answer: string;
  readonly isTask: boolean;
};

const streamTag = 0x5f7;

const systemMessages = [
  'You are a helpful assistant.',
  'Answer briefly.',
  'You are a careful solver of arithmetic problems.',
  'Du bist ein hilfreicher Assistent.',
  'Antworte kurz.',
];

/** The sample at `index` of the recipe's stream. Samples over the length limit are replaced by the next draw. */
export function trainingSample(recipe: Recipe, tokenizer: Tokenizer, index: number): TrainingSample {
  for (let attempt = 0; ; attempt++) {
    const random = seededRandom(recipe.seed, streamTag, index, attempt);
    const sample = encodeExchange(recipe, tokenizer, random);
    if (sample.tokens.length <= recipe.data.longestSample) return sample;
  }
}

/** The batch of a step, sorted by length and cut into lanes, so that little of a lane is padding. */
export function batchAt(recipe: Recipe, tokenizer: Tokenizer, step: number): Batch {
  const { batch, lanes } = recipe.training;
  const samples = Array.from({ length: batch }, (_, row) =>
    trainingSample(recipe, tokenizer, step * batch + row),
  );
  samples.sort((a, b) => a.tokens.length - b.tokens.length);
  const rows = batch / lanes;
  return {
    lanes: Array.from({ length: lanes }, (_, lane) =>
      packLane(samples.slice(lane * rows, (lane + 1) * rows)),
    ),
    completionTokens: sum(samples.map((sample) => sample.tokens.length - sample.completionStart)),
    tokens: sum(samples.map((sample) => sample.tokens.length)),
  };
}

/**
 * Pads samples to one rectangle. Position t predicts token t + 1, so the last token of a sample is a target only.
 *
 * @returns tokens, targets and weights [rows × (longest − 1)]
 */
export function packLane(samples: readonly TrainingSample[]): LaneBatch {
  const length = Math.max(...samples.map((sample) => sample.tokens.length)) - 1;
  const rows = samples.length;
  const tokens = new Int32Array(rows * length);
  const targets = new Int32Array(rows * length);
  const weights = new Float32Array(rows * length);
  samples.forEach((sample, row) => {
    const start = row * length;
    tokens.set(sample.tokens.slice(0, -1), start);
    targets.set(sample.tokens.slice(1), start);
    weights.fill(1, start + sample.completionStart - 1, start + sample.tokens.length - 1);
  });
  return { tokens, targets, weights, rows, length };
}

/** Prompt ids of a conversation, as the chat template renders them for an answer. */
export function encodePrompt(
  tokenizer: Tokenizer,
  messages: readonly ChatMessage[],
  thinking: Thinking,
): readonly number[] {
  return tokenizer.encode(tiegelTemplate.render(messages, { thinking }));
}

function encodeExchange(recipe: Recipe, tokenizer: Tokenizer, random: Random): TrainingSample {
  const { data } = recipe;
  const exchange = drawExchange(recipe, random);
  const thinking = exchange.isTask && random.next() < data.withoutThinking ? 'closed' : 'open';
  const messages: ChatMessage[] = [];
  if (random.next() < data.withSystemMessage)
    messages.push({ role: 'system', content: random.pick(systemMessages) });
  if (random.next() < data.withHistory) {
    const earlier = drawExchange(recipe, random);
    messages.push({ role: 'user', content: earlier.prompt }, { role: 'assistant', content: earlier.answer });
  }
  messages.push({ role: 'user', content: exchange.prompt });

  const prompt = encodePrompt(tokenizer, messages, thinking);
  const reply = { reasoning: exchange.trace, answer: exchange.answer };
  const completion = tokenizer.encode(tiegelTemplate.renderCompletion(reply, { thinking }));
  return { tokens: [...prompt, ...completion], completionStart: prompt.length };
}

function drawExchange(recipe: Recipe, random: Random): Exchange {
  const kind = drawKind(recipe.data.mixture, random.next());
  const index = random.integer(0, 2 ** 31 - 1);
  if (kind === 'outside') return { ...outsideSample(recipe.seed, index), isTask: false };
  return { ...sampleTask(kind, recipe.seed, index, { split: 'train' }), isTask: true };
}

/** The kind at a place in [0, 1) of the cumulated mixture. */
function drawKind(mixture: Recipe['data']['mixture'], place: number): SampleKind {
  let remaining = place * sum(Object.values(mixture));
  for (const kind of sampleKinds) {
    remaining -= mixture[kind];
    if (remaining < 0) return kind;
  }
  return 'outside';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
