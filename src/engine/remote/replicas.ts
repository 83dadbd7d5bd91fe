// Which replica of a model gets a turn: the one that saw the longest beginning of this conversation, unless it is much
// busier than the idlest; else the idlest. A circuit breaker a replica: after some failures in a row it is left alone
// for a while, doubling each time, and then tried with one request. Pure bookkeeping on an injected clock.
import type { Clock } from '../../base/index.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

export type ReplicaLimits = {
  /** Failures in a row that open the breaker. @default 3 */
  readonly failures: number;
  /** First rest of an open breaker; each further one is twice as long. @default 2,000 */
  readonly restMs: number;
  /** @default 60,000 */
  readonly longestRestMs: number;
  /** Requests more than the idlest has that a replica may run and still get what fits its cache. @default 4 */
  readonly affinitySlack: number;
};

export const defaultReplicaLimits: ReplicaLimits = {
  failures: 3,
  restMs: 2_000,
  longestRestMs: 60_000,
  affinitySlack: 4,
};

/** One request on one replica. Exactly one of the three ends it; calling another later does nothing. */
export type Assignment = {
  readonly replica: number;
  readonly succeed: () => void;
  readonly fail: () => void;
  /** It says nothing about the replica: the client left, or the request itself was at fault. */
  readonly abandon: () => void;
};

export type Replicas = {
  /**
   * Assigns a replica that is not in `except`, or says when one may be tried.
   * @param prefixes names of the beginnings of the conversation, the longest last
   */
  readonly assign: (
    prefixes: readonly string[],
    except: ReadonlySet<number>,
  ) => Assignment | { readonly retryAfterMs: number };
  /** What a health check found. A sound one lets an open breaker try at once. */
  readonly report: (replica: number, healthy: boolean) => void;
  /** The replica said that it takes nothing for so long; no failure. */
  readonly pause: (replica: number, milliseconds: number) => void;
  readonly states: () => readonly { readonly breaker: BreakerState; readonly active: number }[];
};

type Replica = {
  active: number;
  failures: number;
  /** Monotonic; not asked before. */
  restsUntil: number;
  restMs: number;
  trying: boolean;
};

const rememberedPrefixes = 10_000;

export function createReplicas(count: number, clock: Clock, limits: ReplicaLimits): Replicas {
  const replicas = Array.from(
    { length: count },
    (): Replica => ({ active: 0, failures: 0, restsUntil: 0, restMs: limits.restMs, trying: false }),
  );
  /** Prefix → replica, the least recently used first. */
  const seen = new Map<string, number>();

  const isTripped = (replica: Replica): boolean => replica.failures >= limits.failures;
  const isAvailable = (replica: Replica): boolean =>
    clock.monotonic() >= replica.restsUntil && !(isTripped(replica) && replica.trying);
  /** A rest that was asked for is not cut short by a shorter one. */
  const rest = (replica: Replica, milliseconds: number): void => {
    replica.restsUntil = Math.max(replica.restsUntil, clock.monotonic() + milliseconds);
  };
  const trip = (replica: Replica): void => {
    replica.failures++;
    if (!isTripped(replica)) return;
    rest(replica, replica.restMs);
    replica.restMs = Math.min(2 * replica.restMs, limits.longestRestMs);
  };
  const mend = (replica: Replica): void => {
    replica.failures = 0;
    replica.restMs = limits.restMs;
  };

  const remember = (prefixes: readonly string[], replica: number): void => {
    for (const prefix of prefixes) {
      seen.delete(prefix);
      seen.set(prefix, replica);
    }
    for (const oldest of seen.keys()) {
      if (seen.size <= rememberedPrefixes) break;
      seen.delete(oldest);
    }
  };

  const choose = (prefixes: readonly string[], candidates: readonly number[]): number | undefined => {
    const load = (index: number): number => (replicas[index] as Replica).active;
    const [idlest] = [...candidates].sort((one, other) => load(one) - load(other));
    if (idlest === undefined) return undefined;
    const longest = prefixes.findLast((prefix) => candidates.includes(seen.get(prefix) ?? -1));
    const warm = longest === undefined ? idlest : (seen.get(longest) as number);
    return load(warm) <= load(idlest) + limits.affinitySlack ? warm : idlest;
  };

  const begin = (index: number): Assignment => {
    const replica = replicas[index] as Replica;
    const trial = isTripped(replica);
    let ended = false;
    const end = (judge: (replica: Replica) => void) => (): void => {
      if (ended) return;
      ended = true;
      replica.active--;
      if (trial) replica.trying = false;
      judge(replica);
    };
    replica.active++;
    if (trial) replica.trying = true;
    return { replica: index, succeed: end(mend), fail: end(trip), abandon: end(() => {}) };
  };

  return {
    assign: (prefixes, except) => {
      const allowed = replicas
        .keys()
        .filter((index) => !except.has(index))
        .toArray();
      const candidates = allowed.filter((index) => isAvailable(replicas[index] as Replica));
      const chosen = choose(prefixes, candidates);
      if (chosen === undefined) {
        const waits = allowed.map((index) => (replicas[index] as Replica).restsUntil - clock.monotonic());
        return { retryAfterMs: Math.ceil(Math.max(Math.min(...waits, limits.longestRestMs), 1)) };
      }
      remember(prefixes, chosen);
      return begin(chosen);
    },
    report: (index, healthy) => {
      const replica = replicas[index] as Replica;
      if (!healthy) trip(replica);
      else if (isTripped(replica)) replica.restsUntil = clock.monotonic();
      else replica.failures = 0;
    },
    pause: (index, milliseconds) => {
      rest(replicas[index] as Replica, milliseconds);
    },
    states: () =>
      replicas.map((replica) => {
        const resting = clock.monotonic() < replica.restsUntil;
        const breaker = !isTripped(replica) ? 'closed' : resting ? 'open' : 'half-open';
        return { breaker, active: replica.active };
      }),
  };
}
