// Shares the slots of one engine. A free slot goes to the account that holds the fewest, among equals to the one whose last
// turn is longest ago, and within the account to a request by the same rule: max-min fair queueing in two levels. A request
// that wants more places than there are slots thus takes them as they become free, in turn with everybody else.
import { type Clock, TiegelError } from '../../base/index.ts';

export type LimiterOptions = {
  /** Places that can be held at the same time. */
  readonly slots: number;
  /** Requests that may be let in beyond as many as there are slots. */
  readonly queue: number;
  /** Bytes of memory that the requests let in may take together. */
  readonly queueBytes: number;
  readonly clock: Clock;
};

export type Claimant = {
  /** Whose request it is. */
  readonly account: string;
  /** Places it will take, one after another or at once. */
  readonly places: number;
  readonly bytes: number;
  /** Ends its waiting. */
  readonly signal: AbortSignal;
};

/** The right to use one slot. Releasing it twice does no harm. */
export type Permit = { readonly release: () => void };

/** One request that was let in, to be disposed of once it has ended. */
export type Claim = Disposable & {
  /** A place, at once where one is free. @throws the reason of the claimant's signal */
  readonly acquire: () => Permit | Promise<Permit>;
};

export type ConcurrencyLimiter = {
  /** @throws TGL_OVERLOADED, with the time after which to come back, when its account has let in its share already. */
  readonly enter: (claimant: Claimant) => Claim;
  /** Requests let in that have not ended. */
  readonly inFlight: () => number;
  /** Places held, and those that somebody waits for, at this moment. */
  readonly load: () => { readonly held: number; readonly waiting: number };
};

/** What takes turns: an account, or a request of one. */
type Party = { held: number; lastTurn: number; waiting: number };
type Account = Party & { bytes: number; readonly claims: Set<ClaimState> };
type ClaimState = Party & { readonly account: Account; ungranted: number; readonly waiters: Waiter[] };
type Waiter = (permit: Permit) => void;

/** Until something was measured. */
const assumedServiceMs = 1000;
const shortestRetryMs = 1000;
const longestRetryMs = 60_000;

export function createConcurrencyLimiter(options: LimiterOptions): ConcurrencyLimiter {
  const { slots, queue, queueBytes, clock } = options;
  const accounts = new Map<string, Account>();
  /** When each place that is held was taken. */
  const running = new Map<Permit, number>();
  let claims = 0;
  let bytesIn = 0;
  let turns = 0;
  /** Exponential average of how long a place is held, in milliseconds. */
  let serviceMs = Number.NaN;

  const grant = (claim: ClaimState): Permit => {
    const { account } = claim;
    const permit: Permit = { release: () => release(permit, claim) };
    running.set(permit, clock.monotonic());
    claim.held++;
    account.held++;
    claim.lastTurn = account.lastTurn = ++turns;
    claim.ungranted = Math.max(0, claim.ungranted - 1);
    return permit;
  };

  const release = (permit: Permit, claim: ClaimState): void => {
    const since = running.get(permit);
    if (since === undefined) return;
    running.delete(permit);
    claim.held--;
    claim.account.held--;
    const took = clock.monotonic() - since;
    serviceMs = Number.isNaN(serviceMs) ? took : serviceMs + (took - serviceMs) / 8;
    grantWaiting();
  };

  const grantWaiting = (): void => {
    while (running.size < slots) {
      const account = nextOf(accounts.values());
      if (account === undefined) return;
      const claim = nextOf(account.claims) as ClaimState;
      claim.waiting--;
      account.waiting--;
      (claim.waiters.shift() as Waiter)(grant(claim));
    }
  };

  /** Each account may let in its share of the queue, so that one that fills it shuts out none but itself. */
  const requireRoom = (account: Account | undefined, bytes: number): void => {
    const sharing = accounts.size + (account === undefined ? 1 : 0);
    const [mine, myBytes] = [account?.claims.size ?? 0, account?.bytes ?? 0];
    const limit = slots + queue;
    const hasShare =
      mine < Math.max(1, limit / sharing) && (mine === 0 || myBytes + bytes <= queueBytes / sharing);
    if (hasShare && claims < 2 * limit && bytesIn + bytes <= 2 * queueBytes) return;
    const waiting = Math.max(0, claims - slots);
    throw new TiegelError('TGL_OVERLOADED', { slots, waiting, retryAfterMs: Math.round(retryAfterMs()) });
  };

  /** Until everything that is ahead now has been served, as long as serving has taken so far or is taking now. */
  const retryAfterMs = (): number => {
    const now = clock.monotonic();
    let ages = 0;
    for (const since of running.values()) ages += now - since;
    const measured = Number.isNaN(serviceMs) ? assumedServiceMs : serviceMs;
    const service = Math.max(measured, running.size === 0 ? 0 : ages / running.size);
    let ahead = running.size;
    for (const account of accounts.values()) for (const claim of account.claims) ahead += claim.ungranted;
    return Math.min(longestRetryMs, Math.max(shortestRetryMs, (service * ahead) / slots));
  };

  return {
    inFlight: () => claims,
    load: () => {
      let waiting = 0;
      for (const account of accounts.values()) waiting += account.waiting;
      return { held: running.size, waiting };
    },
    enter: ({ account: name, places, bytes, signal }) => {
      const known = accounts.get(name);
      requireRoom(known, bytes);
      const account = known ?? { held: 0, lastTurn: ++turns, waiting: 0, bytes: 0, claims: new Set() };
      accounts.set(name, account);
      const claim: ClaimState = {
        ...{ held: 0, lastTurn: ++turns, waiting: 0 },
        ...{ account, ungranted: places, waiters: [] },
      };
      account.claims.add(claim);
      account.bytes += bytes;
      claims++;
      bytesIn += bytes;
      let left = false;
      return {
        acquire: () => {
          signal.throwIfAborted();
          // Where a slot is free nobody waits, since a free slot is given to whoever waits.
          return running.size < slots ? grant(claim) : waitFor(claim, signal);
        },
        [Symbol.dispose]: () => {
          if (left) return;
          left = true;
          account.claims.delete(claim);
          account.waiting -= claim.waiting;
          claim.waiting = 0;
          claim.waiters.length = 0;
          account.bytes -= bytes;
          claims--;
          bytesIn -= bytes;
          if (account.claims.size === 0) accounts.delete(name);
        },
      };
    },
  };
}

function waitFor(claim: ClaimState, signal: AbortSignal): Promise<Permit> {
  return new Promise((resolve, reject) => {
    const serve: Waiter = (permit) => {
      signal.removeEventListener('abort', leave);
      resolve(permit);
    };
    const leave = (): void => {
      reject(signal.reason);
      const place = claim.waiters.indexOf(serve);
      if (place < 0) return;
      claim.waiters.splice(place, 1);
      claim.waiting--;
      claim.account.waiting--;
    };
    signal.addEventListener('abort', leave, { once: true });
    claim.waiters.push(serve);
    claim.waiting++;
    claim.account.waiting++;
  });
}

/** Whose turn it is of those that wait for something. */
function nextOf<Waiting extends Party>(parties: Iterable<Waiting>): Waiting | undefined {
  let next: Waiting | undefined;
  for (const party of parties) {
    if (party.waiting === 0) continue;
    if (
      next === undefined ||
      party.held < next.held ||
      (party.held === next.held && party.lastTurn < next.lastTurn)
    )
      next = party;
  }
  return next;
}
