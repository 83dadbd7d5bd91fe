// A turn that several samples of its reply are spent on, as a strategy says. It reads like any other turn: the parts are those
// of the sample that was chosen, once it is, and the usage is that of all samples, of those that were aborted or discarded too.
import { noUsage, type TokenUsage } from '../../traffic/index.ts';
import type { RunningTurn } from '../converse.ts';
import type { ConverseEnd, ConverseRequest, StreamPart } from '../parts.ts';
import { type AnswerFrom, answerKey } from './answer-key.ts';
import { cascade } from './cascade.ts';
import type { Drawn } from './draw-samples.ts';
import { confidenceOf } from './exit-rule.ts';
import { answerOf, answerTokensOf, keyOfParts, sumOfUsages, withoutTokens } from './sample-parts.ts';
import { createSlipWatch, thinkingSureness } from './slip-watch.ts';
import type { Acceptor, Strategy } from './strategy.ts';
import { type Verdict, verifyAndResample } from './verify.ts';
import { vote } from './vote.ts';

export type SampledStrategy =
  | (Extract<Strategy, { readonly type: 'vote' }> & {
      /** What of the answers is compared. Calls of tools are compared as a whole. */
      readonly answer: AnswerFrom;
    })
  | (Pick<Extract<Strategy, { readonly type: 'cascade' }>, 'type' | 'budgets'> & {
      /** @see Cascade */
      readonly passesOver?: (failure: unknown) => boolean;
      readonly accept:
        | { readonly type: 'check'; readonly check: (answer: string) => Verdict | Promise<Verdict> }
        | Extract<Acceptor, { readonly type: 'confidence' }>;
    })
  | (Extract<Strategy, { readonly type: 'verify' }> & {
      /** Whether an answer is right. */
      readonly check: (answer: string) => Verdict | Promise<Verdict>;
    });

export type SampleReport = {
  /** So far, where it still runs or was aborted. */
  readonly usage: TokenUsage;
  /** Null where it was aborted, or is not over. */
  readonly finish: ConverseEnd['finish'] | null;
  /** Equal numbers for equal answers of a vote or of probes, in their order; null where none was read, or compared. */
  readonly answer: number | null;
};

/** What became of one tier of a cascade over models, and what it cost. */
export type TierReport = {
  readonly model: string;
  /** Identifies it as a request of its own; null where it was refused before it was one. */
  readonly request: string | null;
  /** `kept`: nothing decides on the answer of the last one; `declined`: the next one was asked. */
  readonly outcome: 'accepted' | 'kept' | 'declined' | 'failed';
  /** Of the error that it failed with. */
  readonly code: string | null;
  /** Null where nothing says so. */
  readonly cost: { readonly amount: string; readonly currency: string; readonly price: string } | null;
};

export type StrategyReport = {
  readonly type: SampledStrategy['type'] | 'early';
  /** `model`: of thinking that was probed and that the model, or a limit, ended all the same. */
  readonly stoppedBy: Drawn<never>['stoppedBy'] | 'model' | 'failure';
  /** Index of the sample that is the reply. Of probed thinking that is the first, and the others are the probes. */
  readonly chosen: number;
  /** Share of the samples of a vote that gave its answer, of those that were looked at; null where none was held. */
  readonly agreement: number | null;
  /** Whether its answer passed the check; null where there was none, or whoever checks could not say. */
  readonly verified: boolean | null;
  /** In the order in which they were begun. */
  readonly samples: readonly SampleReport[];
  /** Of a cascade over several models, one a sample. */
  readonly tiers?: readonly TierReport[];
};

export type SampledTurn = RunningTurn & {
  /** Those that were begun so far. */
  readonly samples: () => readonly SampleReport[];
};

export type SampledTurnOptions = {
  readonly strategy: SampledStrategy;
  /** The request of the sample of that number. */
  readonly requestOf: (sample: number) => ConverseRequest;
  readonly converse: (request: ConverseRequest, signal: AbortSignal, sample: number) => RunningTurn;
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
    usage: () => usageOf(samples),
    samples: () => reportsOf(samples, options.strategy),
  };
}

