// Shares the slots of one engine. A free slot goes to the account that holds the fewest, among equals to the one whose last
// turn is longest ago, and within the account to the request that holds the fewest, among equals to the one that has had
// least in virtual time (fair queueing): a newcomer comes before those that have had their turn in this round. A request that
// wants more places than there are slots thus takes them as they become free. While requests come that want one place for a
// short time, the last slot is kept for them, so that they need not wait for one that runs long: shortest work first.
import {
  type Clock,
  createLinkedList,
  type LinkedList,
  type ListNode,
  TiegelError,
} from '../../base/index.ts';

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
  /** It takes one place, and as long as most requests do or less. */
  readonly short: boolean;
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

/** What takes turns, an account or a request of one; the lowest `next` comes first. */
type Party = { held: number; next: number; waiting: number };
type Account = Party & { bytes: number; readonly claims: LinkedList<ClaimState> };
type ClaimState = Party & {
  readonly account: Account;
  readonly short: boolean;
  ungranted: number;
  readonly waiters: Waiter[];
};
type Waiter = (permit: Permit) => void;

/** Until something was measured. */
const assumedServiceMs = 1000;
const minRetryMs = 1000;
const maxRetryMs = 60_000;
/** For so long after a short request the last slot is kept for the next one. */
const keepMs = 10_000;

export function createConcurrencyLimiter(options: LimiterOptions): ConcurrencyLimiter {
  const { slots, queue, queueBytes, clock } = options;
  const accounts = new Map<string, Account>();
  /** When each place that is held was taken. */
  const running = createLinkedList<number>();
  let claims = 0;
  let bytesIn = 0;
  let turns = 0;
  /** Grows by one while each of the requests that wait gets one turn. */
  let virtualTime = 0;
  let lastShort = Number.NEGATIVE_INFINITY;
  /** Exponential average of how long a place is held, in milliseconds. */
  let serviceMs = Number.NaN;

  const grant = (claim: ClaimState): Permit => {
    const { account } = claim;
    const place = running.add(clock.monotonic());
    claim.held++;
    account.held++;
    virtualTime += 1 / Math.max(1, waitingClaims());
    claim.next = Math.max(claim.next, virtualTime) + 1;
    account.next = ++turns;
    claim.ungranted = Math.max(0, claim.ungranted - 1);
    return { release: () => release(place, claim) };
  };

  const release = (place: ListNode<number>, claim: ClaimState): void => {
    if (!running.remove(place)) return;
    claim.held--;
    claim.account.held--;
    // Its turn has lasted until now: whoever came meanwhile has waited longer.
    claim.account.next = ++turns;
    const took = clock.monotonic() - place.item;
    serviceMs = Number.isNaN(serviceMs) ? took : serviceMs + (took - serviceMs) / 8;
    grantWaiting();
  };

  /** Whether a request may take one of the slots that are free. */
  const mayTake = ({ short }: Pick<ClaimState, 'short'>): boolean => {
    const kept = !short && slots > 1 && clock.monotonic() - lastShort < keepMs ? 1 : 0;
    return running.size() < slots - kept;
  };

  const waitingClaims = (): number => {
    let count = 0;
    for (const account of accounts.values()) {
      // Most of the time nobody waits, and then none of the claims is looked at.
      if (account.waiting === 0) continue;
      for (const { waiting } of account.claims) if (waiting > 0) count++;
    }
    return count;
  };

  const grantWaiting = (): void => {
    while (running.size() < slots) {
      const account = nextOf(accounts.values(), ({ claims }) => nextOf(claims, mayTake) !== undefined);
      if (account === undefined) return;
      const claim = nextOf(account.claims, mayTake) as ClaimState;
      claim.waiting--;
      account.waiting--;
      (claim.waiters.shift() as Waiter)(grant(claim));
    }
  };

  /** Each account may let in its share of the queue, so that one that fills it shuts out none but itself. */
  const requireRoom = (account: Account | undefined, bytes: number): void => {
    const sharing = accounts.size + (account === undefined ? 1 : 0);
    const [mine, myBytes] = [account?.claims.size() ?? 0, account?.bytes ?? 0];
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
    for (const since of running) ages += now - since;
    const measured = Number.isNaN(serviceMs) ? assumedServiceMs : serviceMs;
    const service = Math.max(measured, running.size() === 0 ? 0 : ages / running.size());
    let ahead = running.size();
    for (const account of accounts.values()) for (const claim of account.claims) ahead += claim.ungranted;
    return Math.min(maxRetryMs, Math.max(minRetryMs, (service * ahead) / slots));
  };

  return {
    inFlight: () => claims,
    load: () => {
      let waiting = 0;
      for (const account of accounts.values()) waiting += account.waiting;
      return { held: running.size(), waiting };
    },
    enter: ({ account: name, places, short, bytes, signal }) => {
      const known = accounts.get(name);
      requireRoom(known, bytes);
      const account = known ?? {
        held: 0,
        next: ++turns,
        waiting: 0,
        bytes: 0,
        claims: createLinkedList<ClaimState>(),
      };
      accounts.set(name, account);
      const claim: ClaimState = {
        held: 0,
        next: virtualTime,
        waiting: 0,
        account,
        short,
        ungranted: places,
        waiters: [],
      };
      if (short) lastShort = clock.monotonic();
      const node = account.claims.add(claim);
      account.bytes += bytes;
      claims++;
      bytesIn += bytes;
      const leave = (): void => {
        if (!account.claims.remove(node)) return;
        account.waiting -= claim.waiting;
        claim.waiting = 0;
        if (claim.waiters.length > 0) claim.waiters.length = 0;
        account.bytes -= bytes;
        claims--;
        bytesIn -= bytes;
        if (account.claims.size() === 0) accounts.delete(name);
      };
      return {
        acquire: () => {
          signal.throwIfAborted();
          // Where it may take one nobody else waits for it, since a free slot is given to whoever waits and may take it.
          return mayTake(claim) ? grant(claim) : waitFor(claim, signal);
        },
        [Symbol.dispose]: leave,
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

/** Whose turn it is of those that wait for something they may take; of equals the one that came first. */
function nextOf<Waiting extends Party>(
  parties: Iterable<Waiting>,
  may: (party: Waiting) => boolean,
): Waiting | undefined {
  let next: Waiting | undefined;
  for (const party of parties) {
    if (party.waiting === 0 || !may(party)) continue;
    if (next === undefined || party.held < next.held || (party.held === next.held && party.next < next.next))
      next = party;
  }
  return next;
}
