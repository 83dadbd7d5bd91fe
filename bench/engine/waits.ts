// What people wait for beside the rate of tokens: the first token of a long prompt, of a short one beside it, of the turns of a
// conversation; and, of our engine alone, an abort.
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import { createLlamaEngine, type LlamaEngine } from '../../src/engine/index.ts';
import { cpuOfEngine, patience } from './ours.ts';
import type { WaitingSide } from './side.ts';

/** Milliseconds to the first token: of the long prompt alone, of a short one beside it, of the turns of a conversation. */
export type Waits = {
  readonly longAlone: number;
  readonly shortBesideLong: number;
  readonly firstTurn: number;
  readonly secondTurn: number;
};

const abortCount = 20;
/** Tokens; a letter is one. */
const longTokens = 4000;
const turnTokens = 2000;
/** For what is written, and for what makes one prompt another one. */
const spareTokens = 64;
const slots = 2;
const greedy = { temperature: 0, topP: 1 } as const;

export async function startOurWaits(
  modelPath: string,
): Promise<WaitingSide & { readonly engine: LlamaEngine }> {
  const size = { slots, contextLength: longTokens + spareTokens };
  const engine = await createLlamaEngine({
    model: 'bench',
    modelPath,
    compared: [],
    limits: patience,
    ...size,
  });
  return {
    engine,
    firstToken: async (text, cacheScope) => {
      const started = systemClock.monotonic();
      const request = { prompt: [{ text, special: false }], maxTokens: 1, sampling: greedy };
      const scope = cacheScope === undefined ? {} : { cacheScope };
      await Array.fromAsync(engine.generate({ ...request, ...scope }));
      return systemClock.monotonic() - started;
    },
    cpuMilliseconds: () => cpuOfEngine(engine),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

/** @param round so that no text begins as one of another round does. */
export async function measureWaits(
  { firstToken }: WaitingSide,
  contextLength: number,
  round: number,
): Promise<Waits> {
  const longest = contextLength - spareTokens;
  const own = String(round).padStart(4, 'a');
  const long = own + 'x'.repeat(Math.min(longTokens, longest) - own.length);
  const longAlone = await firstToken(long);
  const reading = firstToken(`y${long.slice(1)}`);
  await pause(longAlone / 4);
  const shortBesideLong = await firstToken('What is 23 * 87?');
  await reading;
  const turn = own + 'z'.repeat(Math.min(turnTokens, longest) - own.length);
  const firstTurn = await firstToken(turn, `conversation ${round}`);
  const secondTurn = await firstToken(`${turn} and then?`, `conversation ${round}`);
  return { longAlone, shortBesideLong, firstTurn, secondTurn };
}

/**
 * Milliseconds from an abort until the sequence is free, in rising order.
 * @param longAlone how long a long prompt is read: aborts come at all places of it.
 */
export async function measureAborts(engine: LlamaEngine, longAlone: number): Promise<readonly number[]> {
  const long = 'x'.repeat(engine.capabilities.contextLength - spareTokens);
  const aborts: number[] = [];
  for (let index = 0; index < abortCount; index++) {
    const after = (longAlone * (index + 1)) / (abortCount + 2);
    const latency = await abortLatency(engine, `${index} ${long.slice(3)}`, after);
    if (latency !== undefined) aborts.push(latency);
  }
  return aborts.toSorted((one, other) => one - other);
}

/** Undefined where the prompt had been read by then. */
async function abortLatency(engine: LlamaEngine, text: string, after: number): Promise<number | undefined> {
  const stop = new AbortController();
  const request = { prompt: [{ text, special: false }], maxTokens: 8, sampling: greedy };
  const generation = engine.generate(request, stop.signal)[Symbol.asyncIterator]();
  await generation.next();
  const rest = generation.next().catch(() => {});
  await pause(after);
  if (engine.load().active === 0) return undefined;
  const started = systemClock.monotonic();
  stop.abort();
  while (engine.load().active > 0) await new Promise((resolve) => setImmediate(resolve));
  await rest;
  return systemClock.monotonic() - started;
}
