// What the gateway measures of each request to a model, as counters and histograms in memory. Labels are the model, the
// dialect and how the request ended: all of them from short lists, nothing that a client chooses freely.
import type { RequestRecord } from '../../traffic/index.ts';
import { type MetricName, metricDefinitions } from './names.ts';

export type Labels = { readonly model: string; readonly dialect: string; readonly outcome: string };

/** What is measured of a request. */
type Measured = Pick<
  RequestRecord,
  | 'model'
  | 'dialect'
  | 'outcome'
  | 'choices'
  | 'usage'
  | 'durationMs'
  | 'firstTokenMs'
  | 'firstAnswerMs'
  | 'waitedMs'
  | 'isSpread'
>;

export type Series = {
  readonly labels: Labels;
  count: number;
  sum: number;
  /** One more than the bounds, for what lies above them; empty for a counter. */
  readonly buckets: number[];
};

export type GatewayMetrics = {
  readonly ended: (record: Measured) => void;
  /** A tier of a request counts in the place of the request, by its own model. */
  readonly tierEnded: (record: Measured) => void;
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

  const measure = (record: Measured): void => {
    const { usage, firstTokenMs, firstAnswerMs, durationMs, waitedMs } = record;
    const set = setOf({
      model: record.model ?? '',
      dialect: record.dialect,
      outcome: outcomeLabel(record),
    });
    set.requests.count++;
    add(set, 'requestDuration', durationMs / 1000);
    if (waitedMs !== null) add(set, 'timeInQueue', waitedMs / 1000);
    if (firstTokenMs !== null) add(set, 'timeToFirstToken', firstTokenMs / 1000);
    if (firstAnswerMs !== null) add(set, 'timeToFirstAnswerToken', firstAnswerMs / 1000);
    const { promptTokens, cachedPromptTokens, completionTokens, reasoningTokens } = usage;
    // Nothing was computed for it, or nobody knows what.
    if (promptTokens + completionTokens === 0) return;
    add(set, 'inputTokens', promptTokens);
    add(set, 'cachedInputTokens', cachedPromptTokens);
    add(set, 'outputTokens', completionTokens);
    add(set, 'reasoningTokens', reasoningTokens);
    if (firstTokenMs !== null && completionTokens > 1) {
      add(set, 'timePerOutputToken', (durationMs - firstTokenMs) / 1000 / (completionTokens - 1));
    }
    const answerTokens = completionTokens - reasoningTokens;
    if (answerTokens > 0) add(set, 'thinkingPerAnswer', reasoningTokens / answerTokens);
  };

  return {
    ended: (record) => {
      if (record.isSpread !== true) measure(record);
    },
    tierEnded: measure,
    series: () => {
      const all = mapMetrics((name) => [...sets.values()].map((set) => set[name]));
      const seen = Object.entries(all).map(([name, series]) => {
        return [name as MetricName, series.filter(({ count }) => count > 0)] as const;
      });
      return new Map(seen.filter(([, series]) => series.length > 0));
    },
  };
}

/** How its choices ended, the odd one out first; otherwise the code of what ended it. */
function outcomeLabel({ outcome, choices }: Measured): string {
  if ('code' in outcome) return outcome.code;
  if (outcome.type !== 'finished') return outcome.type;
  const finishes = choices.map(({ finish }) => finish ?? outcome.type);
  return finishes.find((finish) => finish !== 'stop') ?? finishes[0] ?? outcome.type;
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
