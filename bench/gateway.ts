// What our gateway costs over a raw node:http pass-through, in alternating rounds of one run. CPU is that of the server
// process alone: ours, with everything it does switched on, over the scripted engine in the same process, and the proxy's,
// whose upstream is another process and not counted. `turnCpuUs`, the engine and `converse` without HTTP, says how much of
// our side is no gateway at all. In the `remote` figures both sides stand before the same upstream. Portkey's gateway
// is compared with that. `ledgerOnOverOff` is our gateway with limits, prices and the ledger over the same without.
import { type BenchResult, median, rounded } from './bench.ts';
import { type BenchServer, startServer } from './gateway/child.ts';
import { drive, type Load } from './gateway/load.ts';
import { portkeyFile, startPortkey } from './gateway/portkey.ts';
import { turnCpu } from './gateway/turn.ts';
import type { BenchModel } from './gateway/workload.ts';

const rounds = 7;
const connections = 32;
const requestsPerRound = 3000;
const remoteRequestsPerRound = 1000;
/** Rounds before the first that counts, so that both sides run compiled code. */
const warmUpRounds = 4;
const firstTokenProbes = 60;

type Side = {
  readonly name: string;
  readonly server: BenchServer;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Measures both sides in alternating order and returns the median of ours, of theirs and of the ratios. */
async function compare(
  ours: Side,
  raw: Side,
  measure: (side: Side) => Promise<number>,
): Promise<{ readonly ours: number; readonly raw: number; readonly ratio: number }> {
  const pairs: { ours: number; raw: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const pair = { ours: 0, raw: 0 };
    const order = round % 2 === 0 ? (['ours', 'raw'] as const) : (['raw', 'ours'] as const);
    for (const side of order) pair[side] = await measure(side === 'ours' ? ours : raw);
    process.stderr.write(
      `  round ${round + 1}: ours ${pair.ours.toFixed(1)}, ${raw.name} ${pair.raw.toFixed(1)}\n`,
    );
    pairs.push(pair);
  }
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    raw: median(pairs.map((pair) => pair.raw)),
    ratio: median(pairs.map((pair) => pair.ours / pair.raw)),
  };
}

async function cpuOf(
  { server, headers = {} }: Side,
  load: Omit<Load, 'port'>,
): Promise<{ cpu: number; events: number }> {
  const before = await server.cpu();
  const { events } = await drive({ ...load, port: server.port, headers });
  return { cpu: (await server.cpu()) - before, events };
}

const perRequest =
  (ourModel: BenchModel, requests: number) =>
  async (side: Side): Promise<number> => {
    const model = side.name === 'ours' ? ourModel : 'instant';
    return (await cpuOf(side, { model, stream: false, connections, requests })).cpu / requests;
  };

const perEvent =
  (ourModel: BenchModel) =>
  async (side: Side): Promise<number> => {
    const model = side.name === 'ours' ? ourModel : 'paced';
    const load = { model, stream: true, connections, requests: connections } as const;
    const { cpu, events } = await cpuOf(side, load);
    return cpu / events;
  };

/** What Portkey's gateway costs over ours, both before the upstream; null, with a word on why, where it cannot be measured. */
async function portkeyOverOurs(ours: Side, upstream: BenchServer): Promise<number | null> {
  try {
    using server = await startPortkey(portkeyFile(), upstream.port);
    const portkey: Side = { name: 'Portkey', server, headers: server.headers };
    process.stderr.write("the same, Portkey's gateway in place of the pass-through\n");
    const measure = perRequest('remote-instant', remoteRequestsPerRound);
    for (const side of [ours, portkey]) await measure(side);
    return 1 / (await compare(ours, portkey, measure)).ratio;
  } catch (error) {
    process.stderr.write(`Portkey: not measured, ${String(error)}\n`);
    return null;
  }
}

