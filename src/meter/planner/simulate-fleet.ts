// What requests would have waited for on a fleet of engines, event by event. The discipline is that of the real scheduler: a
// gate that is fair over clients (the same queue as in service), replicas that take what is let in where fewest are in flight,
// and steps that hold a token of every decoding sequence and, beside them, prompt tokens of the sequence with the shortest
// rest. Between two events all rates are constant, so that nothing is stepped token by token.
import { createFairQueue } from '../../base/index.ts';
import type { Arrival, Trace } from './arrivals.ts';

export type EngineCurve = {
  /** Sequences that run at the same time at most. */
  readonly slots: number;
  /** Seconds of a step in which so many sequences decode one token each; 0 for none. */
  readonly stepSeconds: (decoding: number) => number;
  /** Seconds that a token of a prompt adds to a step. */
  readonly promptTokenSeconds: number;
  /** Tokens of prompts that a step takes at most. */
  readonly promptTokensPerStep: number;
};

export type Simulated = {
  /** One a request, in the order of the trace. Seconds. */
  readonly requests: readonly {
    /** Until it had a place in an engine. */
    readonly waited: number;
    /** Until its first token. */
    readonly firstToken: number;
    /** Until its last. */
    readonly finished: number;
  }[];
  /** Share of the time in which a replica did nothing, up to the last token. */
  readonly idle: number;
};

/** @throws TypeError for less than one replica or slot */
export function simulateFleet(trace: Trace, engine: EngineCurve, replicas: number): Simulated {
  if (!(replicas >= 1 && engine.slots >= 1))
    throw new TypeError(`${replicas} replicas of ${engine.slots} slots can serve nothing`);
  const fleet = Array.from({ length: replicas }, () => createReplica(engine));
  const queue = createFairQueue<Request>();
  const requests = trace.arrivals.map((arrival) => ({ arrival, waited: 0, firstToken: 0, finished: 0 }));
  let next = 0;
  for (;;) {
    const arrival = requests[next]?.arrival.at ?? Number.POSITIVE_INFINITY;
    const busiest = earliest(fleet);
    const event = busiest?.nextEvent() ?? Number.POSITIVE_INFINITY;
    if (arrival === Number.POSITIVE_INFINITY && event === Number.POSITIVE_INFINITY) break;
    if (arrival <= event) {
      const request = requests[next++] as Request;
      queue.push(request.arrival.client, request.arrival.completionTokens + 1, request);
    } else busiest?.advanceTo(event);
    admit(queue, fleet, engine.slots, Math.min(arrival, event));
  }
  const end = Math.max(...fleet.map((replica) => replica.now()), Number.MIN_VALUE);
  const busy = fleet.reduce((sum, replica) => sum + replica.busySeconds(), 0);
  return { requests, idle: 1 - busy / (end * replicas) };
}

type Request = {
  readonly arrival: Arrival;
  waited: number;
  firstToken: number;
  finished: number;
};

function earliest(fleet: readonly Replica[]): Replica | undefined {
  let first: Replica | undefined;
  for (const replica of fleet)
    if (first === undefined || replica.nextEvent() < first.nextEvent()) first = replica;
  return first;
}

function admit(
  queue: ReturnType<typeof createFairQueue<Request>>,
  fleet: readonly Replica[],
  slots: number,
  now: number,
): void {
  while (queue.waiting() > 0) {
    let emptiest: Replica | undefined;
    for (const replica of fleet)
      if (emptiest === undefined || replica.inFlight() < emptiest.inFlight()) emptiest = replica;
    if (emptiest === undefined || emptiest.inFlight() >= slots) return;
    const request = queue.shift() as Request;
    request.waited = now - request.arrival.at;
    emptiest.advanceTo(now);
    emptiest.begin(request);
  }
}

type Replica = {
  readonly now: () => number;
  readonly inFlight: () => number;
  readonly busySeconds: () => number;
  /** When a prompt has been read or a sequence has ended; Infinity where nothing runs. */
  readonly nextEvent: () => number;
  /** Up to the next event at most. */
  readonly advanceTo: (time: number) => void;
  readonly begin: (request: Request) => void;
};

function createReplica(engine: EngineCurve): Replica {
  /** By the count of steps at which they end. */
  const decoding: { readonly request: Request; readonly endsAt: number }[] = [];
  /** By the prompt tokens that are left. */
  const prefilling: { readonly request: Request; left: number }[] = [];
  let [now, busy, steps] = [0, 0, 0];
  let event = Number.POSITIVE_INFINITY;
  /** What happens at the event: it does, however little of it rounding leaves. */
  let due: 'decoded' | 'read' = 'decoded';

  const stepSeconds = (): number => {
    const reading = prefilling.length > 0 ? engine.promptTokensPerStep * engine.promptTokenSeconds : 0;
    return (decoding.length > 0 ? engine.stepSeconds(decoding.length) : 0) + reading;
  };

  const schedule = (): void => {
    const seconds = stepSeconds();
    const [ending] = decoding;
    const [reading] = prefilling;
    const decoded = ending === undefined ? Number.POSITIVE_INFINITY : (ending.endsAt - steps) * seconds;
    const read =
      reading === undefined
        ? Number.POSITIVE_INFINITY
        : (reading.left / engine.promptTokensPerStep) * seconds;
    due = decoded <= read ? 'decoded' : 'read';
    event = now + Math.max(0, Math.min(decoded, read));
  };

  const startDecoding = (request: Request): void => {
    request.firstToken = now - request.arrival.at;
    const left = request.arrival.completionTokens - 1;
    if (left <= 0) request.finished = request.firstToken;
    else insert(decoding, { request, endsAt: steps + left }, ({ endsAt }) => endsAt);
  };

  return {
    now: () => now,
    inFlight: () => decoding.length + prefilling.length,
    busySeconds: () => busy,
    nextEvent: () => event,
    advanceTo: (time) => {
      const seconds = stepSeconds();
      if (seconds > 0) {
        const passed = (time - now) / seconds;
        busy += time - now;
        if (decoding.length > 0) steps += passed;
        const [reading] = prefilling;
        if (reading !== undefined) reading.left -= passed * engine.promptTokensPerStep;
      }
      now = time;
      if (time < event) return schedule();
      if (due === 'decoded') {
        const { request } = decoding.shift() as (typeof decoding)[number];
        request.finished = now - request.arrival.at;
      } else startDecoding((prefilling.shift() as (typeof prefilling)[number]).request);
      schedule();
    },
    begin: (request) => {
      insert(prefilling, { request, left: Math.max(1, request.arrival.promptTokens) }, ({ left }) => left);
      schedule();
    },
  };
}

/** Into a list in ascending order, behind its equals. */
function insert<Item>(list: Item[], item: Item, orderOf: (item: Item) => number): void {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (orderOf(list[middle] as Item) <= orderOf(item)) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, item);
}
