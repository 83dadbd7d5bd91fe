// A request that has samples of its reply spent on one answer, or its thinking probed: what it may come to, and the turn that
// draws them, each in a place of its own in the engine.
import { type EnginePlace, TiegelError } from '../../base/index.ts';
import type { Constraint, Engine } from '../../engine/index.ts';
import {
  type ConverseRequest,
  earlyTurn,
  type RunningTurn,
  type SampledStrategy,
  type SampledTurn,
  sampledTurn,
  type Verdict,
} from '../../reasoning/index.ts';
import type { Permit } from '../access/concurrency-limiter.ts';
import type { Demand } from '../access/gate.ts';
import type { GatewayLimits } from '../limits.ts';
import { messagesOf, type TurnRequest, type TurnStrategy } from './turn-request.ts';

/** Whether an answer to one question is right; `unknown` where nobody could say. */
export type CheckAnswer = (answer: string) => Verdict | Promise<Verdict>;

/** What a checker knows of the request beside its question. */
export type CheckContext = {
  /** What the answer has to look like. */
  readonly constraint: Constraint | undefined;
  /** Opaque; what it asks for is shared out by it. */
  readonly account: string;
  /** Aborts with the request. */
  readonly signal: AbortSignal;
  /** Called before anything of the request goes there. @throws TGL_POLICY_NO_ENGINE */
  readonly requirePermitted: (name: string, place: EnginePlace) => void;
};

/** By name, how answers to a question are checked; undefined for what the checker does not know. */
export type Checkers = ReadonlyMap<
  string,
  (question: string, context: CheckContext) => CheckAnswer | undefined
>;

/** Checks that an answer has the form that its request asks for, where the engine cannot be held to it. */
export const formChecker = 'json-schema';

/** Without a form that the engine cannot be held to, where answers are checked for it. */
export function withoutCheckedForm(
  turn: TurnRequest,
  { capabilities }: Pick<Engine, 'capabilities'>,
): TurnRequest {
  const { strategy, constraint } = turn;
  const checked = strategy?.type === 'cascade' ? strategy.accept : strategy;
  const checker = checked !== undefined && 'checker' in checked ? checked.checker : undefined;
  if (
    checker !== formChecker ||
    constraint === undefined ||
    capabilities.constraints.includes(constraint.type)
  )
    return turn;
  return { ...turn, constraint: undefined };
}

/** Samples of a request that names no number. */
const usualSamples = 8;

/** For samples of a model that is served at temperature 0, which would all be the same. */
const samplingTemperature = 0.8;

export type SampleLimits = Pick<GatewayLimits, 'maxSamples'>;

/**
 * What the samples of a request come to at most: how many there are, how many of them run at once, and how often the prompt
 * is read; nothing for one without a strategy.
 *
 * @throws TGL_REQUEST_INVALID for more samples than are allowed, and beside several choices
 */
export function samplesOf(
  turn: TurnRequest,
  { maxSamples }: SampleLimits,
): Pick<Demand, 'places' | 'placesAtOnce' | 'promptReads'> | undefined {
  const { strategy, choices, input } = turn;
  if (strategy === undefined) return undefined;
  if (choices > 1 || ('texts' in input && input.texts.length > 1))
    throw invalid('asks for several replies', 'one reply where samples are spent on it');
  if (strategy.type === 'early') return { places: 1, placesAtOnce: 1 };
  const samples = samplesWanted(strategy, maxSamples);
  if (maxSamples < 2) throw invalid('is there', 'none on this server (TIEGEL_MAX_SAMPLES)');
  if (samples > maxSamples)
    throw invalid(`asks for ${samples} samples`, `at most ${maxSamples} (TIEGEL_MAX_SAMPLES)`);
  return { places: samples, placesAtOnce: Math.min(atOnceOf(strategy), samples), promptReads: samples };
}

function samplesWanted(strategy: SampledTurnStrategy, maxSamples: number): number {
  if (strategy.type === 'cascade') return strategy.budgets.length;
  return strategy.maxSamples ?? Math.min(usualSamples, maxSamples);
}

/** Tiers are asked one after another. */
function atOnceOf(strategy: SampledTurnStrategy): number {
  return strategy.type === 'cascade' ? 1 : strategy.atOnce;
}

