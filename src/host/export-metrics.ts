// Pushes metrics to the collector that the environment names; does nothing where it names none.
import { type OtlpOptions, startOtlpExport } from '../gateway/index.ts';
import { createOutbound } from '../outbound/index.ts';
import type { Environment } from './environment.ts';

export function exportMetrics(
  { collector, offline }: Environment,
  sources: Pick<OtlpOptions, 'metrics' | 'clock' | 'logger'>,
): AsyncDisposable {
  const stack = new AsyncDisposableStack();
  if (collector === undefined) return stack;
  const outbound = stack.use(createOutbound({ offline, allowedOrigins: [collector] }));
  stack.use(startOtlpExport({ ...sources, endpoint: collector, outbound }));
  return stack;
}
