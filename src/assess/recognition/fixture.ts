// Servers with small random-weight models on them, for simulations: a recurrent network whose next-token probabilities are as
// peaked as those of language models, copies of it in fewer bits, and the rounding of batches as noise on its logits.
import { type Random, seededRandom } from '../../base/index.ts';
import {
  createScriptedEngine,
  type Engine,
  type EngineEvent,
  type GenerateRequest,
} from '../../engine/index.ts';

const vocabularySize = 128;
const width = 32;
const alternatives = 5;

/** Logits are so many standard deviations apart that the likeliest token has about half of the probability. */
const sharpness = 10;

export type RandomModel = {
  readonly embedding: Float32Array;
  readonly recurrence: Float32Array;
  readonly output: Float32Array;
};

export function randomModel(seed: number): RandomModel {
  const normal = (stream: number, length: number, scale: number): Float32Array => {
    const draw = normalIn(seededRandom(seed, stream));
    return Float32Array.from({ length }, () => scale * draw());
  };
  return {
    embedding: normal(0, vocabularySize * width, 1),
    recurrence: normal(1, width * width, 0.9 / Math.sqrt(width)),
    output: normal(2, vocabularySize * width, sharpness / Math.sqrt(width)),
  };
}

/** Each 32 weights share a scale and keep so many bits each, as GGUF's Q8_0 and Q4_0 have it. */
export function quantised(model: RandomModel, bits: number): RandomModel {
  const levels = 2 ** (bits - 1) - 1;
  const reduce = (weights: Float32Array): Float32Array => {
    const reduced = new Float32Array(weights.length);
    for (let start = 0; start < weights.length; start += 32) {
      const block = weights.subarray(start, start + 32);
      const scale = block.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / levels;
      block.forEach((weight, index) => {
        reduced[start + index] = scale * Math.round(weight / scale);
      });
    }
    return reduced;
  };
  const { embedding, recurrence, output } = model;
  return { embedding: reduce(embedding), recurrence: reduce(recurrence), output: reduce(output) };
}

export type RandomServerOptions = {
  /** The model that answers at the moment. */
  readonly model: () => RandomModel;
  readonly random: Random;
  /** Standard deviation of what batches add to each logit, at the moment. @default 0.02 */
  readonly noise?: () => number;
  /** Replaces the answer to a prompt. */
  readonly answers?: (content: string) => string | undefined;
  readonly hasProbabilities?: boolean;
};

/** A server that takes messages, knows no seeds, and gives the log-probabilities of its own noisy logits. */
export function randomServer({
  model,
  random,
  noise = () => 0.02,
  answers = () => undefined,
  hasProbabilities = true,
}: RandomServerOptions): Engine {
  const capabilities = {
    ...({ promptForm: 'messages', seed: false, thinkingStop: 'none', contextLength: 4096 } as const),
    logProbabilities: hasProbabilities ? ('raw' as const) : ('none' as const),
  };
  const engine = createScriptedEngine({ model: 'random', reply: () => [''], capabilities });
  return {
    ...engine,
    generate: (request) => {
      const content = request.turn?.messages.at(-1)?.content ?? '';
      const given = answers(content);
      return inOnePiece(() =>
        given === undefined
          ? [...completion(model(), content, request, random, noise())]
          : [{ type: 'token', text: given }, end(given.split(' ').length)],
      );
    },
  };
}

async function* inOnePiece(events: () => readonly EngineEvent[]): AsyncGenerator<readonly EngineEvent[]> {
  yield events();
}

function end(completionTokens: number): EngineEvent {
  return { type: 'end', reason: 'length', completionTokens, counted: { promptTokens: 12 } };
}

function* completion(
  { embedding, recurrence, output }: RandomModel,
  content: string,
  { maxTokens, sampling: { temperature }, logProbabilities }: GenerateRequest,
  random: Random,
  noise: number,
): Generator<EngineEvent> {
  const [state, following] = [new Float32Array(width), new Float32Array(width)];
  const logits = new Float32Array(vocabularySize);
  const read = (token: number): void => {
    multiply(recurrence, state, following);
    for (let row = 0; row < width; row++)
      state[row] = Math.tanh((following[row] as number) + (embedding[token * width + row] as number));
  };
  for (const word of content.match(/\p{Script=Han}|[\p{L}\p{M}]+|\S/gu) ?? []) read(tokenOf(word));
  for (let place = 0; place < maxTokens; place++) {
    multiply(output, state, logits);
    const shift = random.integer(0, rounding.length - vocabularySize);
    for (let token = 0; token < vocabularySize; token++)
      logits[token] = (logits[token] as number) + noise * (rounding[shift + token] as number);
    const token = temperature === 0 ? likeliest(logits, 1)[0] : drawn(logits, temperature, random);
    yield {
      ...{ type: 'token', text: words[token as number] as string },
      ...(logProbabilities !== undefined && withProbabilities(logits, token as number)),
    };
    read(token as number);
  }
  yield end(maxTokens);
}

/** Row by row, in four sums that do not wait for each other: nearly all of a simulation is this. */
function multiply(matrix: Float32Array, vector: Float32Array, sums: Float32Array): void {
  for (let row = 0; row < sums.length; row++) {
    const from = row * width;
    let [one, two, three, four] = [0, 0, 0, 0];
    for (let column = 0; column < width; column += 4) {
      one += (matrix[from + column] as number) * (vector[column] as number);
      two += (matrix[from + column + 1] as number) * (vector[column + 1] as number);
      three += (matrix[from + column + 2] as number) * (vector[column + 2] as number);
      four += (matrix[from + column + 3] as number) * (vector[column + 3] as number);
    }
    sums[row] = one + two + three + four;
  }
}

function tokenOf(word: string): number {
  let hash = 7;
  for (const character of word) hash = Math.imul(hash, 31) + (character.codePointAt(0) as number);
  return (hash >>> 0) % vocabularySize;
}

const words: readonly string[] = Array.from(
  { length: vocabularySize },
  (_, token) => `${[...token.toString(6)].map((digit) => 'aeiou'[Number(digit)] ?? 'y').join('n')} `,
);

/** Normal numbers, which are taken from a random one on. */
const rounding: Float32Array = Float32Array.from({ length: 9973 }, normalIn(seededRandom(9)));

function withProbabilities(logits: Float32Array, token: number) {
  const normaliser = logSumOf(logits, 1);
  const logProbabilityOf = (index: number): number => (logits[index] as number) - normaliser;
  return {
    logProbability: logProbabilityOf(token),
    alternatives: likeliest(logits, alternatives).map((index) => ({
      text: words[index] as string,
      logProbability: logProbabilityOf(index),
    })),
  };
}

/** The first so many, in order. A loop of its own, since whole servers are simulated with it. */
function likeliest(logits: Float32Array, count: number): readonly number[] {
  const first: number[] = [];
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] as number;
    let place = first.length;
    while (place > 0 && logit > (logits[first[place - 1] as number] as number)) place--;
    if (place >= count) continue;
    first.splice(place, 0, token);
    if (first.length > count) first.pop();
  }
  return first;
}

function drawn(logits: Float32Array, temperature: number, random: Random): number {
  const normaliser = logSumOf(logits, temperature);
  let left = random.next();
  for (let token = 0; token < logits.length; token++) {
    left -= Math.exp((logits[token] as number) / temperature - normaliser);
    if (left <= 0) return token;
  }
  return 0;
}

function logSumOf(logits: Float32Array, temperature: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) most = Math.max(most, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - most) / temperature);
  return most / temperature + Math.log(sum);
}

function normalIn(random: Random): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
