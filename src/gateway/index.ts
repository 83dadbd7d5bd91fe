// gateway: the HTTP API over admitted models.

export type { GatewayKeys } from './access/access.ts';
export type { Bill, Check, Demand, ReplyCaps, Reservation, ReservationTerm } from './access/gate.ts';
export type { PermittedPlaces } from './access/permitted-places.ts';
export type { ModelDirectory, ServedModel } from './access/served-model.ts';
export type {
  Administration,
  Asker,
  AuditFacts,
  AuditQuestion,
  HolderFacts,
  KeyFacts,
  OwnKeyFacts,
  RateLimitFacts,
  SpendLimitFacts,
} from './administration/administration.ts';
export type { AuditAttempt } from './administration/attempt.ts';
export type { DataPolicies, PolicyChange, PolicyFacts } from './administration/data-policies.ts';
export type { GuardAdministration } from './administration/guard.ts';
export type { Jobs } from './administration/jobs.ts';
export type { ConsoleFile, ConsoleFiles } from './console/console-files.ts';
export { createGateway, type Gateway, type GatewayOptions, type ListenOptions } from './gateway.ts';
export { requireUsableAddress } from './http/address.ts';
export type { BeginKeyed, KeyedBegin, StoredAnswer } from './idempotency.ts';
export { createMetrics } from './metrics/metrics.ts';
export { type OtlpOptions, startOtlpExport } from './metrics/otlp.ts';
export type { Gauge } from './metrics/prometheus.ts';
export type { GatewayRequest } from './request.ts';
export type { ReadAssessments } from './routes/assessments.ts';
export type { CatalogModelFacts, ReadCatalog } from './routes/catalog-models.ts';
export type { ReadLostAndLate } from './routes/lost-and-late.ts';
export type { Meter, PlanAsker } from './routes/meter.ts';
export type { FetchModel } from './routes/ollama-pull.ts';
export type { ReadRemaining, RemainingLimit } from './routes/remaining.ts';
export type { ReadUsage, UsageAnswer, UsageQuestion } from './routes/usage.ts';
export type { OpenedSession, Provider, SessionFacts, SignIn } from './sessions/sign-in.ts';
export type { Settle } from './settlement.ts';
export type { EffortPolicies, EffortPolicy } from './turn/effort-policy.ts';
export { type CheckContext, type Checkers, formChecker } from './turn/spend-samples.ts';
export type { TurnStrategy } from './turn/turn-request.ts';
