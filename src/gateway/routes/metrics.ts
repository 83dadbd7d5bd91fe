// GET /metrics: what was measured, for Prometheus.
import type { EngineLoad } from '../access/gate.ts';
import { type Gauge, prometheusText, prometheusType } from '../metrics/prometheus.ts';
import type { Handle } from './route.ts';

export const showMetrics: Handle = ({ gate, metrics, gauges }, _, reply) =>
  reply.type(prometheusType).send(prometheusText(metrics, [...gaugesOf(gate.load()), ...gauges()]));

function gaugesOf(loads: readonly EngineLoad[]): readonly Gauge[] {
  const of = (name: 'inFlight' | 'waiting'): Gauge['values'] =>
    loads.map((load) => ({ labels: { model: load.model }, value: load[name] }));
  return [
    { name: 'tiegel_requests_in_flight', help: 'Requests that run or wait.', values: of('inFlight') },
    {
      name: 'tiegel_places_waiting',
      help: 'Places in the engine that are waited for.',
      values: of('waiting'),
    },
  ];
}
