// One plain client beside sixteen hostile ones, over a real server with the shipped model: what it waits for a short reply
// and what /healthz takes, alone and beside them, and whether an engine had to be started again. TIEGEL_BENCH_SECONDS sets
// the time beside them, TIEGEL_BENCH_CLIENTS names kinds of them (constraints, choices, embeddings, readers; all of them where
// it is not set). They are in a process of their own.
import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { emptyHome, type RunningServer, startServer } from '../test/end-to-end/tiegel-process.ts';
import { type BenchResult, median, rounded } from './bench.ts';

const seconds = Number(process.env.TIEGEL_BENCH_SECONDS ?? 60);
const secondsAlone = Math.max(5, seconds / 3);
const healthEveryMs = 20;
const kinds = (process.env.TIEGEL_BENCH_CLIENTS ?? '').split(',').filter((kind) => kind !== '');

type Waits = {
  readonly firstMs: readonly number[];
  readonly wholeMs: readonly number[];
  readonly healthMs: readonly number[];
};

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  process.stderr.write('starting the server; a new data directory has the shipped model assessed first\n');
  await using server = await startServer(emptyHome());
  const engines = new Set(enginesOf(server));
  await measure(server, 2);
  process.stderr.write(`alone for ${secondsAlone} s\n`);
  const alone = await measure(server, secondsAlone);
  process.stderr.write(`beside sixteen hostile clients for ${seconds} s\n`);
  const hostile = fork(new URL('./hostile/clients.ts', import.meta.url), kinds);
  hostile.send({ url: server.url, key: server.key ?? '', model: server.model });
  // Until they have filled everything there is to fill.
  await pause(2000);
  const beside = await measure(server, seconds);
  hostile.kill('SIGKILL');
  for (const engine of enginesOf(server)) engines.add(engine);
  const [first, firstBeside] = [median(alone.firstMs), median(beside.firstMs)];
  const [whole, wholeBeside] = [median(alone.wholeMs), median(beside.wholeMs)];
  const [health, healthBeside] = [percentile99(alone.healthMs), percentile99(beside.healthMs)];
  return {
    ratios: {
      firstTokenBesideOverAlone: rounded(firstBeside / first),
      replyBesideOverAlone: rounded(wholeBeside / whole),
      healthBesideOverAlone: rounded(healthBeside / health),
    },
    figures: {
      ...{ firstTokenAloneMs: rounded(first), firstTokenBesideMs: rounded(firstBeside) },
      ...{ replyAloneMs: rounded(whole), replyBesideMs: rounded(wholeBeside) },
      ...{ healthP99AloneMs: rounded(health), healthP99BesideMs: rounded(healthBeside) },
      ...{ repliesAlone: alone.wholeMs.length, repliesBeside: beside.wholeMs.length },
      engineRestarts: process.platform === 'linux' ? engines.size - 1 : null,
      seconds,
    },
    rounds: 1,
  };
}

/** One plain request after the other, and a look at /healthz now and then. */
async function measure(server: RunningServer, duration: number): Promise<Waits> {
  const until = performance.now() + duration * 1000;
  const [firstMs, wholeMs, healthMs] = [[] as number[], [] as number[], [] as number[]];
  const ask = async (): Promise<void> => {
    while (performance.now() < until || wholeMs.length === 0) {
      const started = performance.now();
      const response = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: server.model,
          messages: [{ role: 'user', content: 'Use 1 and 2 once each with + - * to make 3.' }],
          max_tokens: 24,
          stream: true,
        }),
      });
      if (!response.ok) throw new Error(`the plain client got ${response.status}: ${await response.text()}`);
      let first = 0;
      for await (const _ of response.body ?? []) first ||= performance.now() - started;
      firstMs.push(first);
      wholeMs.push(performance.now() - started);
      await pause(50);
    }
  };
  const look = async (): Promise<void> => {
    while (performance.now() < until) {
      const started = performance.now();
      await (await fetch(`${server.url}/healthz`)).text();
      healthMs.push(performance.now() - started);
      await pause(healthEveryMs);
    }
  };
  await Promise.all([ask(), look()]);
  return { firstMs, wholeMs, healthMs };
}

function percentile99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] as number;
}

/** The process ids of the engines of a server; none where the system does not tell. */
function enginesOf({ processId }: RunningServer): readonly string[] {
  if (process.platform !== 'linux') return [];
  const tasks = `/proc/${processId}/task`;
  return readdirSync(tasks)
    .flatMap((task) => readFileSync(`${tasks}/${task}/children`, 'utf8').split(' '))
    .filter((child) => child !== '' && isEngine(child));
}

function isEngine(child: string): boolean {
  try {
    return readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('llama/child-main');
  } catch {
    return false;
  }
}