async function* chosenParts(options: SampledTurnOptions, samples: Sample[]): RunningTurn['parts'] {
  const { strategy } = options;
  const decision = await decide(options, samples);
  const { parts: drawn, end } = samples[decision.chosen] as Sample;
  if (end === undefined) throw new TypeError('sampledTurn: a sample has no end part');
  const report = { type: strategy.type, ...decision, samples: reportsOf(samples, strategy) };
  const isShown = options.requestOf(decision.chosen).logProbabilities !== undefined;
  const parts = isShown ? drawn : drawn.map(withoutTokens);
  yield [...parts, { ...end, usage: usageOf(samples), strategy: report }];
}

async function decide(
  { strategy, requestOf, converse, place, signal }: SampledTurnOptions,
  samples: Sample[],
): Promise<Omit<StrategyReport, 'type' | 'samples'>> {
  const draw = async (index: number, stop: AbortSignal): Promise<Sample> => {
    const sample: Sample = { turn: undefined, parts: [], end: undefined };
    samples[index] = sample;
    using _held = await place(stop);
    sample.turn = converse(measured(requestOf(index), strategy), stop, index);
    // The last one is not broken off, since nothing would be left to reply with where all are.
    const slips = strategy.type === 'vote' && index < strategy.most - 1 ? strategy.breakOff : undefined;
    const slipped = slips === undefined ? () => false : createSlipWatch(slips);
    for await (const batch of sample.turn.parts) {
      for (const part of batch)
        if (part.type === 'end') sample.end = part;
        else sample.parts.push(part);
      if (sample.end === undefined && thinkingSureness(batch).some(slipped)) return { ...sample, parts: [] };
    }
    return sample;
  };
  if (strategy.type === 'vote') {
    const { answer, gate, type: _, ...voting } = strategy;
    const accepts = ({ parts }: Sample): boolean =>
      gate !== undefined && (confidenceOf(answerTokensOf(parts)) ?? 0) >= gate;
    const outcome = await vote(
      { ...voting, draw, keyOf: (sample) => keyOf(sample, answer), accepts },
      signal,
    );
    const { index, stoppedBy, agreement } = outcome;
    const whole = samples.findIndex(({ end }) => end !== undefined);
    const chosen = samples[index]?.end === undefined ? whole : index;
    return { chosen, stoppedBy, agreement, verified: null };
  }
  if (strategy.type === 'cascade') {
    const { accept, budgets, passesOver } = strategy;
    const verdicts: Verdict[] = [];
    const accepts = async (sample: Sample): Promise<boolean> => {
      const verdict = await verdictOf(accept, sample);
      verdicts.push(verdict);
      return verdict === true;
    };
    const tiers = { tiers: budgets.length, draw, accept: accepts, ...(passesOver && { passesOver }) };
    const { index, stoppedBy, accepted } = await cascade(tiers, signal);
    const isKnown = accept.type === 'check' && (accepted || !verdicts.includes('unknown'));
    const verified = isKnown ? accepted : null;
    return { chosen: index, stoppedBy, agreement: null, verified };
  }
  const { check, type: _, ...verifying } = strategy;
  const verify = (sample: Sample) => check(answerOf(sample.parts));
  const { index, stoppedBy, verified } = await verifyAndResample({ ...verifying, draw, verify }, signal);
  return { chosen: index, stoppedBy, agreement: null, verified };
}

function verdictOf(
  accept: Extract<SampledStrategy, { readonly type: 'cascade' }>['accept'],
  { parts }: Sample,
): Verdict | Promise<Verdict> {
  if (accept.type === 'check') return accept.check(answerOf(parts));
  return (confidenceOf(answerTokensOf(parts)) ?? 0) >= accept.level;
}

/** The request with log-probabilities of its tokens where the strategy looks at them. */
function measured(request: ConverseRequest, strategy: SampledStrategy): ConverseRequest {
  const looks =
    (strategy.type === 'vote' && (strategy.gate !== undefined || strategy.breakOff !== undefined)) ||
    (strategy.type === 'cascade' && strategy.accept.type === 'confidence');
  return looks ? { ...request, logProbabilities: request.logProbabilities ?? 0 } : request;
}

function keyOf({ parts }: Sample, from: AnswerFrom): string | null {
  return keyOfParts(parts, (answer) => answerKey(answer, from));
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

function usageOf(samples: readonly Sample[]): TokenUsage {
  return sumOfUsages(samples.map(({ turn }) => turn?.usage() ?? noUsage));
}
