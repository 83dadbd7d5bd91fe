// The gate that every request to a model passes: an ordered list of checks, each of which may refuse it or reserve something
// for it, and at last the places in the engine. What was reserved is given back in reverse order.
import type { Clock } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { RequestRecord, TokenUsage } from '../../traffic/index.ts';
import type { GatewayRequest } from '../request.ts';
import {
  type Claim,
  type ConcurrencyLimiter,
  createConcurrencyLimiter,
  type Permit,
} from './concurrency-limiter.ts';
import type { ServedModel } from './served-model.ts';

/** What a request wants of a model. */
export type Demand = {
  /** Places in the engine that it takes in all: one a choice or a batch of texts; 0 where nothing is generated. */
  readonly places: number;
  /** Of those, held at the same time at most; @default all */
  readonly placesAtOnce?: number;
  /** How often its prompt is read, and counted; @default once */
  readonly promptReads?: number;
  /** What it uses at most beside its replies, such as probes of them, and what is read again for these: no cap lowers it. */
  readonly beside?: { readonly promptTokens: number; readonly completionTokens: number };
  /** Bytes of its body. */
  readonly bytes: number;
  /** An estimate. */
  readonly promptTokens: number;
  /** At most, of all choices together. */
  readonly completionTokens: number;
  /** Of those, reasoning at most; absent where it may be all of them. */
  readonly reasoningTokens?: number;
  /** A grammar says what may be written, which makes each token cost what cannot be told beforehand. */
  readonly constrained?: boolean;
};

/** In tokens, of each choice of a request. */
export type ReplyCaps = {
  /** Reasoning and answer together. */
  readonly completion: number;
  /** Of those, reasoning. */
  readonly reasoning: number;
};

/** What a reply cost, as its client is told. */
export type Bill = {
  /** Decimal, in the currency. */
  readonly amount: string;
  readonly currency: string;
  /** Of the tightest limit on money; null where there is none. */
  readonly remaining: string | null;
  /** The digest of the price. */
  readonly price: string;
};

/** For how long a request may run under what was reserved for it. */
export type ReservationTerm = {
  /** Aborts once it is over, with what the client is told. */
  readonly over: AbortSignal;
  /** Looks at the clock, as a process that may have stood still has to before it goes on. @throws the reason of `over` */
  readonly requireCurrent: () => void;
};

/** What a check keeps for a request until it has ended. */
export type Reservation = Disposable & {
  /** The reply is cut there, since no more is reserved. */
  readonly caps?: ReplyCaps;
  /** What it has cost so far; undefined where nothing says so. */
  readonly bill?: (usage: TokenUsage) => Bill | undefined;
  /** @default for as long as it takes */
  readonly term?: ReservationTerm;
  /** Called once, with what became of the request, before it is disposed of. */
  readonly settle?: (record: RequestRecord) => void;
};

/** A promise only where it has to ask somebody. @throws TiegelError to refuse the request */
export type Check = (
  request: GatewayRequest,
  model: ServedModel,
  demand: Demand,
) => Reserved | Promise<Reserved>;

type Reserved = Reservation | undefined;

/** The right of one request to its model. */
export type Grant = Disposable & {
  /** One of its places. @throws the reason of the request's signal */
  readonly acquire: () => Permit | Promise<Permit>;
  /** The lowest of all checks; undefined where nobody reserved tokens. */
  readonly caps: ReplyCaps | undefined;
  readonly bill: (usage: TokenUsage) => Bill | undefined;
  /** Of those checks that reserved something for a time. */
  readonly terms: readonly ReservationTerm[];
  readonly settle: (record: RequestRecord) => void;
};

export type Gate = {
  /** At once where no check has to ask somebody. @throws what a check refuses it with; TGL_OVERLOADED */
  readonly enter: (request: GatewayRequest, model: ServedModel, demand: Demand) => Grant | Promise<Grant>;
  /** What goes on at each engine that was asked for something. */
  readonly load: () => readonly EngineLoad[];
};

export type EngineLoad = {
  readonly model: string;
  /** Requests that run or wait. */
  readonly inFlight: number;
  /** Places in the engine that requests wait for. */
  readonly waiting: number;
};