type SampledTurnStrategy = Exclude<TurnStrategy, { readonly type: 'early' }>;

/**
 * What probes of the thinking come to at most, and what is read again for them: each probe, and the thinking behind it, reads
 * the prompt with all that was thought.
 *
 * @param maxTokens of the reply
 * @throws TGL_REQUEST_INVALID for more probes than are allowed
 */
export function besideOf(
  turn: TurnRequest,
  { maxSamples }: SampleLimits,
  maxTokens: number,
): Pick<Demand, 'beside'> {
  const { strategy } = turn;
  if (strategy?.type !== 'early') return {};
  const probes = probesOf(strategy, maxSamples);
  const reads = 2 * probes + 1;
  const bytes = Buffer.byteLength(JSON.stringify([turn.input, turn.tools]));
  return {
    beside: {
      promptTokens: reads * (bytes + maxTokens + slackTokens),
      completionTokens: probes * strategy.probe.maxTokens,
    },
  };
}

/** What a template adds around a conversation. */
const slackTokens = 128;

function probesOf({ maxProbes }: ProbedTurn, maxSamples: number): number {
  if (maxSamples < 2) throw invalid('is there', 'none on this server (TIEGEL_MAX_SAMPLES)');
  const probes = maxProbes ?? Math.min(usualSamples, maxSamples - 1);
  if (probes >= maxSamples)
    throw invalid(`asks for ${probes} probes`, `at most ${maxSamples - 1} (TIEGEL_MAX_SAMPLES)`);
  return probes;
}

type ProbedTurn = Extract<TurnStrategy, { readonly type: 'early' }>;

/** Who checks answers, and what they may know. */
export type Checking = { readonly checkers: Checkers; readonly context: CheckContext };

type Running = {
  readonly limits: SampleLimits;
  readonly checking: Checking;
  readonly engine: Pick<Engine, 'model' | 'capabilities'>;
  readonly converse: (request: ConverseRequest, signal: AbortSignal) => RunningTurn;
  readonly acquire: () => Permit | Promise<Permit>;
  readonly signal: AbortSignal;
};

/**
 * @param request of a single reply
 * @throws TGL_REQUEST_INVALID for an unknown checker, a question that it does not know, and samples that would all be the same;
 *   TGL_CAPABILITY_MISSING where the engine cannot go on behind what was thought, or does not say how sure the model is
 */
export function spendSamples(
  turn: TurnRequest & { readonly strategy: NonNullable<TurnRequest['strategy']> },
  request: ConverseRequest,
  { limits, checking, engine, converse, acquire, signal }: Running,
): SampledTurn {
  const { strategy, sampling } = turn;
  const place = (until: AbortSignal) => placeUnder(acquire, until);
  requireAbilities(strategy, engine);
  if (strategy.type === 'early') {
    const maxProbes = probesOf(strategy, limits.maxSamples);
    return earlyTurn({ strategy: { ...strategy, maxProbes }, request, converse, place, signal });
  }
  if (sampling.temperature === 0 && strategy.type !== 'cascade')
    throw invalid('spends samples at a temperature of 0, at which all are the same', 'one above 0');
  const { places: most = 1, placesAtOnce = 1 } = samplesOf(turn, limits) ?? {};
  const spent = { most, waves: [placesAtOnce] };
  if (strategy.type === 'cascade')
    return sampledTurn({
      strategy: { ...strategy, accept: acceptorOf(turn, strategy.accept, checking) },
      requestOf: (tier) => choiceOf(withBudget(request, strategy.budgets[tier] ?? null), tier),
      ...{ converse, place, signal },
    });
  const chosen: SampledStrategy =
    strategy.type === 'vote'
      ? voteOf(strategy, spent)
      : { type: 'verify', check: checkOf(turn, strategy.checker, checking), ...spent };
  const { temperature } = request.sampling;
  const beginsGreedily = strategy.type === 'verify' || strategy.gate !== undefined;
  return sampledTurn({
    strategy: chosen,
    requestOf: (sample) => {
      const ofSample = temperature === 0 ? samplingTemperature : temperature;
      const isGreedy = beginsGreedily && sample === 0;
      return choiceOf(
        engine.capabilities.fixedSampling === true
          ? request
          : { ...request, sampling: { ...request.sampling, temperature: isGreedy ? 0 : ofSample } },
        sample,
      );
    },
    ...{ converse, place, signal },
  });
}

