// For how long a lessee may admit requests, and for how long those may run: then its leases are ended for it, and what they had left is
// granted to others. Both clocks count, since the one stands still while a machine is suspended and the other one can be set back.
import { type Clock, TiegelError } from '../../base/index.ts';
import type { Moment } from './counter.ts';
import type { LenderTerms } from './lender.ts';

/** What a request needs of it. */
export type RequestTerm = {
  /** Aborts once no request of the lessee may run any more, with what their clients are told. */
  readonly over: AbortSignal;
  /** Looks at the clocks, as whoever may have stood still has to before it goes on. @throws TGL_LEASES_LAPSED */
  readonly requireCurrent: () => void;
};

export type LeaseTerm = RequestTerm & {
  readonly mayAdmit: () => boolean;
  /** @param asked from before the question was sent, since its answer may take long */
  readonly renew: (asked: Moment) => void;
  /** Aborts `over` where the time has come. */
  readonly endWhereOver: () => void;
};

/** A node stops that much of a term before the database says so, for clocks that do not run alike. */
const margin = 1 / 6;

export function createLeaseTerm(
  asked: Moment,
  { clock, terms }: { readonly clock: Clock; readonly terms: LenderTerms },
): LeaseTerm {
  const usableMs = terms.leaseMs * (1 - margin);
  const controller = new AbortController();
  let renewed = asked;
  const age = (): number => Math.max(clock.now() - renewed.now, clock.monotonic() - renewed.monotonic);
  const endWhereOver = (): void => {
    if (!controller.signal.aborted && age() >= usableMs + terms.longestRequestMs)
      controller.abort(new TiegelError('TGL_LEASES_LAPSED'));
  };
  return {
    over: controller.signal,
    requireCurrent: () => {
      endWhereOver();
      controller.signal.throwIfAborted();
    },
    mayAdmit: () => age() < usableMs,
    renew: (moment) => {
      if (moment.monotonic > renewed.monotonic) renewed = moment;
    },
    endWhereOver,
  };
}
