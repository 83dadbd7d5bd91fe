// How fast an engine is: prompts and decoding at several sequences, the wait for a first token alone and beside a long
// prompt, and how soon an abort frees its place. Over the interface of engines, so that all of them can be compared.
// Everything is measured from outside, with the channel or connection on its way.
import { type Clock, type Random, seededRandom } from '../../base/index.ts';
import type { Engine, EngineEvent } from '../engine.ts';
import { median } from '../llama/row-cost.ts';

/** Rates are tokens per second of all sequences together, times milliseconds; null: could not be seen. */
export type EngineSpeed = {
  readonly rates: readonly SequenceRates[];
  /** Until a short request has its first token, median. */
  readonly firstTokenMs: number;
  readonly longPrompt: {
    readonly tokens: number;
    /** Until its own first token, with nothing beside it. */
    readonly aloneMs: number;
    /** Until a short request that comes while it is read has its first token, median; null where it is read too soon. */
    readonly firstTokenBesideMs: number | null;
  };
  /** From the abort of a long prompt until its place is free. Null where it was read sooner than it could be aborted. */
  readonly abort: { readonly count: number; readonly medianMs: number; readonly longestMs: number } | null;
};

export type SequenceRates = {
  readonly sequences: number;
  readonly promptTokensPerSecond: number | null;
  /** While all of them decode. Null where replies ended at once. */
  readonly tokensPerSecond: number | null;
};

export type SpeedOptions = {
  readonly clock: Clock;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal;
  /** Called before each part of the work with what it is. */
  readonly onPart: (part: string) => void;
  /** Tokens of the long prompt, as far as the context holds them and a minute of reading does. @default 4,000 */
  readonly longPromptTokens?: number;
};

const sequenceCounts: readonly number[] = [1, 4, 16];
const shortPromptTokens = 16;
const promptTokens = 128;
const decodedTokens = 64;
const defaultLongPrompt = 4_000;
const longestReadingMs = 60_000;
const rounds = 3;
/** No further round of a part begins behind so much time. */
const partMs = 20_000;
const waits = 5;
const aborts = 10;
/** A long prompt that is read sooner is too short for anything to happen beside it. */
const shortestReadingMs = 50;

/** @throws what `Engine.generate` throws, the reason of `signal` */
export async function measureSpeed(engine: Engine, options: SpeedOptions): Promise<EngineSpeed> {
  const { onPart } = options;
  const { slots, contextLength } = engine.capabilities;
  const trial = await createTrial(engine, options);
  const rates: SequenceRates[] = [];
  for (const sequences of sequenceCounts.filter((count) => count <= slots)) {
    onPart(`prompts and decoding, ${sequences} at a time`);
    rates.push({
      sequences,
      promptTokensPerSecond: await promptRate(trial, sequences, Math.min(promptTokens, contextLength >> 2)),
      tokensPerSecond: await decodingRate(trial, sequences, Math.min(decodedTokens, contextLength >> 1)),
    });
  }
  onPart('first tokens');
  const alone: number[] = [];
  for (let wait = 0; wait < waits; wait++) alone.push((await trial.run(shortPromptTokens, 1)).firstMs);
  const readable = ((rates[0]?.promptTokensPerSecond ?? 0) * longestReadingMs) / 1000;
  const wished = options.longPromptTokens ?? defaultLongPrompt;
  const tokens = Math.floor(
    Math.min(wished, contextLength - 2 * shortPromptTokens, Math.max(readable, promptTokens)),
  );
  onPart(`a prompt of ${tokens.toLocaleString('en')} tokens`);
  const long = await trial.run(tokens, 1);
  const isSeen = long.firstMs >= shortestReadingMs;
  const beside = isSeen && slots > 1 ? await waitsBeside(trial, tokens, long.firstMs) : [];
  onPart('aborts');
  const freed = isSeen ? await abortTimes(trial, tokens, long.firstMs) : [];
  return {
    rates,
    firstTokenMs: median(alone),
    longPrompt: {
      tokens: long.promptTokens,
      aloneMs: long.firstMs,
      firstTokenBesideMs: beside.length === 0 ? null : median(beside),
    },
    abort:
      freed.length === 0
        ? null
        : { count: freed.length, medianMs: median(freed), longestMs: Math.max(...freed) },
  };
}

type Run = {
  readonly promptTokens: number;
  readonly started: number;
  /** From the start to the first token, and when that was. */
  readonly firstMs: number;
  readonly firstAt: number;
  readonly endedAt: number;
  /** When each token came. */
  readonly times: readonly number[];
};

type Trial = {
  /** Runs a request of about so many prompt tokens, none of which was asked before. */
  readonly run: (promptTokens: number, maxTokens: number, signal?: AbortSignal) => Promise<Run>;
  readonly engine: Engine;
  readonly options: SpeedOptions;
};

async function createTrial(engine: Engine, options: SpeedOptions): Promise<Trial> {
  const random = seededRandom(1);
  const trialWords = 32;
  const { promptTokens: seen } = await runOnce(engine, options, wordsOf(random, trialWords), 1);
  const tokensPerWord = Math.max(1, seen / trialWords);
  const run: Trial['run'] = (tokens, maxTokens, signal) =>
    runOnce(
      engine,
      options,
      wordsOf(random, Math.max(1, Math.floor(tokens / tokensPerWord))),
      maxTokens,
      signal,
    );
  return { run, engine, options };
}

