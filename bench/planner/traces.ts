// Traces of real traffic under TIEGEL_DATA: two of Azure's services, request by request, and the clients of a hosted R1, whose
// requests are drawn from the rates, gaps and lengths that were published of each of them (see the data's README).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, seededRandom } from '../../src/base/index.ts';
import type { Arrival, Trace } from '../../src/meter/index.ts';
import { randomGamma } from '../../src/stats/index.ts';

/** An hour of requests, whose clients are not known. */
export function azureTrace(data: string, name: 'code' | 'conv'): Trace {
  const lines = readFileSync(join(data, 'azure-llm-2023', `AzureLLMInferenceTrace_${name}.csv`), 'utf8');
  const [, ...rows] = lines.trim().split(/\r?\n/);
  const arrivals = rows.map((row): Arrival => {
    const [time = '', prompt, completion] = row.split(',');
    return {
      at: Date.parse(`${time.slice(0, 23).replace(' ', 'T')}Z`) / 1_000,
      client: 'all',
      promptTokens: Number(prompt),
      completionTokens: Number(completion),
    };
  });
  const begin = arrivals[0]?.at ?? 0;
  const moved = arrivals.map((arrival) => ({ ...arrival, at: arrival.at - begin }));
  return { arrivals: moved, duration: (moved.at(-1)?.at ?? 0) + 1 };
}

const windowSeconds = 600;
const day = 86_400;

/**
 * A day of a share of the requests of all clients.
 *
 * @param share of each client's rate, so that a day of the whole service is not needed
 */
export function serveGenTrace(data: string, share: number, seed: number): Trace {
  const folder = join(data, 'servegen-r1');
  const clients = readdirSync(folder).flatMap((file) => /^(chunk-\d+)-trace\.csv$/.exec(file)?.[1] ?? []);
  const arrivals = clients.toSorted().flatMap((client, index) => {
    const random = seededRandom(seed, index);
    const lengths = lengthsOf(join(folder, `${client}-dataset.json`));
    const rows = readFileSync(join(folder, `${client}-trace.csv`), 'utf8')
      .trim()
      .split('\n');
    return rows.flatMap((row) => windowOf(row, client, lengths, share, random));
  });
  return { arrivals: arrivals.sort((one, other) => one.at - other.at), duration: day };
}

type Lengths = (at: number) => { readonly prompt: Histogram; readonly completion: Histogram };

function windowOf(row: string, client: string, lengths: Lengths, share: number, random: Random): Arrival[] {
  const [start, rate, variation] = row.split(',').map(Number) as [number, number, number];
  if (!(rate > 0)) return [];
  // Gaps of a Gamma distribution with the published rate and variation, whichever distribution was fitted to them: those
  // are what it has in common with a Weibull distribution.
  const shape = 1 / Math.max(0.1, variation) ** 2;
  const arrivals: Arrival[] = [];
  let at = start + (random.next() * randomGamma(random, shape)) / (shape * rate);
  for (; at < start + windowSeconds; at += randomGamma(random, shape) / (shape * rate)) {
    if (random.next() >= share) continue;
    const { prompt, completion } = lengths(at);
    arrivals.push({
      ...{ at, client },
      promptTokens: draw(prompt, random),
      completionTokens: Math.max(1, draw(completion, random)),
    });
  }
  return arrivals;
}

/** Values with the sums of the shares up to each of them. */
type Histogram = { readonly values: readonly number[]; readonly sums: readonly number[] };

function lengthsOf(file: string): Lengths {
  type Published = Record<string, { readonly input_tokens: string; readonly output_tokens: string }>;
  const published = JSON.parse(readFileSync(file, 'utf8')) as Published;
  const parts = Object.entries(published).map(([start, { input_tokens, output_tokens }]) => ({
    start: Number(start),
    prompt: histogramOf(input_tokens),
    completion: histogramOf(output_tokens),
  }));
  const filled = parts.filter(
    ({ prompt, completion }) => prompt.values.length > 0 && completion.values.length > 0,
  );
  return (at) => {
    const part = filled.findLast(({ start }) => start <= at) ?? filled[0];
    if (part === undefined) throw new Error(`${file} has no lengths`);
    return part;
  };
}

/** `{45: 0.0096, 46: 0.0117}` */
function histogramOf(text: string): Histogram {
  const pairs = [...text.matchAll(/([\d.]+): ([\d.e-]+)/g)].map(([, value, weight]) => ({
    value: Number(value),
    weight: Number(weight),
  }));
  let sum = 0;
  return { values: pairs.map(({ value }) => value), sums: pairs.map(({ weight }) => (sum += weight)) };
}

function draw({ values, sums }: Histogram, random: Random): number {
  const at = random.next() * (sums.at(-1) ?? 0);
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sums[middle] as number) > at) high = middle;
    else low = middle + 1;
  }
  return values[low] as number;
}
