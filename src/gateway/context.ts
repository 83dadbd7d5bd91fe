// What the handlers share.
import type { Logger } from 'pino';
import type { Clock, IdentifierSource } from '../base/index.ts';
import type { Access } from './access.ts';
import type { ReasoningField } from './dialects/dialect.ts';
import type { Door } from './door.ts';
import type { EndOfTurn } from './end-of-turn.ts';
import type { ErrorResponse } from './error-response.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { GatewayLimits } from './limits.ts';
import type { LiveRequests } from './live-requests.ts';
import type { GatewayMetrics } from './metrics/metrics.ts';
import type { ModelDirectory } from './served-model.ts';

export type GatewayContext = {
  readonly models: ModelDirectory;
  readonly clock: Clock;
  readonly newIdentifier: IdentifierSource;
  readonly endOfTurn: EndOfTurn;
  readonly heartbeat: Heartbeat;
  readonly liveRequests: LiveRequests;
  readonly reasoningField: ReasoningField;
  readonly door: Door;
  readonly metrics: GatewayMetrics;
  readonly limits: GatewayLimits;
  /** Never given a prompt, a completion or a key. */
  readonly logger: Pick<Logger, 'info' | 'error'>;
  readonly access: Access;
  /** The answer to an error; where the client is not told the cause, it is logged here. */
  readonly answerTo: (error: unknown, requestId: string) => ErrorResponse;
};
