// 1,000 streams at the same time at 20 tokens a second for two minutes, through the gateway over the scripted engine:
// whether any is dropped, and any token lost, doubled or out of order, and whether memory stays flat. TIEGEL_BENCH_SECONDS
// shortens it. Server and clients are processes of their own.
import { type BenchResult, rounded } from './bench.ts';
import { startServer } from './gateway/child.ts';
import { followStreams } from './gateway/streams.ts';

const streams = 1000;
const tokensPerSecond = 20;
/** Each look collects garbage, which stops the server for a moment. */
const secondsBetweenLooks = 10;
const seconds = Number(process.env.TIEGEL_BENCH_SECONDS ?? 120);

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  const tokens = seconds * tokensPerSecond;
  using server = await startServer('./stream-server.ts', [String(streams), String(tokens)]);
  process.stderr.write(`${streams} streams of ${tokens} tokens, ${tokensPerSecond} a second\n`);
  const memory: number[] = [];
  const watch = setInterval(async () => {
    const megabytes = (await server.memory()) / 2 ** 20;
    memory.push(megabytes);
    process.stderr.write(`  ${memory.length * secondsBetweenLooks} s: ${megabytes.toFixed(0)} MiB in use\n`);
  }, secondsBetweenLooks * 1000);
  const before = await server.cpu();
  const outcome = await followStreams({ port: server.port, streams, tokens });
  const cpu = (await server.cpu()) - before;
  clearInterval(watch);

  // The first third fills pools and caches; after that nothing may grow.
  const settled = memory.slice(Math.ceil(memory.length / 3));
  const [early, late] = [settled[0] ?? 0, settled.at(-1) ?? 0];
  return {
    ratios: { memoryLateOverEarly: early === 0 ? null : rounded(late / early) },
    figures: {
      streams,
      tokensPerStream: tokens,
      complete: outcome.complete,
      dropped: streams - outcome.complete,
      tokensLost: outcome.lost,
      tokensDoubledOrOutOfOrder: outcome.disordered,
      inUseEarlyMiB: rounded(early),
      inUseLateMiB: rounded(late),
      cpuPerTokenUs: rounded(cpu / (streams * tokens)),
      seconds: rounded(outcome.seconds),
    },
    rounds: 1,
  };
}