/** Median time to the first event, one connection, the sides in turns. */
async function firstToken(servers: readonly BenchServer[]): Promise<readonly number[]> {
  const times: number[][] = servers.map(() => []);
  for (let probe = 0; probe < firstTokenProbes; probe++) {
    for (const [index, server] of servers.entries()) {
      const load = {
        port: server.port,
        model: 'instant',
        stream: true,
        connections: 1,
        requests: 3,
      } as const;
      // The first request opens the connection; the last one finds everything warm.
      times[index]?.push((await drive(load)).firstByteMs.at(-1) as number);
    }
  }
  return times.map(median);
}

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  using upstream = await startServer('./raw-upstream.ts');
  using proxy = await startServer('./raw-proxy.ts', [String(upstream.port)]);
  using gateway = await startServer('./our-server.ts', [String(upstream.port)]);
  using meteredGateway = await startServer('./our-server.ts', [String(upstream.port), 'metered']);
  const ours: Side = { name: 'ours', server: gateway };
  const metered: Side = { name: 'metered', server: meteredGateway };
  const raw: Side = { name: 'raw', server: proxy };

  process.stderr.write(`warm-up, then CPU microseconds per request, ${connections} connections\n`);
  for (let round = 0; round < warmUpRounds; round++) {
    for (const side of [ours, raw]) await perRequest('instant', requestsPerRound)(side);
  }
  const request = await compare(ours, raw, perRequest('instant', requestsPerRound));
  process.stderr.write('the same with limits, prices and the ledger, over ours without them\n');
  for (let round = 0; round < warmUpRounds; round++) await perRequest('instant', requestsPerRound)(metered);
  const ledger = await compare(metered, ours, perRequest('instant', requestsPerRound));
  const turns: number[] = [];
  for (let round = 0; round <= rounds; round++) turns.push(await turnCpu(requestsPerRound, connections));
  process.stderr.write(`CPU microseconds per streamed event, ${connections} streams\n`);
  for (let round = 0; round < warmUpRounds; round++) {
    for (const side of [ours, raw]) await perEvent('paced')(side);
  }
  const event = await compare(ours, raw, perEvent('paced'));
  process.stderr.write('the same, both before one upstream\n');
  for (let round = 0; round < warmUpRounds; round++) await perEvent('remote-paced')(ours);
  const remoteEvent = await compare(ours, raw, perEvent('remote-paced'));
  process.stderr.write('CPU microseconds per request, both before one upstream\n');
  const perRemoteRequest = perRequest('remote-instant', remoteRequestsPerRound);
  for (let round = 0; round < warmUpRounds; round++) await perRemoteRequest(ours);
  const remoteRequest = await compare(ours, raw, perRemoteRequest);
  const portkeyCpuOverOurs = await portkeyOverOurs(ours, upstream);
  process.stderr.write('time to the first token, 1 connection\n');
  const [oursMs, rawMs, directMs] = (await firstToken([gateway, proxy, upstream])) as [
    number,
    number,
    number,
  ];

  return {
    ratios: {
      cpuPerRequestOverRaw: rounded(request.ratio),
      cpuPerEventOverRaw: rounded(event.ratio),
      remoteCpuPerRequestOverRaw: rounded(remoteRequest.ratio),
      remoteCpuPerEventOverRaw: rounded(remoteEvent.ratio),
      ledgerOnOverOff: rounded(ledger.ratio),
      portkeyCpuOverOurs: portkeyCpuOverOurs === null ? null : rounded(portkeyCpuOverOurs),
    },
    figures: {
      cpuPerRequestUs: rounded(request.ours),
      rawCpuPerRequestUs: rounded(request.raw),
      ledgerCpuPerRequestUs: rounded(ledger.ours - ledger.raw),
      turnCpuUs: rounded(median(turns.slice(1))),
      cpuPerEventUs: rounded(event.ours),
      rawCpuPerEventUs: rounded(event.raw),
      remoteCpuPerRequestUs: rounded(remoteRequest.ours),
      remoteCpuPerEventUs: rounded(remoteEvent.ours),
      addedTimeToFirstTokenMs: rounded(oursMs - directMs),
      rawAddedTimeToFirstTokenMs: rounded(rawMs - directMs),
    },
    rounds,
  };
}
