// GET /metrics: what was measured, for Prometheus.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayContext } from '../context.ts';
import { type Gauge, prometheusText, prometheusType } from '../metrics/prometheus.ts';

export function showMetrics({
  door,
  metrics,
}: GatewayContext): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (_, reply) => reply.type(prometheusType).send(prometheusText(metrics, gaugesOf(door.crowds())));
}

function gaugesOf(crowds: readonly { readonly model: string; readonly inside: number }[]): readonly Gauge[] {
  const values = crowds.map(({ model, inside }) => ({ labels: { model }, value: inside }));
  const help = 'Requests that run or wait for a slot.';
  return [{ name: 'tiegel_requests_inside', help, values }];
}
