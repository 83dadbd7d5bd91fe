// What the handlers share.
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Clock, IdentifierSource } from '../base/index.ts';
import type { Door } from './door.ts';
import type { ErrorResponse } from './error-response.ts';
import type { GatewayLimits } from './limits.ts';
import type { ModelDirectory } from './served-model.ts';

export type GatewayContext = {
  readonly models: ModelDirectory;
  readonly clock: Clock;
  readonly newIdentifier: IdentifierSource;
  readonly door: Door;
  readonly limits: GatewayLimits;
  /** Never given a prompt, a completion or a key. */
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Host, origin, drain and key, before the body of a request is read. @throws what refuses it */
  readonly admit: (request: IncomingMessage) => void;
  /** The answer to an error; where the client is not told the cause, it is logged here. */
  readonly answerTo: (error: unknown, requestId: string) => ErrorResponse;
};
