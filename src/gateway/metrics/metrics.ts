// What the gateway measures of each turn, as counters and histograms in memory. Labels are the model, the dialect and how
// the turn ended: all of them from short lists, nothing that a client chooses freely.
import { type MetricName, metricDefinitions } from './names.ts';

export type Labels = { readonly model: string; readonly dialect: string; readonly outcome: string };

export type TurnMeasurement = Labels & {
  /** Milliseconds since the request was checked; null for what never came. */
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly firstAnswerMs: number | null;
  readonly usage: {
    readonly promptTokens: number;
    readonly completionTokens: number;
    readonly reasoningTokens: number;
  } | null;
};

export type Series = {
  readonly labels: Labels;
  count: number;
  sum: number;
  /** One more than the bounds, for what lies above them; empty for a counter. */
  readonly buckets: number[];
};

export type GatewayMetrics = {
  readonly record: (turn: TurnMeasurement) => void;
  /** The series of each metric, live. */
  readonly series: () => ReadonlyMap<MetricName, readonly Series[]>;
};

export function createMetrics(): GatewayMetrics {
  /** All metrics of one set of labels, so that a turn costs one look-up. */
  const sets = new Map<string, Readonly<Record<MetricName, Series>>>();

  const setOf = ({ model, dialect, outcome }: Labels): Readonly<Record<MetricName, Series>> => {
    const key = `${model}\n${dialect}\n${outcome}`;
    const known = sets.get(key);
    if (known !== undefined) return known;
    const made = mapMetrics((name) => emptySeries(name, { model, dialect, outcome }));
    sets.set(key, made);
    return made;
  };

  return {
    record: (turn) => {
      const { usage, firstTokenMs, firstAnswerMs, durationMs } = turn;
      const set = setOf(turn);
      set.requests.count++;
      add(set, 'requestDuration', durationMs / 1000);
      if (firstTokenMs !== null) add(set, 'timeToFirstToken', firstTokenMs / 1000);
      if (firstAnswerMs !== null) add(set, 'timeToFirstAnswerToken', firstAnswerMs / 1000);
      if (usage === null) return;
      const { promptTokens, completionTokens, reasoningTokens } = usage;
      add(set, 'inputTokens', promptTokens);
      add(set, 'outputTokens', completionTokens);
      add(set, 'reasoningTokens', reasoningTokens);
      if (firstTokenMs !== null && completionTokens > 1) {
        add(set, 'timePerOutputToken', (durationMs - firstTokenMs) / 1000 / (completionTokens - 1));
      }
      const answerTokens = completionTokens - reasoningTokens;
      if (answerTokens > 0) add(set, 'thinkingPerAnswer', reasoningTokens / answerTokens);
    },
    series: () => {
      const all = mapMetrics((name) => [...sets.values()].map((set) => set[name]));
      const seen = Object.entries(all).map(([name, series]) => {
        return [name as MetricName, series.filter(({ count }) => count > 0)] as const;
      });
      return new Map(seen.filter(([, series]) => series.length > 0));
    },
  };
}

function mapMetrics<Value>(of: (name: MetricName) => Value): Readonly<Record<MetricName, Value>> {
  const names = Object.keys(metricDefinitions) as MetricName[];
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<MetricName, Value>;
}

function emptySeries(name: MetricName, labels: Labels): Series {
  const { bounds } = metricDefinitions[name];
  const buckets = bounds === undefined ? [] : new Array<number>(bounds.length + 1).fill(0);
  return { labels, count: 0, sum: 0, buckets };
}

function add(set: Readonly<Record<MetricName, Series>>, name: MetricName, value: number): void {
  const { bounds = [] } = metricDefinitions[name];
  const series = set[name];
  series.count++;
  series.sum += value;
  let bucket = 0;
  while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
  series.buckets[bucket]!++;
}
