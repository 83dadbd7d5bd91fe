// The measurements as OTLP over HTTP with JSON (opentelemetry-proto 1.x), pushed at intervals to a collector that the
// operator named. Cumulative from the start of the server. Nothing is sent unless an endpoint was configured.
import type { Logger } from 'pino';
import type { Clock } from '../../base/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import type { GatewayMetrics, Labels, Series } from './metrics.ts';
import { metricDefinitions } from './names.ts';

export type OtlpOptions = {
  readonly metrics: GatewayMetrics;
  /** Base address of a collector, such as `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  /** Has to allow the collector's address. */
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
  /** @default 60000 */
  readonly intervalMs?: number;
};

const maxAnswerBytes = 64 * 1024;

/** Pushes until it is disposed of, and once more then. A push that fails is logged; the next one carries all of it. */
export function startOtlpExport(options: OtlpOptions): AsyncDisposable {
  const { metrics, endpoint, outbound, clock, logger, intervalMs = 60_000 } = options;
  const startedAt = clock.now();
  const push = async (): Promise<void> => {
    try {
      using response = await outbound.request({
        method: 'POST',
        url: `${endpoint.replace(/\/$/, '')}/v1/metrics`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(otlpMetrics(metrics, startedAt, clock.now())),
        maxBytes: maxAnswerBytes,
      });
      for await (const _ of response.body);
      if (response.status >= 300) logger.error({ status: response.status }, 'the collector refused metrics');
    } catch (error) {
      logger.error({ err: error }, 'the collector was not reached');
    }
  };
  const timer = setInterval(() => void push(), intervalMs);
  timer.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await push();
    },
  };
}

/** The body of a push. Times in milliseconds since the Unix epoch. */
export function otlpMetrics(metrics: GatewayMetrics, startedAt: number, now: number): object {
  const span = { startTimeUnixNano: nanoseconds(startedAt), timeUnixNano: nanoseconds(now) };
  const list = [...metrics.series()].map(([key, series]) => {
    const { name, unit, help, bounds } = metricDefinitions[key];
    const dataPoints = series.map((one) => ({ ...span, ...pointOf(one, bounds) }));
    const data =
      bounds === undefined
        ? { sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints } }
        : { histogram: { aggregationTemporality: 2, dataPoints } };
    return { name, unit, description: help, ...data };
  });
  const service = [{ key: 'service.name', value: { stringValue: 'tiegel' } }];
  const scopeMetrics = [{ scope: { name: 'tiegel.gateway' }, metrics: list }];
  return { resourceMetrics: [{ resource: { attributes: service }, scopeMetrics }] };
}

function pointOf({ labels, count, sum, buckets }: Series, bounds: readonly number[] | undefined): object {
  const attributes = attributesOf(labels);
  if (bounds === undefined) return { attributes, asInt: String(count) };
  return {
    attributes,
    count: String(count),
    sum,
    bucketCounts: buckets.map(String),
    explicitBounds: bounds,
  };
}

function attributesOf({ model, dialect, outcome }: Labels): readonly object[] {
  return [
    { key: 'gen_ai.request.model', value: { stringValue: model } },
    { key: 'tiegel.dialect', value: { stringValue: dialect } },
    { key: 'tiegel.outcome', value: { stringValue: outcome } },
  ];
}

function nanoseconds(milliseconds: number): string {
  return `${Math.round(milliseconds)}000000`;
}
