// The embedded engine under mixed load for an hour (`npm run bench -- soak`; SOAK_SECONDS for less): sixteen clients on four
// sequences with prompts short and long, conversations, grammars, embeddings, a tenth of them leaving early. BENCH_MODELS
// names the model, `shipped` or by default one of 0.5 B. Gives the slope of its memory, restarts, and sequences that are not
// free at the end.
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, systemClock } from '../src/base/index.ts';
import { createLlamaEngine } from '../src/engine/index.ts';
import { type BenchResult, rounded } from './bench.ts';
import { qwenHalfBillion, writeRandomModel } from './random-model.ts';

type Engine = Awaited<ReturnType<typeof createLlamaEngine>>;
type Counts = { requests: number; left: number; failed: number };

const clients = 16;
const sampleMs = 2_000;
/** Buffers, caches and the store of prompts fill up at first. */
const warmUpShare = 0.25;

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const seconds = Number(process.env.SOAK_SECONDS ?? 3600);
  using directory = mkdtempDisposableSync(join(tmpdir(), 'tiegel-soak-'));
  const modelPath = modelIn(directory.path);
  const restarts: unknown[] = [];
  await using engine = await createLlamaEngine({
    ...{ model: 'soak', modelPath, compared: [], slots: 4, contextLength: 1024 },
    // So little that it is full before memory is looked at.
    promptCacheBytes: 16 * 2 ** 20,
    limits: { stepMs: 600_000, silenceMs: 600_000 },
    logger: { warn: (_, message) => restarts.push(message) },
  });
  const until = systemClock.monotonic() + seconds * 1000;
  const counts: Counts = { requests: 0, left: 0, failed: 0 };
  const samples: (readonly [seconds: number, bytes: number])[] = [];
  const watching = setInterval(() => {
    const elapsed = seconds - (until - systemClock.monotonic()) / 1000;
    engine.grownBytes().then(
      (bytes) => samples.push([elapsed, bytes]),
      () => {},
    );
  }, sampleMs);
  await Promise.all(Array.from({ length: clients }, (_, client) => useIt(engine, client, until, counts)));
  clearInterval(watching);
  const { active, waiting } = engine.load();
  const settled = samples.filter(([at]) => at > warmUpShare * seconds);
  const figures = {
    ...{ ...counts, seconds, restarts: restarts.length, sequencesNotFree: active + waiting },
    megabytes: rounded((samples.at(-1)?.[1] ?? 0) / 1e6),
    megabytesPerHour: rounded((slopeOf(settled) * 3600) / 1e6),
  };
  return { ratios: {}, figures, rounds: 1 };
}

function modelIn(directory: string): string {
  const shipped = join(import.meta.dirname, '..', 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');
  if (process.env.BENCH_MODELS === 'shipped') return shipped;
  const path = join(directory, 'half.gguf');
  writeRandomModel(path, qwenHalfBillion, 'Q8_0');
  return path;
}

async function useIt(engine: Engine, client: number, until: number, counts: Counts): Promise<void> {
  const random = seededRandom(client);
  // A character is a token at most.
  const longest = engine.capabilities.contextLength - 64;
  let conversation = '';
  while (systemClock.monotonic() < until) {
    counts.requests++;
    const stop = new AbortController();
    const leaves = random.next() < 0.1;
    if (leaves) setTimeout(() => stop.abort(new Error('left')), random.integer(0, 400));
    const words = 'three apples and five pears '.repeat(random.integer(1, 25)).slice(0, longest);
    const longer = `${conversation}${words.slice(0, 120)}`;
    conversation = longer.length > longest ? words : longer;
    try {
      await one(
        engine,
        random.integer(0, 9),
        { words, conversation, account: `account ${client % 5}` },
        stop.signal,
      );
    } catch (error) {
      if (stop.signal.aborted) counts.left++;
      else {
        counts.failed++;
        process.stderr.write(`  ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  }
}

type Texts = { readonly words: string; readonly conversation: string; readonly account: string };

async function one(engine: Engine, kind: number, texts: Texts, signal: AbortSignal): Promise<void> {
  if (kind === 0) {
    await engine.embed?.([texts.words.slice(0, 200)], signal);
    return;
  }
  const [text, scope] = kind < 5 ? [texts.conversation, { cacheScope: texts.account }] : [texts.words, {}];
  const constraint =
    kind === 9 ? { constraint: { type: 'grammar', grammar: 'root ::= [a-z]+ | [0-9]+' } as const } : {};
  const sampling = { temperature: kind % 2, topP: 0.95, seed: kind };
  const prompt = [{ text, special: false }];
  await Array.fromAsync(
    engine.generate({ prompt, maxTokens: 12, sampling, ...scope, ...constraint }, signal),
  );
}

/** Bytes a second, by least squares. */
function slopeOf(samples: readonly (readonly [seconds: number, bytes: number])[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const [at, size] = [mean(samples.map(([time]) => time)), mean(samples.map(([, bytes]) => bytes))];
  const products = samples.map(([time, bytes]) => (time - at) * (bytes - size));
  const squares = samples.map(([time]) => (time - at) ** 2);
  return mean(products) / Math.max(1e-9, mean(squares));
}