function voteOf(
  { rule, answer, gate, breakOff }: Extract<TurnStrategy, { readonly type: 'vote' }>,
  spent: { readonly most: number; readonly waves: readonly number[] },
): SampledStrategy {
  return {
    ...{ type: 'vote', rule, answer, ...spent },
    ...(gate !== undefined && { gate }),
    ...(breakOff !== undefined && { breakOff }),
  };
}

type CascadeTurn = Extract<TurnStrategy, { readonly type: 'cascade' }>;

export function acceptorOf(
  turn: TurnRequest,
  accept: CascadeTurn['accept'],
  checking: Checking,
): Extract<SampledStrategy, { readonly type: 'cascade' }>['accept'] {
  if (accept.type === 'confidence') return accept;
  return { type: 'check', check: checkOf(turn, accept.checker, checking) };
}

/** With so many tokens of thinking at most, and never more than the request has. */
export function withBudget(request: ConverseRequest, budget: number | null): ConverseRequest {
  const { mode, budget: asked } = request.thinking;
  if (budget === null || mode === 'closed' || (asked !== null && asked <= budget)) return request;
  return { ...request, thinking: { mode: budget === 0 ? 'closed' : 'open', budget } };
}

export function requireAbilities(
  strategy: TurnStrategy,
  { model, capabilities }: Pick<Engine, 'model' | 'capabilities'>,
): void {
  const missing = (feature: string): TiegelError =>
    new TiegelError('TGL_CAPABILITY_MISSING', { model, feature, field: 'x_tiegel.strategy' });
  const { promptForm, prefill, logProbabilities } = capabilities;
  if (strategy.type === 'early' && promptForm === 'messages' && prefill !== true)
    throw missing('going on behind what was thought');
  const asksHowSure =
    (strategy.type === 'early' && strategy.rule.type === 'confidence') ||
    (strategy.type === 'cascade' && strategy.accept.type === 'confidence') ||
    (strategy.type === 'vote' && (strategy.gate !== undefined || strategy.breakOff !== undefined));
  // What is left after a temperature of 0 is always certain.
  if (asksHowSure && logProbabilities !== 'raw') throw missing("the model's own log-probabilities");
}

/** The same request for the choice or sample of that number. */
export function choiceOf(request: ConverseRequest, choice: number): ConverseRequest {
  const { seed } = request.sampling;
  if (choice === 0 || seed === undefined) return request;
  return { ...request, sampling: { ...request.sampling, seed: (seed + choice) % 2 ** 32 } };
}

function checkOf(turn: TurnRequest, name: string, { checkers, context }: Checking): CheckAnswer {
  const checker = checkers.get(name);
  if (checker === undefined) {
    const known = [...checkers.keys()].join(', ');
    throw invalid(
      `names the checker ${JSON.stringify(name)}`,
      known === '' ? 'none: there is no checker' : known,
    );
  }
  const question = messagesOf(turn).findLast(({ role }) => role === 'user')?.content ?? '';
  const check = checker(question, context);
  if (check === undefined)
    throw invalid(`names the checker ${name}`, `a request that asks what ${name} checks`);
  return check;
}

function invalid(received: string, expected: string): TiegelError {
  const problem = `The field x_tiegel.strategy ${received}; expected ${expected}.`;
  return new TiegelError('TGL_REQUEST_INVALID', { problem, field: 'x_tiegel.strategy' });
}

/** A sample that is not needed any more does not wait for its place; one that comes nevertheless is given back. */
export async function placeUnder(
  acquire: () => Permit | Promise<Permit>,
  signal: AbortSignal,
): Promise<Disposable> {
  signal.throwIfAborted();
  const pending = acquire();
  const permit = pending instanceof Promise ? await unlessAborted(pending, signal) : pending;
  return { [Symbol.dispose]: () => permit.release() };
}

function unlessAborted(pending: Promise<Permit>, signal: AbortSignal): Promise<Permit> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    pending.then((permit) => {
      signal.removeEventListener('abort', leave);
      if (signal.aborted) permit.release();
      else resolve(permit);
    }, reject);
  });
}
