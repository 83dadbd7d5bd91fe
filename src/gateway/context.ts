// What the routes share.
import type { Logger } from 'pino';
import type { Clock } from '../base/index.ts';
import type { Door } from './door.ts';
import type { ErrorResponse } from './error-response.ts';
import type { GatewayLimits } from './limits.ts';
import type { ModelDirectory } from './served-model.ts';

export type GatewayContext = {
  readonly models: ModelDirectory;
  readonly clock: Clock;
  readonly door: Door;
  readonly limits: GatewayLimits;
  /** Never given a prompt, a completion or a key. */
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** The answer to an error; where the client is not told the cause, it is logged here. */
  readonly answerTo: (error: unknown, requestId: string) => ErrorResponse;
};
