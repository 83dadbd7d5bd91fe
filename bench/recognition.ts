// Are servers that cheat found, and honest ones left alone? Simulated by the code that assesses and watches models on servers: small
// random models that are exchanged or quantised while they serve, with more rounding under load than at admission; servers with answers
// ready for every published problem; the shipped model and copies of it through the embedded engine. `--simulations N` of each kind (100),
// `--questions N` while an honest one serves (3000), `--shipped N` simulations of the shipped model (10).
import { parseArgs } from 'node:util';
import { type SimulatedServer, simulateServer } from '../src/assess/recognition/simulation.ts';
import { clopperPearsonInterval } from '../src/stats/index.ts';
import { type BenchResult, rounded } from './bench.ts';
import { assessPrepared, type PreparedServer } from './recognition/prepared.ts';
import { watchShipped } from './recognition/shipped.ts';

type Figures = Record<string, number | null>;

/** Questions after the change within which servers have to be found; at 2 of 100 requests they are 50 times as many requests. */
const within = 400;

/** What is exchanged is exchanged behind so many honest questions at most. */
const longestHonest = 300;

const exchanges = {
  another: { becomes: 'another', hasProbabilities: true },
  'another.textsOnly': { becomes: 'another', hasProbabilities: false },
  bits5: { becomes: 5, hasProbabilities: true },
  'bits5.textsOnly': { becomes: 5, hasProbabilities: false },
  'another.halfOfRequests': { becomes: 'another', share: 0.5, hasProbabilities: true },
  bits6: { becomes: 6, hasProbabilities: true },
  bits8: { becomes: 8, hasProbabilities: true },
} as const satisfies Readonly<Record<string, Omit<SimulatedServer, 'after' | 'questions'>>>;

const prepared = {
  'prepared.weak': { solves: 0.2, hasPrepared: true, seeds: 'drawn' },
  'prepared.able': { solves: 0.6, hasPrepared: true, seeds: 'drawn' },
  'prepared.publishedSeeds': { solves: 0.2, hasPrepared: true, seeds: 'published' },
  'prepared.honest': { solves: 0.9, hasPrepared: false, seeds: 'drawn' },
} as const satisfies Readonly<Record<string, PreparedServer>>;

/** @see BenchResult */
export async function bench(args: readonly string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      simulations: { type: 'string', default: '100' },
      questions: { type: 'string', default: '3000' },
      shipped: { type: 'string', default: '10' },
    },
  });
  const [simulations, questions, shipped] = [
    Number(values.simulations),
    Number(values.questions),
    Number(values.shipped),
  ];
  const figures: Figures = { simulations, within, honestQuestions: questions };
  for (const [name, server] of Object.entries(exchanges)) {
    const found = await each(simulations, (seed) => {
      const after = (seed * 37) % longestHonest;
      return simulateServer(seed, { ...server, after, questions: after + within });
    });
    note(figures, name, found);
  }
  for (const [name, server] of Object.entries(prepared))
    note(figures, name, await each(simulations, (seed) => assessPrepared(seed, server)));
  for (const hasProbabilities of [true, false]) {
    const server = { becomes: 'same', after: 0, questions, hasProbabilities } as const;
    const found = await each(simulations, (seed) => simulateServer(1000 + seed, server));
    note(figures, hasProbabilities ? 'honest' : 'honest.textsOnly', found);
  }
  if (shipped > 0) {
    note(figures, 'shipped.q4', await watchShipped('Q4_0', shipped, within));
    note(figures, 'shipped.q5', await watchShipped('Q5_0', shipped, within));
    note(figures, 'shipped.honest', await watchShipped('same', shipped, within));
  }
  return { ratios: {}, figures, rounds: 1 };
}

async function each<T>(count: number, simulate: (seed: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  for (let seed = 1; seed <= count; seed++) results.push(await simulate(seed));
  return results;
}

/** How many were found in time, with Clopper and Pearson's interval, after how many questions, and how many before anything changed. */
function note(figures: Figures, name: string, simulated: readonly (number | null)[]): void {
  const early = simulated.filter((after) => after !== null && after <= 0).length;
  const afters = simulated
    .map((after) => after ?? Number.POSITIVE_INFINITY)
    .filter((after) => after > 0)
    .sort((one, other) => one - other);
  const found = afters.filter((after) => after < Number.POSITIVE_INFINITY).length;
  const { lower, upper } = clopperPearsonInterval(found, simulated.length);
  const at = (share: number): number | null => {
    const after = afters[Math.ceil(share * afters.length) - 1] ?? Number.POSITIVE_INFINITY;
    return Number.isFinite(after) ? after : null;
  };
  const [median, percentile95] = [at(0.5), at(0.95)];
  Object.assign(figures, {
    [`${name}.found`]: found,
    [`${name}.lower`]: rounded(lower),
    [`${name}.upper`]: rounded(upper),
    [`${name}.median`]: median,
    [`${name}.95th`]: percentile95,
    [`${name}.early`]: early,
  });
  process.stderr.write(
    `${name}: ${found} of ${simulated.length} found (${percent(lower)} to ${percent(upper)}), ${early} before anything changed; questions: ${median ?? 'more'} (median), ${percentile95 ?? 'more'} (95th percentile)\n`,
  );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
