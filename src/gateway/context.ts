// What the handlers share.
import type { Logger } from 'pino';
import type { Clock, IdentifierSource } from '../base/index.ts';
import type { RequestObserver } from '../traffic/index.ts';
import type { UnknownFields } from '../wire/index.ts';
import type { Access } from './access/access.ts';
import type { Gate } from './access/gate.ts';
import type { PermittedPlaces } from './access/permitted-places.ts';
import type { ModelDirectory } from './access/served-model.ts';
import type { ReasoningField } from './dialects/dialect.ts';
import type { ErrorResponse } from './http/error-response.ts';
import type { Heartbeat } from './http/heartbeat.ts';
import type { OutputBuffers } from './http/output-buffers.ts';
import type { WriteBatcher } from './http/write-batcher.ts';
import type { BeginKeyed } from './idempotency.ts';
import type { GatewayLimits } from './limits.ts';
import type { GatewayMetrics } from './metrics/metrics.ts';
import type { Gauge } from './metrics/prometheus.ts';
import type { OpenRequests } from './open-requests.ts';
import type { Route } from './routes/route.ts';
import type { WrongTokens } from './sessions/wrong-tokens.ts';
import type { Settlement } from './settlement.ts';
import type { EffortPolicies } from './turn/effort-policy.ts';
import type { RunningRequests } from './turn/running-requests.ts';
import type { SignalFollowers } from './turn/signal-followers.ts';
import type { Checkers } from './turn/spend-samples.ts';

export type GatewayContext = {
  readonly routes: readonly Route[];
  readonly models: ModelDirectory;
  readonly clock: Clock;
  readonly newIdentifier: IdentifierSource;
  readonly batchWrites: WriteBatcher;
  readonly outputBuffers: OutputBuffers;
  readonly heartbeat: Heartbeat;
  readonly runningRequests: RunningRequests;
  readonly signalFollowers: SignalFollowers;
  readonly openRequests: OpenRequests;
  readonly reasoningField: ReasoningField;
  /** What becomes of fields of a request that nobody knows. */
  readonly unknownFields: UnknownFields;
  readonly gate: Gate;
  readonly permittedPlaces: PermittedPlaces | undefined;
  readonly metrics: GatewayMetrics;
  readonly gauges: () => readonly Gauge[];
  readonly observer: RequestObserver;
  readonly settlement: Settlement;
  readonly beginKeyed: BeginKeyed | undefined;
  readonly checkers: Checkers;
  readonly effortPolicies: EffortPolicies | undefined;
  readonly limits: GatewayLimits;
  /** Never given a prompt, a completion or a key. */
  readonly logger: Pick<Logger, 'info' | 'error'>;
  readonly access: Access;
  readonly wrongTokens: WrongTokens;
  /** The answer to an error; where the client is not told the cause, it is logged here. */
  readonly answerTo: (error: unknown, requestId: string) => ErrorResponse;
};