export type GateOptions = {
  /** In the order in which they are asked. */
  readonly checks: readonly Check[];
  /** Requests that may wait for each engine, and the bytes that they may take. */
  readonly queue: number;
  readonly queueBytes: number;
  readonly clock: Clock;
};

export function createGate({ checks, queue, queueBytes, clock }: GateOptions): Gate {
  const limiters = new Map<Engine, ConcurrencyLimiter>();

  const limiterOf = (engine: Engine): ConcurrencyLimiter => {
    const known = limiters.get(engine);
    if (known !== undefined) return known;
    const { slots } = engine.capabilities;
    const made = createConcurrencyLimiter({ slots, queue, queueBytes, clock });
    limiters.set(engine, made);
    return made;
  };

  const admit = (
    { principal, signal }: GatewayRequest,
    { engine }: ServedModel,
    demand: Demand,
    reserved: readonly Reservation[],
  ): Grant => {
    const { places, bytes } = demand;
    const account = principal?.cacheScope ?? '';
    const wanted = { account, places, short: isShort(demand), bytes, signal };
    return grantOf(reserved, places === 0 ? undefined : limiterOf(engine).enter(wanted));
  };
  /** The rest of the checks, one after another, behind one that has to ask somebody. */
  const enterLater = async (
    { request, model, demand, reserved }: Entering,
    asked: Promise<Reserved>,
    rest: readonly Check[],
  ): Promise<Grant> => {
    try {
      const first = await asked;
      if (first !== undefined) reserved.push(first);
      for (const check of rest) {
        const reservation = await check(request, model, demand);
        if (reservation !== undefined) reserved.push(reservation);
      }
      request.signal.throwIfAborted();
      return admit(request, model, demand, reserved);
    } catch (error) {
      giveBack(reserved);
      throw error;
    }
  };

  return {
    load: () =>
      [...limiters].map(([{ model }, limiter]) => {
        return { model, inFlight: limiter.inFlight(), waiting: limiter.load().waiting };
      }),
    enter: (request, model, demand) => {
      const reserved: Reservation[] = [];
      try {
        for (const [index, check] of checks.entries()) {
          const reservation = check(request, model, demand);
          if (reservation instanceof Promise)
            return enterLater({ request, model, demand, reserved }, reservation, checks.slice(index + 1));
          if (reservation !== undefined) reserved.push(reservation);
        }
        return admit(request, model, demand, reserved);
      } catch (error) {
        giveBack(reserved);
        throw error;
      }
    },
  };
}

type Entering = {
  readonly request: GatewayRequest;
  readonly model: ServedModel;
  readonly demand: Demand;
  readonly reserved: Reservation[];
};

/** Completion tokens of a request for a short time; reading a token of the prompt takes about an eighth of writing one. */
const shortTokens = 512;
const promptShare = 1 / 8;

/** Whether what a request may come to at most is little. */
function isShort({ places, promptTokens, completionTokens, constrained = false }: Demand): boolean {
  return places === 1 && !constrained && completionTokens + promptTokens * promptShare <= shortTokens;
}

function grantOf(reserved: readonly Reservation[], claim: Claim | undefined): Grant {
  const leave = (): void => {
    claim?.[Symbol.dispose]();
    giveBack(reserved);
  };
  return {
    acquire: () => {
      if (claim === undefined) throw new TypeError('gate: no place was asked for');
      return claim.acquire();
    },
    caps: lowestCaps(reserved.flatMap(({ caps }) => caps ?? [])),
    bill: (usage) => {
      for (const { bill } of reserved) {
        const known = bill?.(usage);
        if (known !== undefined) return known;
      }
      return undefined;
    },
    terms: reserved.flatMap(({ term }) => term ?? []),
    settle: (record) => {
      for (const reservation of reserved) reservation.settle?.(record);
    },
    [Symbol.dispose]: leave,
  };
}

function lowestCaps(all: readonly ReplyCaps[]): ReplyCaps | undefined {
  if (all.length <= 1) return all[0];
  return {
    completion: Math.min(...all.map(({ completion }) => completion)),
    reasoning: Math.min(...all.map(({ reasoning }) => reasoning)),
  };
}

function giveBack(reserved: readonly Reservation[]): void {
  for (const reservation of reserved.toReversed()) reservation[Symbol.dispose]();
}
