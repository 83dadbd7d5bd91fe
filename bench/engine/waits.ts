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
const soonMs = 50;
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

/** Milliseconds from an abort until the sequence is free. */
export type Aborts = readonly number[];

/**
 * Aborts at all places of a long prompt, in rising order of the places. What one of them left behind the next one goes on from,
 * so that the prompt is read once and a little more in all, however long it is.
 *
 * @param until no abort begins after this time of the monotonic clock, in milliseconds.
 * @param onAbort told of all that was found so far.
 */
export async function measureAborts(
  engine: LlamaEngine,
  until: number,
  onAbort: (aborts: Aborts) => void,
): Promise<Aborts> {
  const longest = Math.min(longTokens, engine.capabilities.contextLength - spareTokens);
  const text = (name: string, tokens: number): string => name + 'x'.repeat(tokens - name.length);
  const places = abortCount + 2;
  const part = await readingTime(engine, text('part', Math.ceil(longest / places)));
  // What is read so soon takes long for its length, and all of the prompt does not.
  const apart = part > soonMs ? part : (await readingTime(engine, text('all', longest))) / places;
  const aborts: number[] = [];
  let prompt = 0;
  for (let tried = 0; aborts.length < abortCount && tried < 2 * abortCount; tried++) {
    if (systemClock.monotonic() > until) break;
    const latency = await abortLatency(engine, text(`${prompt} `, longest), `aborts ${prompt}`, apart);
    if (latency === undefined) {
      prompt++;
      continue;
    }
    aborts.push(latency);
    onAbort(aborts);
  }
  return aborts;
}

async function readingTime(engine: LlamaEngine, text: string): Promise<number> {
  const started = systemClock.monotonic();
  await Array.fromAsync(
    engine.generate({ prompt: [{ text, special: false }], maxTokens: 1, sampling: greedy }),
  );
  return systemClock.monotonic() - started;
}

/** Undefined where the prompt had been read by then. */
async function abortLatency(
  engine: LlamaEngine,
  text: string,
  cacheScope: string,
  after: number,
): Promise<number | undefined> {
  const stop = new AbortController();
  const request = { prompt: [{ text, special: false }], maxTokens: 8, sampling: greedy, cacheScope };
  const generation = engine.generate(request, stop.signal)[Symbol.asyncIterator]();
  await generation.next();
  let wasRead = false;
  const rest = generation.next().then(
    () => {
      wasRead = true;
    },
    () => {},
  );
  await pause(after);
  const isTooLate = wasRead;
  const started = systemClock.monotonic();
  stop.abort();
  while (engine.load().active > 0) await new Promise((resolve) => setImmediate(resolve));
  const freed = systemClock.monotonic();
  await rest;
  return isTooLate ? undefined : freed - started;
}
