// Limits and the ledger before and behind every request to a model: a hold is taken at the gate, the reply is cut there, and
// what was used is durable in the ledger before the last bytes leave. The hold is settled once the row is.
import type { Logger } from 'pino';
import { type Clock, createShortLivedMap, type ShortLivedMap } from '../../base/index.ts';
import type {
  Bill,
  Check,
  Demand,
  GatewayRequest,
  ReadRemaining,
  Reservation,
  ReservationTerm,
  ServedModel,
  Settle,
} from '../../gateway/index.ts';
import { formatAmount, type Price } from '../../prices/index.ts';
import {
  type Admission,
  type Amounts,
  type Ask,
  type Budgets,
  type Decided,
  type Hold,
  type Leases,
  type Ledger,
  type LedgerEntry,
  type LenderTerms,
  nothingSpread,
  type Store,
  type Subjects,
} from '../../store/index.ts';
import type { Principal, RequestRecord, TokenUsage } from '../../traffic/index.ts';
import { type DurableHolds, isPaid, openDurableHolds } from './durable-holds.ts';
import { tellLimits, tightest } from './limit-headers.ts';
import { limitRefusal } from './limit-refusal.ts';
import { openLimits } from './limits-in-force.ts';
import { remainingLimit } from './remaining.ts';
import { hasUsed, moneyOf, needOf, type Operation, operationOf, soundUsage, usedOf } from './request-need.ts';
import type { MeteringSettings } from './settings.ts';
import { energyOf, spreadOf, tierColumns } from './spread.ts';

export type Metering = {
  readonly check: Check;
  readonly settle: Settle;
  readonly remaining: ReadRemaining;
  /** Puts what the operator spends on an own question into the ledger; no limit holds it. @throws TGL_LEDGER_UNAVAILABLE */
  readonly recordOwn: (use: OwnUse) => Promise<void>;
  /** Takes up what was changed in the store. */
  readonly refresh: () => Promise<void>;
  /** Null where this process is the only one that spends. */
  readonly leases: Leases | null;
  /** Requests that hold something. */
  readonly open: () => number;
  /** Once nothing is asked any more. */
  readonly close: () => Promise<void>;
};

/** A request that nobody but the operator makes. */
export type OwnUse = {
  readonly request: string;
  readonly organisation: string;
  readonly account: string;
  readonly model: string;
  readonly served: ServedModel;
  readonly usage: TokenUsage;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly durationMs: number;
};

export type MeteringOptions = {
  readonly store: Pick<Store, 'database'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** What this machine takes while all its places compute. @default the energy of a request is not known */
  readonly watts?: number | undefined;
  /** Of the leases by which several processes share budgets. @default the usual ones */
  readonly terms?: LenderTerms;
};

/** A request between the gate and its settlement. */
type OpenRequest = {
  readonly principal: Principal;
  readonly hold: Hold;
  readonly price: Price | undefined;
  readonly operation: Operation;
  readonly engine: string;
  readonly share: number;
  /** Whose reply a server cuts, and counts. */
  readonly isRemote: boolean;
  /** The lessee that was granted what it holds. */
  readonly lease: string | null;
  /** What is in the ledger before it leaves; null until then, and where it costs nobody else's money. */
  durable: LedgerEntry | null;
  isSettling: boolean;
};

/** A request at the gate. */
type Asking = Pick<OpenRequest, 'principal' | 'price' | 'operation' | 'engine'> & {
  readonly request: GatewayRequest;
  readonly model: ServedModel;
  readonly demand: Demand;
  readonly ask: Ask;
  readonly promptTokens: number;
};

/** @throws what reading the store does, TGL_LEDGER_UNAVAILABLE */
export async function openMetering(options: MeteringOptions): Promise<Metering> {
  const { ledger, clock, logger, watts } = options;
  const { budgets, leases, settings, refresh, noteSettled } = await openLimits(options);
  const open = createShortLivedMap<string, OpenRequest>();
  const durableHolds = openDurableHolds(options);
  const currencyOf = (id: string): string => settings().organisation(id).currency;
  const reserve = reserving({ budgets, open, durableHolds, currencyOf, clock });

  const check: Check = (request, model, demand) => {
    const asking = askingOf(request, model, demand, { settings: settings(), now: clock.now() });
    if (asking === undefined) return undefined;
    const admission = leases === null ? budgets.admit(asking.ask) : leases.admit(asking.ask);
    return admission instanceof Promise
      ? admission.then((decided) => reserve(asking, decided))
      : reserve(asking, admission);
  };
  const settle: Settle = async (record) => {
    const own = open.get(record.requestId);
    if (own === undefined) return;
    own.isSettling = true;
    if (!hasUsed(record)) {
      if (own.durable !== null) await durableHolds.release(own.durable, outcomeOf(record));
      open.take(record.requestId);
      own.hold.release();
      return;
    }
    const { entry, used } = entryOf(record, own, { currency: currencyOf(own.principal.organisation), watts });
    await ledger.append(entry);
    if (open.take(record.requestId) === undefined) return;
    if (!own.hold.settle(used))
      logger.error({ requestId: record.requestId, used, held: own.hold.held }, 'more was used than was held');
    noteSettled({ entry, used });
  };

  const remaining: ReadRemaining = (principal) => {
    if (principal.account === null) return [];
    const states = budgets.states(subjectsOf(principal, principal.account));
    return states.map((state) => remainingLimit(state, currencyOf));
  };

  const recordOwn = (use: OwnUse): Promise<void> => ledger.append(entryOfOwn(use, settings(), watts));
  return {
    check,
    settle,
    recordOwn,
    remaining,
    refresh,
    leases,
    open: () => budgets.open(),
    close: durableHolds.close,
  };
}

