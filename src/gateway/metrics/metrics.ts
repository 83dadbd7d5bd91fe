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
  const all = new Map<MetricName, Map<string, Series>>();

  const add = (name: MetricName, labels: Labels, key: string, value: number): void => {
    const { bounds = [] } = metricDefinitions[name];
    let family = all.get(name);
    if (family === undefined) {
      family = new Map();
      all.set(name, family);
    }
    let series = family.get(key);
    if (series === undefined) {
      const buckets = bounds.length === 0 ? [] : new Array<number>(bounds.length + 1).fill(0);
      series = { labels, count: 0, sum: 0, buckets };
      family.set(key, series);
    }
    series.count++;
    series.sum += value;
    if (bounds.length === 0) return;
    const above = bounds.findIndex((bound) => value <= bound);
    series.buckets[above < 0 ? bounds.length : above]!++;
  };

  return {
    record: (turn) => {
      const { model, dialect, outcome, usage, firstTokenMs, firstAnswerMs, durationMs } = turn;
      const labels: Labels = { model, dialect, outcome };
      const key = `${model}\n${dialect}\n${outcome}`;
      add('requests', labels, key, 1);
      add('requestDuration', labels, key, durationMs / 1000);
      if (firstTokenMs !== null) add('timeToFirstToken', labels, key, firstTokenMs / 1000);
      if (firstAnswerMs !== null) add('timeToFirstAnswerToken', labels, key, firstAnswerMs / 1000);
      if (usage === null) return;
      const { promptTokens, completionTokens, reasoningTokens } = usage;
      add('inputTokens', labels, key, promptTokens);
      add('outputTokens', labels, key, completionTokens);
      add('reasoningTokens', labels, key, reasoningTokens);
      if (firstTokenMs !== null && completionTokens > 1) {
        const perToken = (durationMs - firstTokenMs) / 1000 / (completionTokens - 1);
        add('timePerOutputToken', labels, key, perToken);
      }
      const answerTokens = completionTokens - reasoningTokens;
      if (answerTokens > 0) add('thinkingPerAnswer', labels, key, reasoningTokens / answerTokens);
    },
    series: () => new Map([...all].map(([name, family]) => [name, [...family.values()]])),
  };
}
