// A turn that several samples of its reply are spent on, as a strategy says. It reads like any other turn: the parts are those
// of the sample that was chosen, once it is, and the usage is that of all samples, of those that were aborted or discarded too.
import { canonicalJson, type Json } from '../../base/index.ts';
import { noUsage, type TokenUsage } from '../../traffic/index.ts';
import type { RunningTurn } from '../converse.ts';
import type { ConverseEnd, ConverseRequest, StreamPart } from '../parts.ts';
import { type AnswerFrom, answerKey } from './answer-key.ts';
import type { Drawn } from './draw-samples.ts';
import type { Strategy } from './strategy.ts';
import { verifyAndResample } from './verify.ts';
import { vote } from './vote.ts';

export type SampledStrategy =
  | (Extract<Strategy, { readonly type: 'vote' }> & {
      /** What of the answers is compared. Calls of tools are compared as a whole. */
      readonly answer: AnswerFrom;
    })
  | (Extract<Strategy, { readonly type: 'verify' }> & {
      /** Whether an answer is right. */
      readonly check: (answer: string) => boolean | Promise<boolean>;
    });

export type SampleReport = {
  /** So far, where it still runs or was aborted. */
  readonly usage: TokenUsage;
  /** Null where it was aborted, or is not over. */
  readonly finish: ConverseEnd['finish'] | null;
  /** Equal numbers for equal answers of a vote, in the order of the samples; null where none was read, or compared. */
  readonly answer: number | null;
};

export type StrategyReport = {
  readonly type: SampledStrategy['type'];
  readonly stoppedBy: Drawn<never>['stoppedBy'];
  /** Index of the sample that is the reply. */
  readonly chosen: number;
  /** Share of the samples of a vote that gave its answer, of those that were looked at; null where none was held. */
  readonly agreement: number | null;
  /** Whether its answer passed the check; null where there was none. */
  readonly verified: boolean | null;
  /** In the order in which they were begun. */
  readonly samples: readonly SampleReport[];
};

export type SampledTurn = RunningTurn & {
  /** Those that were begun so far. */
  readonly samples: () => readonly SampleReport[];
};

export type SampledTurnOptions = {
  readonly strategy: SampledStrategy;
  /** The request of the sample of that number. */
  readonly requestOf: (sample: number) => ConverseRequest;
  readonly converse: (request: ConverseRequest, signal: AbortSignal) => RunningTurn;
  /** What a sample holds while it runs, such as a place in an engine. @throws the reason of the signal */
  readonly place: (signal: AbortSignal) => Promise<Disposable>;
  readonly signal: AbortSignal;
};

/** A sample that was begun; its turn runs once there is a place for it. */
type Sample = {
  turn: RunningTurn | undefined;
  readonly parts: StreamPart[];
  end: ConverseEnd | undefined;
};

/** Nothing runs before the parts are read, which throws what a sample, its place or the check throws. */
export function sampledTurn(options: SampledTurnOptions): SampledTurn {
  const samples: Sample[] = [];
  return {
    parts: chosenParts(options, samples),
    usage: () => sumOf(samples),
    samples: () => reportsOf(samples, options.strategy),
  };
}

async function* chosenParts(options: SampledTurnOptions, samples: Sample[]): RunningTurn['parts'] {
  const { strategy } = options;
  const decision = await decide(options, samples);
  const { parts, end } = samples[decision.chosen] as Sample;
  if (end === undefined) throw new TypeError('sampledTurn: a sample has no end part');
  const report = { type: strategy.type, ...decision, samples: reportsOf(samples, strategy) };
  yield [...parts, { ...end, usage: sumOf(samples), strategy: report }];
}

async function decide(
  { strategy, requestOf, converse, place, signal }: SampledTurnOptions,
  samples: Sample[],
): Promise<Omit<StrategyReport, 'type' | 'samples'>> {
  const draw = async (index: number, stop: AbortSignal): Promise<Sample> => {
    const sample: Sample = { turn: undefined, parts: [], end: undefined };
    samples[index] = sample;
    using _held = await place(stop);
    sample.turn = converse(requestOf(index), stop);
    for await (const batch of sample.turn.parts)
      for (const part of batch)
        if (part.type === 'end') sample.end = part;
        else sample.parts.push(part);
    return sample;
  };
  if (strategy.type === 'vote') {
    const { answer, type: _, ...voting } = strategy;
    const outcome = await vote({ ...voting, draw, keyOf: (sample) => keyOf(sample, answer) }, signal);
    const { index, stoppedBy, agreement } = outcome;
    return { chosen: index, stoppedBy, agreement, verified: null };
  }
  const { check, type: _, ...verifying } = strategy;
  const verify = (sample: Sample) => check(answerOf(sample));
  const { index, stoppedBy, verified } = await verifyAndResample({ ...verifying, draw, verify }, signal);
  return { chosen: index, stoppedBy, agreement: null, verified };
}

function answerOf({ parts }: Sample): string {
  return parts.map((part) => (part.type === 'answer-delta' ? part.text : '')).join('');
}

/** Null where there is no answer, such as behind thinking that was cut off. */
function keyOf(sample: Sample, from: AnswerFrom): string | null {
  const calls = sample.parts.flatMap((part) => (part.type === 'tool-call' ? [part] : []));
  if (calls.length === 0) return answerKey(answerOf(sample), from);
  return `calls ${canonicalJson(calls.map(({ name, arguments: text }) => [name, argumentsOf(text)]))}`;
}

/** Equal arguments may be written in several ways. */
function argumentsOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function reportsOf(samples: readonly Sample[], strategy: SampledStrategy): readonly SampleReport[] {
  const numbers = new Map<string, number>();
  return samples.map((sample) => {
    const { turn, end } = sample;
    const key = strategy.type === 'vote' && end !== undefined ? keyOf(sample, strategy.answer) : null;
    if (key !== null && !numbers.has(key)) numbers.set(key, numbers.size);
    return {
      usage: turn?.usage() ?? noUsage,
      finish: end?.finish ?? null,
      answer: key === null ? null : (numbers.get(key) ?? null),
    };
  });
}

/** Every sample reads the prompt; what it found of it in the cache is told apart. */
function sumOf(samples: readonly Sample[]): TokenUsage {
  return samples.reduce<TokenUsage>((sum, { turn }) => {
    const usage = turn?.usage() ?? noUsage;
    return {
      promptTokens: sum.promptTokens + usage.promptTokens,
      cachedPromptTokens: sum.cachedPromptTokens + usage.cachedPromptTokens,
      completionTokens: sum.completionTokens + usage.completionTokens,
      reasoningTokens: sum.reasoningTokens + usage.reasoningTokens,
    };
  }, noUsage);
}
