// The measurements as Prometheus' text format, version 0.0.4. Names follow OpenTelemetry's rules for it: dots become
// underscores, the unit is appended, counters end in `_total`.
import type { GatewayMetrics, Labels, Series } from './metrics.ts';
import { type MetricDefinition, metricDefinitions } from './names.ts';

export type Gauge = {
  readonly name: string;
  readonly help: string;
  readonly values: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
};

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

const unitSuffixes: Readonly<Record<MetricDefinition['unit'], string>> = {
  s: '_seconds',
  '{token}': '_tokens',
  '{request}': '',
  '1': '_ratio',
};

export function prometheusText(metrics: GatewayMetrics, gauges: readonly Gauge[]): string {
  const lines: string[] = [];
  for (const [name, series] of metrics.series()) {
    const definition = metricDefinitions[name];
    const exposed = exposedName(definition);
    const type = definition.bounds === undefined ? 'counter' : 'histogram';
    lines.push(`# HELP ${exposed} ${definition.help}`, `# TYPE ${exposed} ${type}`);
    for (const one of series) lines.push(...samplesOf(exposed, one, definition.bounds));
  }
  for (const { name, help, values } of gauges) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
    for (const { labels, value } of values) lines.push(`${name}${labelText(labels)} ${value}`);
  }
  return `${lines.join('\n')}\n`;
}

function exposedName({ name, unit, bounds }: MetricDefinition): string {
  const base = name.replaceAll('.', '_');
  const suffix = unitSuffixes[unit];
  const whole = base.endsWith(suffix) ? base : base + suffix;
  return bounds === undefined ? `${whole}_total` : whole;
}

function samplesOf(name: string, series: Series, bounds: readonly number[] | undefined): readonly string[] {
  const { labels, count, sum, buckets } = series;
  if (bounds === undefined) return [`${name}${labelText(labels)} ${count}`];
  let upTo = 0;
  const lines = bounds.map((bound, index) => {
    upTo += buckets[index]!;
    return `${name}_bucket${labelText(labels, bound)} ${upTo}`;
  });
  return [
    ...lines,
    `${name}_bucket${labelText(labels, '+Inf')} ${count}`,
    `${name}_sum${labelText(labels)} ${sum}`,
    `${name}_count${labelText(labels)} ${count}`,
  ];
}

function labelText(labels: Labels | Readonly<Record<string, string>>, bound?: number | string): string {
  const all = bound === undefined ? labels : { ...labels, le: String(bound) };
  const texts = Object.entries(all).map(([name, value]) => `${name}="${escaped(value)}"`);
  return texts.length === 0 ? '' : `{${texts.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
