// GET /v1/x/remaining: where the limits of the key that asks stand. It counts as no request, and is answered also where nothing is left.
import type { Principal } from '../../traffic/index.ts';
import { requestOf } from '../request.ts';
import type { Handle } from './route.ts';

export type RemainingLimit = {
  readonly scope: string;
  /** Null: over all models together. */
  readonly model: string | null;
  readonly unit: string;
  readonly period: string;
  readonly enforcement: 'hard' | 'soft';
  /** Of money, whose amounts are decimal texts. */
  readonly currency: string | null;
  readonly limit: number | string;
  /** By requests that have ended. */
  readonly used: number | string;
  /** By requests that run or wait. */
  readonly held: number | string;
  readonly remaining: number | string;
  /** Until all of it is free again; null for what never is. */
  readonly resetMs: number | null;
};

export type ReadRemaining = (principal: Principal) => readonly RemainingLimit[];

export function showRemaining(readRemaining: ReadRemaining): Handle {
  return (_, request, reply) => {
    const { principal } = requestOf(request.raw);
    if (principal === null) throw new TypeError('showRemaining: nobody asks');
    const data = readRemaining(principal).map(({ resetMs, ...limit }) => {
      return { object: 'limit', ...limit, reset_seconds: resetMs === null ? null : resetMs / 1000 };
    });
    return reply.send({ object: 'list', data });
  };
}
