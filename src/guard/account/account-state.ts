// What is kept of the requests of one account in one week. Every part is a sum of whole numbers, a maximum or a set of smallest
// hashes, so that merging two states equals, bit by bit, the state of both streams, in whatever order they came; a group of
// accounts is tested as one by merging. No part of it holds text.

import { fourierSize } from '../features/fourier.ts';
import type { RequestFeatures } from '../features/request-features.ts';
import { addToBottomK, type BottomK, emptyBottomK, mergeBottomK } from '../sketches/bottom-k.ts';
import { addToCountMin, type CountMin, emptyCountMin, mergeCountMin } from '../sketches/count-min.ts';
import { addToHyperLogLog, hyperLogLogBytes, mergeHyperLogLog } from '../sketches/hyper-log-log.ts';
import { addToMinHash, emptyMinHash, mergeMinHash } from '../sketches/min-hash.ts';
import { addToQuantiles, mergeQuantiles, quantileCells } from '../sketches/quantile-sketch.ts';

/** What is observed of a request beside its prompt. */
export type RequestFacts = {
  readonly inputTokens: number;
  /** Those of the prompt that were computed for an earlier request. */
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly answerTokens: number;
  readonly traceShown: boolean;
  /** The first request of its conversation. */
  readonly opensConversation: boolean;
  readonly clientGone: boolean;
  /** How many choices were asked for. */
  readonly choices: number;
  readonly temperature: number | null;
  /** Seconds since the account's request before; null for its first. */
  readonly gapSeconds: number | null;
  /** Its prompt stands in a list of a public benchmark. */
  readonly inBenchmark: boolean;
};

const sumNames = [
  'requests',
  'score',
  'squaredScore',
  'opening',
  'cachedShare',
  'traceShown',
  'logCharacters',
  'squaredLogCharacters',
  'logAnswerRatio',
  'inputTokens',
  'traceTokens',
  'answerTokens',
  'clientGone',
  'severalChoices',
  'zeroTemperature',
  'benchmark',
] as const;

export type SumName = (typeof sumNames)[number];

/** Scores from -6 to 6 in steps of a half; smaller and larger ones count in the outermost cells. */
const scoreCells = 24;
const topicCells = 32;

export type AccountState = {
  /** In thousand and twenty-fourths, so that they add up exactly. */
  readonly sums: Float64Array;
  readonly fourier: Float64Array;
  readonly scores: Uint32Array;
  readonly topics: Uint32Array;
  readonly prompts: Uint8Array;
  readonly skeletons: Uint8Array;
  /** First and last words, where a wrapper that all requests share shows. */
  readonly edges: CountMin;
  readonly promptSample: BottomK;
  readonly skeletonSample: Uint32Array;
  readonly gaps: Uint32Array;
  readonly inputs: Uint32Array;
  readonly outputs: Uint32Array;
};

/** Sums are kept as whole multiples of 1 / 1024. */
const resolution = 1024;
const promptSampleSize = 64;
const edgeRows = 2;
const edgeColumns = 64;

export function emptyAccountState(): AccountState {
  return {
    sums: new Float64Array(sumNames.length),
    fourier: new Float64Array(fourierSize),
    scores: new Uint32Array(scoreCells),
    topics: new Uint32Array(topicCells),
    prompts: new Uint8Array(hyperLogLogBytes),
    skeletons: new Uint8Array(hyperLogLogBytes),
    edges: emptyCountMin(edgeRows, edgeColumns),
    promptSample: emptyBottomK(promptSampleSize),
    skeletonSample: emptyMinHash(),
    gaps: new Uint32Array(quantileCells),
    inputs: new Uint32Array(quantileCells),
    outputs: new Uint32Array(quantileCells),
  };
}

/** @param score how much the prompt resembles those of extraction, in log odds */
export function addRequest(
  state: AccountState,
  features: RequestFeatures,
  facts: RequestFacts,
  score: number,
): void {
  addSums(state.sums, features, facts, score);
  const { fourier } = features;
  for (let index = 0; index < fourierSize; index++)
    state.fourier[index]! += Math.round(fourier[index]! * resolution);
  const cell = Math.floor(2 * score) + scoreCells / 2;
  state.scores[Math.max(0, Math.min(scoreCells - 1, cell))]!++;
  state.topics[features.topic]!++;
  addToHyperLogLog(state.prompts, features.prompt);
  addToHyperLogLog(state.skeletons, features.skeleton);
  addToCountMin(state.edges, features.opening);
  addToCountMin(state.edges, features.closing);
  addToBottomK(state.promptSample, features.prompt);
  addToMinHash(state.skeletonSample, features.skeleton);
  if (facts.gapSeconds !== null) addToQuantiles(state.gaps, facts.gapSeconds);
  addToQuantiles(state.inputs, facts.inputTokens);
  addToQuantiles(state.outputs, facts.reasoningTokens + facts.answerTokens);
}

function addSums(sums: Float64Array, features: RequestFeatures, facts: RequestFacts, score: number): void {
  const { inputTokens, reasoningTokens, answerTokens } = facts;
  const length = Math.log1p(features.characters);
  const values: Readonly<Record<SumName, number>> = {
    requests: 1,
    score,
    squaredScore: score * score,
    opening: Number(facts.opensConversation),
    cachedShare: inputTokens === 0 ? 0 : facts.cachedTokens / inputTokens,
    traceShown: Number(facts.traceShown),
    logCharacters: length,
    squaredLogCharacters: length * length,
    logAnswerRatio: Math.log1p(reasoningTokens + answerTokens) - Math.log1p(features.characters / 4),
    inputTokens,
    traceTokens: facts.traceShown ? reasoningTokens : 0,
    answerTokens,
    clientGone: Number(facts.clientGone),
    severalChoices: Number(facts.choices > 1),
    zeroTemperature: Number(facts.temperature === 0),
    benchmark: Number(facts.inBenchmark),
  };
  for (const [index, name] of sumNames.entries()) sums[index]! += Math.round(values[name] * resolution);
}

/** Adds another state to one. */
export function mergeAccountState(into: AccountState, other: AccountState): void {
  addUp(into.sums, other.sums);
  addUp(into.fourier, other.fourier);
  addUp(into.scores, other.scores);
  addUp(into.topics, other.topics);
  mergeHyperLogLog(into.prompts, other.prompts);
  mergeHyperLogLog(into.skeletons, other.skeletons);
  mergeCountMin(into.edges, other.edges);
  mergeBottomK(into.promptSample, other.promptSample);
  mergeMinHash(into.skeletonSample, other.skeletonSample);
  for (const part of ['gaps', 'inputs', 'outputs'] as const) mergeQuantiles(into[part], other[part]);
}

function addUp(into: Float64Array | Uint32Array, other: Float64Array | Uint32Array): void {
  for (let index = 0; index < into.length; index++) into[index]! += other[index]!;
}

/** A sum of a state, as a plain number. */
export function sumOf(sums: Float64Array, name: SumName): number {
  return sums[sumNames.indexOf(name)]! / resolution;
}
