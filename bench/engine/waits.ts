// What people wait for beside the rate of tokens: an abort, the first token of a short request while a long prompt is being
// read, the second turn of a conversation. Each on an engine of its own.
import { systemClock } from '../../src/base/index.ts';
import { createLlamaEngine } from '../../src/engine/index.ts';

type Engine = Awaited<ReturnType<typeof createLlamaEngine>>;

export type Waits = {
  /** Milliseconds from an abort until the sequence is free, in rising order; of so many aborts. */
  readonly aborts: readonly number[];
  /** Milliseconds to the first token: of the long prompt alone, of a short one beside it, of the turns of a conversation. */
  readonly longAlone: number;
  readonly shortBesideLong: number;
  readonly firstTurn: number;
  readonly secondTurn: number;
};

const abortCount = 20;
const longTokens = 4000;
/** For what is written, and for what makes one prompt another one. */
const spareTokens = 64;
const turnTokens = 2000;
const greedy = { temperature: 0, topP: 1 } as const;

export async function measureWaits(modelPath: string): Promise<Waits> {
  // A machine that others keep busy may be very slow; that is no reason to stop here.
  const limits = { stepMs: 600_000, silenceMs: 600_000 };
  const size = { slots: 2, contextLength: longTokens + spareTokens };
  await using engine = await createLlamaEngine({ model: 'bench', modelPath, compared: [], limits, ...size });
  const longest = engine.capabilities.contextLength - spareTokens;
  const long = 'x'.repeat(Math.min(longTokens, longest));
  const longAlone = await firstToken(engine, long);
  const reading = firstToken(engine, `y${long.slice(1)}`);
  await pause(longAlone / 4);
  const shortBesideLong = await firstToken(engine, 'What is 23 * 87?');
  await reading;
  const turn = 'z'.repeat(Math.min(turnTokens, longest));
  const firstTurn = await firstToken(engine, turn, 'conversation');
  const secondTurn = await firstToken(engine, `${turn} and then?`, 'conversation');
  const aborts: number[] = [];
  for (let index = 0; index < abortCount; index++) {
    const after = (longAlone * (index + 1)) / (abortCount + 2);
    const latency = await abortLatency(engine, `${index} ${long.slice(3)}`, after);
    if (latency !== undefined) aborts.push(latency);
  }
  return { aborts: aborts.toSorted((a, b) => a - b), longAlone, shortBesideLong, firstTurn, secondTurn };
}

async function firstToken(engine: Engine, text: string, cacheScope?: string): Promise<number> {
  const started = systemClock.monotonic();
  const request = { prompt: [{ text, special: false }], maxTokens: 1, sampling: greedy };
  const scope = cacheScope === undefined ? {} : { cacheScope };
  await Array.fromAsync(engine.generate({ ...request, ...scope }));
  return systemClock.monotonic() - started;
}

/** Undefined where the prompt had been read by then. */
async function abortLatency(engine: Engine, text: string, after: number): Promise<number | undefined> {
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

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
