// Clients of ServeGen's DeepSeek-R1 traffic (Alibaba, Apache-2.0): how much each asks, and how long what it is answered is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Client = {
  readonly id: number;
  readonly requestsPerDay: number;
  /** Lengths of completions in tokens: 64 quantiles. */
  readonly completions: readonly number[];
};

const quantiles = 64;
const secondsPerWindow = 600;
const windowsPerDay = 144;

export function readClients(data: string): readonly Client[] {
  const directory = join(data, 'servegen-r1');
  const traces = readdirSync(directory).filter((name) => name.endsWith('-trace.csv'));
  return traces
    .flatMap((name) => {
      const rates = readFileSync(join(directory, name), 'utf8').trim().split('\n').slice(0, windowsPerDay);
      const requestsPerDay = rates.reduce(
        (sum, line) => sum + Number(line.split(',')[1]) * secondsPerWindow,
        0,
      );
      const lengths = readFileSync(join(directory, name.replace('trace.csv', 'dataset.json')), 'utf8');
      const completions = quantilesOf(lengths);
      const id = Number(name.split('-')[1]);
      return requestsPerDay < 20 || completions.length === 0 ? [] : { id, requestsPerDay, completions };
    })
    .sort((a, b) => a.id - b.id);
}

/** Of all windows together; each holds a dictionary of Python from length to share. */
function quantilesOf(json: string): readonly number[] {
  const windows = Object.values(JSON.parse(json) as Record<string, { output_tokens?: unknown }>);
  const weighted = windows
    .map(({ output_tokens }) => (typeof output_tokens === 'string' ? output_tokens : ''))
    .flatMap((text) => [...text.matchAll(/(\d+): ([\d.e-]+)/g)])
    .map(([, length, share]) => ({ length: Number(length), share: Number(share) }))
    .sort((a, b) => a.length - b.length);
  const total = weighted.reduce((sum, { share }) => sum + share, 0);
  let [index, passed] = [0, 0];
  return weighted.length === 0
    ? []
    : Array.from({ length: quantiles }, (_, quantile) => {
        const target = ((quantile + 0.5) / quantiles) * total;
        while (index < weighted.length - 1 && passed + weighted[index]!.share < target)
          passed += weighted[index++]!.share;
        return weighted[index]!.length;
      });
}
