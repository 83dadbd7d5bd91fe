// gateway: the HTTP API over admitted models.
export { createGateway, type Gateway, type GatewayOptions, type ListenOptions } from './gateway.ts';
export { type KeyRing, openKeyRing } from './key-ring.ts';
export { createMetrics } from './metrics/metrics.ts';
export { type OtlpOptions, startOtlpExport } from './metrics/otlp.ts';
export type { ModelDirectory, ServedModel } from './served-model.ts';