/** Numbers, which every vocabulary has; drawn anew, so that nothing that was computed before can be used. */
function wordsOf(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.integer(10, 99)).join(' ');
}

async function runOnce(
  engine: Engine,
  { clock, signal }: SpeedOptions,
  text: string,
  maxTokens: number,
  abort?: AbortSignal,
): Promise<Run> {
  const request = { prompt: [{ text, special: false }], maxTokens, sampling: { temperature: 0, topP: 1 } };
  const started = clock.monotonic();
  const times: number[] = [];
  let promptTokens = 0;
  let firstAt: number | undefined;
  const see = (event: EngineEvent, now: number): void => {
    if (event.type === 'prompt') promptTokens = event.promptTokens;
    else firstAt ??= now;
    // The token that ends a turn is computed like any other.
    if (event.type === 'token' || (event.type === 'end' && event.reason === 'stop')) times.push(now);
  };
  const until = abort === undefined ? signal : AbortSignal.any([signal, abort]);
  for await (const batch of engine.generate(request, until)) {
    const now = clock.monotonic();
    for (const event of batch) see(event, now);
  }
  const endedAt = clock.monotonic();
  const first = firstAt ?? endedAt;
  return { promptTokens, started, firstMs: first - started, firstAt: first, endedAt, times };
}

async function promptRate(
  { run, options }: Trial,
  sequences: number,
  tokens: number,
): Promise<number | null> {
  const found = await inRounds(options.clock, async () => {
    const runs = await Promise.all(Array.from({ length: sequences }, () => run(tokens, 1)));
    const first = Math.min(...runs.map(({ started }) => started));
    const last = Math.max(...runs.map(({ firstAt }) => firstAt));
    return { tokens: sum(runs.map((one) => one.promptTokens)), milliseconds: last - first };
  });
  return rateOf(found);
}

async function decodingRate(
  { run, options }: Trial,
  sequences: number,
  tokens: number,
): Promise<number | null> {
  const found = await inRounds(options.clock, async () => {
    const runs = await Promise.all(Array.from({ length: sequences }, () => run(shortPromptTokens, tokens)));
    const begin = Math.max(...runs.map(({ firstAt }) => firstAt));
    const end = Math.min(...runs.map(({ endedAt }) => endedAt));
    const within = runs.flatMap(({ times }) => times.filter((time) => time > begin && time <= end));
    return { tokens: within.length, milliseconds: Math.max(0, end - begin) };
  });
  return rateOf(found);
}

type Counted = { readonly tokens: number; readonly milliseconds: number };

async function inRounds(clock: Clock, round: () => Promise<Counted>): Promise<readonly Counted[]> {
  const begun = clock.monotonic();
  const counted: Counted[] = [];
  while (counted.length < rounds && (counted.length === 0 || clock.monotonic() - begun < partMs))
    counted.push(await round());
  return counted;
}

function rateOf(counted: readonly Counted[]): number | null {
  const tokens = sum(counted.map((one) => one.tokens));
  const milliseconds = sum(counted.map((one) => one.milliseconds));
  return tokens === 0 || milliseconds === 0 ? null : (1000 * tokens) / milliseconds;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** First tokens of short requests, each of which comes when a fifth of a long prompt may have been read. */
async function waitsBeside(
  { run, options }: Trial,
  tokens: number,
  aloneMs: number,
): Promise<readonly number[]> {
  const { clock, pause } = options;
  const found: number[] = [];
  const begun = clock.monotonic();
  for (
    let round = 0;
    round < rounds && (round === 0 || clock.monotonic() - begun < longestReadingMs);
    round++
  ) {
    const long = run(tokens, 1);
    // The failure is met where the reply is awaited.
    long.catch(() => undefined);
    await pause(aloneMs / 5);
    const asked = clock.monotonic();
    const short = await run(shortPromptTokens, 1);
    if ((await long).firstAt > asked) found.push(short.firstMs);
  }
  return found;
}

async function abortTimes(
  { run, options, engine }: Trial,
  tokens: number,
  aloneMs: number,
): Promise<readonly number[]> {
  const { clock, pause, signal } = options;
  const found: number[] = [];
  for (let round = 0; round < aborts; round++) {
    const stop = new AbortController();
    const long = run(tokens, 1, stop.signal).then(
      () => true,
      (cause: unknown) => {
        if (cause === aborted) return false;
        throw cause;
      },
    );
    long.catch(() => undefined);
    // At other places of the prompt each time, the first tenth and the last tenths left out.
    await pause(Math.min(longestPauseMs, aloneMs * (0.1 + (0.6 * round) / aborts)));
    const asked = clock.monotonic();
    stop.abort(aborted);
    if (await long) continue;
    while (engine.load().active > 0) {
      signal.throwIfAborted();
      await pause(1);
    }
    found.push(clock.monotonic() - asked);
  }
  return found;
}

const longestPauseMs = 3_000;
const aborted = new Error('measured');
