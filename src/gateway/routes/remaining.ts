// GET /v1/x/remaining: where the limits of the key that asks stand. It counts as no request, and is answered also where nothing is left.
import type { Principal } from '../../traffic/index.ts';
import type { RemainingBody, RemainingLimitBody } from '../../wire/index.ts';
import { requestOf } from '../request.ts';
import type { Handle } from './route.ts';

export type RemainingLimit = Omit<RemainingLimitBody, 'object' | 'reset_seconds'> & {
  /** Until all of it is free again; null for what never is. */
  readonly resetMs: number | null;
};

export type ReadRemaining = (principal: Principal) => readonly RemainingLimit[];

export function showRemaining(readRemaining: ReadRemaining): Handle {
  return (_, request, reply) => {
    const { principal } = requestOf(request.raw);
    if (principal === null) throw new TypeError('showRemaining: nobody asks');
    const data = readRemaining(principal).map(({ resetMs, ...limit }): RemainingLimitBody => {
      return { object: 'limit', ...limit, reset_seconds: resetMs === null ? null : resetMs / 1000 };
    });
    return reply.send({ object: 'list', data } satisfies RemainingBody);
  };
}