type Reserve = (asking: Asking, admission: Admission | Decided) => Reservation | Promise<Reservation>;

/** What is reserved for a request that was admitted, once its hold is durable where it has to be. */
function reserving({
  budgets,
  open,
  durableHolds,
  currencyOf,
  clock,
}: {
  readonly budgets: Budgets;
  readonly open: ShortLivedMap<string, OpenRequest>;
  readonly durableHolds: DurableHolds;
  readonly currencyOf: (organisation: string) => string;
  readonly clock: Clock;
}): Reserve {
  const holdDurably = async (
    asking: Asking,
    own: OpenRequest,
    reservation: Reservation,
  ): Promise<Reservation> => {
    try {
      own.durable = await durableHolds.take(holdOf(asking, own, currencyOf(own.principal.organisation)));
      return reservation;
    } catch (error) {
      reservation[Symbol.dispose]();
      throw error;
    }
  };

  return (asking, admission) => {
    const { request, model, demand, principal, ask, operation, price, engine } = asking;
    const tell = (name: string, value: string): void => request.noteHeader(name, value);
    if (admission.type !== 'admitted') {
      tellLimits(budgets.states(ask.subjects, ask.model), currencyOf, tell);
      throw limitRefusal(admission, { model: ask.model, now: clock.now() });
    }
    const { hold } = admission;
    tellLimits(hold.states(), currencyOf, tell);
    if (hold.isLowered) tell('x-tiegel-max-tokens', String(hold.caps.completion));
    const own: OpenRequest = {
      ...{ principal, hold, price, operation, engine, durable: null, isSettling: false },
      lease: 'lessee' in admission && (hold.isLimited || isPaid(asking)) ? admission.lessee : null,
      share: (demand.placesAtOnce ?? demand.places) / model.engine.capabilities.slots,
      isRemote: isElsewhere(model),
    };
    open.set(request.id, own);
    const term = 'term' in admission && own.lease !== null ? admission.term : undefined;
    const currency = currencyOf(principal.organisation);
    const onDispose = (): void => {
      if (own.isSettling) return;
      open.take(request.id);
      hold.release();
      if (own.durable !== null) durableHolds.releaseLater(own.durable);
    };
    const reservation = reservationOf(own, request, { currency, term, onDispose });
    return isPaid(asking) ? holdDurably(asking, own, reservation) : reservation;
  };
}

/** Undefined for what is not metered. */
function askingOf(
  request: GatewayRequest,
  model: ServedModel,
  demand: Demand,
  { settings, now }: { readonly settings: MeteringSettings; readonly now: number },
): Asking | undefined {
  const { principal, model: asked } = request;
  if (principal === null || principal.account === null || asked === null) return undefined;
  const operation = operationOf(request.dialect);
  const engine = engineOf(model);
  const price = settings.price(principal.organisation, asked.name, engine, now);
  const endsThinking = model.engine.capabilities.thinkingStop !== 'none';
  const subjects = subjectsOf(principal, principal.account);
  const need = needOf(demand, model, { operation, price, endsThinking });
  const ask = { subjects, model: asked.name, ...need };
  const { promptTokens } = need;
  return { request, model, demand, principal, operation, price, engine, ask, promptTokens };
}

function subjectsOf({ organisation, principalId, keyId }: Principal, account: string): Subjects {
  return { organisation, account, principal: principalId, key: keyId };
}

/** On a server that reads conversations, not tokens. */
function isElsewhere({ engine }: Pick<ServedModel, 'engine'>): boolean {
  return engine.capabilities.promptForm === 'messages';
}

/** By which name prices know what runs a model. */
function engineOf({ places }: ServedModel): string {
  return places[0]?.host ?? 'local';
}

