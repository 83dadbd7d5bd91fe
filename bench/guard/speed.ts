// Requests for each second of one core, by processor time: all that the guard computes for a request, and the two-sample test
// by MMD over windows of requests whose vectors are given.
import {
  accountStateBytes,
  addRequest,
  createFeatureExtractor,
  emptyAccountState,
  type RequestFacts,
} from '../../src/guard/index.ts';
import { median } from '../bench.ts';

export type Speed = {
  readonly eventsPerCoreSecond: number;
  readonly mmdEventsPerCoreSecond: number;
  /** Of one request by the clock, on whatever else the machine does. */
  readonly medianMs: number;
  readonly percentile99Ms: number;
  readonly bytesPerAccount: number;
  readonly meanCharacters: number;
  readonly rounds: number;
};

const rounds = 5;
const requestsPerRound = 10_000;
const accounts = 1000;
const window = 1500;
const references = 500;

/** @param texts prompts, in the order of which requests ask them */
export function measureSpeed(texts: readonly string[]): Speed {
  const observe = observer(texts);
  for (let index = 0; index < 5000; index++) observe(index);
  const vectors = texts.map((text) => createFeatureExtractor([1, 2])(text).fourier);
  const milliseconds: number[] = [];
  const perRound = Array.from({ length: rounds }, () => {
    const ours = coreSeconds(() => {
      for (let index = 0; index < requestsPerRound; index++) {
        const start = performance.now();
        observe(index);
        milliseconds.push(performance.now() - start);
      }
    });
    return { ours: requestsPerRound / ours, mmd: window / coreSeconds(() => mmdOfWindow(vectors)) };
  });
  milliseconds.sort((a, b) => a - b);
  return {
    eventsPerCoreSecond: median(perRound.map(({ ours }) => ours)),
    mmdEventsPerCoreSecond: median(perRound.map(({ mmd }) => mmd)),
    medianMs: median(milliseconds),
    percentile99Ms: milliseconds[Math.floor(0.99 * milliseconds.length)]!,
    bytesPerAccount: accountStateBytes,
    meanCharacters: texts.reduce((sum, text) => sum + text.length, 0) / texts.length,
    rounds,
  };
}

const facts: RequestFacts = {
  inputTokens: 120,
  cachedTokens: 20,
  reasoningTokens: 400,
  answerTokens: 100,
  traceShown: true,
  opensConversation: true,
  clientGone: false,
  choices: 1,
  temperature: 0.6,
  gapSeconds: 30,
  inBenchmark: false,
};

function observer(texts: readonly string[]): (index: number) => void {
  const extract = createFeatureExtractor([1, 2]);
  const states = Array.from({ length: accounts }, emptyAccountState);
  return (index) => {
    const features = extract(texts[index % texts.length]!);
    addRequest(states[index % accounts]!, features, facts, features.weights[0] ?? 0);
  };
}

function coreSeconds(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** The biased estimate of MMD², summed over four Gaussian kernels. */
function mmdOfWindow(vectors: readonly Float32Array[]): number {
  const at = (count: number, step: number): readonly Float32Array[] =>
    Array.from({ length: count }, (_, index) => vectors[(index * step) % vectors.length]!);
  const [asked, known] = [at(window, 37), at(references, 91)];
  const cross = meanKernel(asked, known);
  return meanKernel(asked, asked) + meanKernel(known, known) - 2 * cross;
}

function meanKernel(ones: readonly Float32Array[], others: readonly Float32Array[]): number {
  let sum = 0;
  for (const one of ones)
    for (const other of others) {
      let distance = 0;
      for (let index = 0; index < one.length; index++) distance += (one[index]! - other[index]!) ** 2;
      for (const width of [8, 16, 32, 64]) sum += Math.exp(-distance / width);
    }
  return sum / (ones.length * others.length);
}