function reservationOf(
  { hold, price, share }: OpenRequest,
  request: GatewayRequest,
  {
    currency,
    term,
    onDispose,
  }: {
    readonly currency: string;
    readonly term: ReservationTerm | undefined;
    readonly onDispose: () => void;
  },
): Reservation {
  return {
    ...(term !== undefined && { term }),
    ...(hold.isLowered && { caps: hold.caps }),
    ...(price !== undefined && {
      bill: (usage: TokenUsage): Bill => {
        const busyMs = request.elapsed() - (request.waitedMs ?? 0);
        const money = moneyOf(soundUsage(usage), price, busyMs, share);
        const limit = tightest(hold.states(), 'money');
        const unused = (hold.held.money ?? 0) - money;
        const remaining = limit === undefined ? null : formatAmount(Math.floor(limit.remaining + unused));
        return { amount: formatAmount(money), currency, remaining, price: price.digest };
      },
    }),
    [Symbol.dispose]: onDispose,
  };
}

function entryOf(
  record: RequestRecord,
  { principal, hold, price, operation, engine, share, isRemote, lease }: OpenRequest,
  { currency, watts }: { readonly currency: string; readonly watts: number | undefined },
): { readonly entry: LedgerEntry; readonly used: Amounts } {
  const counted = soundUsage(record.usage);
  // Counting tokens costs nobody anything.
  const usage = operation === 'count' ? { ...counted, promptTokens: 0, cachedPromptTokens: 0 } : counted;
  const { organisation, principalId, keyId, account } = principal;
  if (account === null) throw new TypeError('entryOf: a key of administration has asked a model');
  const busyMs = record.durationMs - (record.waitedMs ?? record.durationMs);
  const amount = price === undefined || operation === 'count' ? 0 : moneyOf(usage, price, busyMs, share);
  const entry: LedgerEntry = {
    ...{
      request: record.requestId,
      kind: 'settle',
      organisation,
      account,
      key: keyId,
      principal: principalId,
    },
    ...{ model: record.model ?? '', engine, operation, at: hold.admitted },
    ...{ prompt: usage.promptTokens, cached: usage.cachedPromptTokens, reasoning: usage.reasoningTokens },
    ...{ answer: usage.completionTokens - usage.reasoningTokens, amount, currency },
    ...{ price: price?.digest ?? null, lease, policy_version: record.policyVersion, corrects: null },
    outcome: outcomeOf(record),
    estimated: isRemote && record.outcome.type !== 'finished' ? 1 : 0,
    ...(operation === 'completions' ? spreadOf(record) : nothingSpread),
    ...(isRemote || operation === 'count' ? {} : energyOf(watts, busyMs, share)),
  };
  return { entry, used: usedOf(usage, amount) };
}

function entryOfOwn(
  { request, organisation, account, model, served, usage: counted, at, durationMs }: OwnUse,
  settings: MeteringSettings,
  watts: number | undefined,
): LedgerEntry {
  const usage = soundUsage(counted);
  const engine = engineOf(served);
  const price = settings.price(organisation, model, engine, at);
  const share = 1 / served.engine.capabilities.slots;
  return {
    ...{ request, kind: 'settle', organisation, account, key: '', principal: '', model, engine, at },
    ...{ operation: 'completions', prompt: usage.promptTokens, cached: 0, reasoning: 0 },
    answer: usage.completionTokens,
    amount: price === undefined ? 0 : moneyOf(usage, price, durationMs, share),
    currency: settings.organisation(organisation).currency,
    ...{ price: price?.digest ?? null, lease: null, policy_version: null, corrects: null },
    ...{ outcome: 'finished', estimated: 0, ...nothingSpread, samples: 1 },
    ...(isElsewhere(served) ? {} : energyOf(watts, durationMs, share)),
  };
}

function outcomeOf({ outcome }: RequestRecord): string {
  return 'code' in outcome ? `${outcome.type} ${outcome.code}` : outcome.type;
}

/** The most that a request may come to, as it is in the ledger before the request leaves. */
function holdOf(
  { request, principal, ask, promptTokens }: Asking,
  { hold, price, operation, engine, lease }: OpenRequest,
  currency: string,
): LedgerEntry {
  const { organisation, principalId, keyId, account } = principal;
  const { tokens, 'reasoning-tokens': reasoning, money } = hold.held;
  return {
    ...{ request: request.id, kind: 'hold', organisation, account: account ?? '', key: keyId },
    ...{ principal: principalId, model: ask.model, engine, operation, at: hold.admitted },
    ...{ prompt: promptTokens, cached: 0, reasoning, answer: tokens - promptTokens - reasoning },
    ...{ amount: money ?? 0, currency, price: price?.digest ?? null, lease, outcome: 'held', estimated: 1 },
    ...{ policy_version: request.policyVersion, corrects: null, ...nothingSpread },
    ...tierColumns(request.tierOf),
  };
}
