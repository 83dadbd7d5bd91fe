// Limits and the ledger before and behind every request to a model: a hold is taken at the gate, the reply is cut there, and
// what was used is durable in the ledger before the last bytes leave. The hold is settled once the row is.
import type { Logger } from 'pino';
import { type Clock, createShortLivedMap } from '../../base/index.ts';
import type {
  Bill,
  Check,
  Demand,
  GatewayRequest,
  ReadRemaining,
  Reservation,
  ServedModel,
  Settle,
} from '../../gateway/index.ts';
import { formatAmount, type Price } from '../../prices/index.ts';
import type {
  Admission,
  Amounts,
  Ask,
  Decided,
  Hold,
  Leases,
  Ledger,
  LedgerEntry,
  LenderTerms,
  Store,
  Subjects,
} from '../../store/index.ts';
import type { Principal, RequestRecord, TokenUsage } from '../../traffic/index.ts';
import { tellLimits, tightest } from './limit-headers.ts';
import { limitRefusal } from './limit-refusal.ts';
import { openLimits } from './limits-in-force.ts';
import { remainingLimit } from './remaining.ts';
import { hasUsed, moneyOf, needOf, type Operation, operationOf, soundUsage, usedOf } from './request-need.ts';
import type { MeteringSettings } from './settings.ts';

export type Metering = {
  readonly check: Check;
  readonly settle: Settle;
  readonly remaining: ReadRemaining;
  /** Takes up what was changed in the store. */
  readonly refresh: () => Promise<void>;
  /** Null where this process is the only one that spends. */
  readonly leases: Leases | null;
  /** Requests that hold something. */
  readonly open: () => number;
};

export type MeteringOptions = {
  readonly store: Pick<Store, 'database'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'error'>;
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
  isSettling: boolean;
};

/** A request at the gate. */
type Asking = Pick<OpenRequest, 'principal' | 'price' | 'operation' | 'engine'> & {
  readonly request: GatewayRequest;
  readonly model: ServedModel;
  readonly demand: Demand;
  readonly ask: Ask;
};

/** @throws what reading the store does, TGL_LEDGER_UNAVAILABLE */
export async function openMetering(options: MeteringOptions): Promise<Metering> {
  const { ledger, clock, logger } = options;
  const { budgets, leases, settings, refresh, noteSettled } = await openLimits(options);
  const open = createShortLivedMap<string, OpenRequest>();

  const check: Check = (request, model, demand) => {
    const asking = askingOf(request, model, demand, { settings: settings(), now: clock.now() });
    if (asking === undefined) return undefined;
    const admission = leases === null ? budgets.admit(asking.ask) : leases.admit(asking.ask);
    return admission instanceof Promise
      ? admission.then((decided) => reserve(asking, decided))
      : reserve(asking, admission);
  };
  const currencyOf = (id: string): string => settings().organisation(id).currency;
  const reserve = (asking: Asking, admission: Admission | Decided): Reservation => {
    const { request, model, demand, principal, ask, operation, price, engine } = asking;
    const setHeader = (name: string, value: string): void => void request.response.setHeader(name, value);
    if (admission.type !== 'admitted') {
      tellLimits(budgets.states(ask.subjects, ask.model), currencyOf, setHeader);
      throw limitRefusal(admission, { model: ask.model, now: clock.now() });
    }
    const { hold } = admission;
    tellLimits(hold.states(), currencyOf, setHeader);
    if (hold.isLowered) setHeader('x-tiegel-max-tokens', String(hold.caps.completion));
    const own: OpenRequest = {
      ...{ principal, hold, price, operation, engine, isSettling: false },
      lease: hold.isLimited && 'lessee' in admission ? admission.lessee : null,
      share: (demand.placesAtOnce ?? demand.places) / model.engine.capabilities.slots,
      isRemote: model.engine.capabilities.promptForm === 'messages',
    };
    open.set(request.id, own);
    return reservationOf(own, request, {
      currency: currencyOf(principal.organisation),
      onDispose: () => {
        if (own.isSettling) return;
        open.take(request.id);
        hold.release();
      },
    });
  };

  const settle: Settle = async (record) => {
    const own = open.get(record.requestId);
    if (own === undefined) return;
    own.isSettling = true;
    if (!hasUsed(record)) {
      open.take(record.requestId);
      own.hold.release();
      return;
    }
    const { entry, used } = entryOf(
      record,
      own,
      settings().organisation(own.principal.organisation).currency,
    );
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

  return { check, settle, remaining, refresh, leases, open: () => budgets.open() };
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
  return { request, model, demand, principal, operation, price, engine, ask };
}

function subjectsOf({ organisation, principalId, keyId }: Principal, account: string): Subjects {
  return { organisation, account, principal: principalId, key: keyId };
}

/** By which name prices know what runs a model. */
function engineOf({ places }: ServedModel): string {
  return places[0]?.host ?? 'local';
}

function reservationOf(
  { hold, price, share }: OpenRequest,
  request: GatewayRequest,
  { currency, onDispose }: { readonly currency: string; readonly onDispose: () => void },
): Reservation {
  return {
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
  currency: string,
): { readonly entry: LedgerEntry; readonly used: Amounts } {
  const counted = soundUsage(record.usage);
  // Counting tokens costs nobody anything.
  const usage = operation === 'count' ? { ...counted, promptTokens: 0, cachedPromptTokens: 0 } : counted;
  const { organisation, principalId, keyId, account } = principal;
  if (account === null) throw new TypeError('entryOf: a key of administration has asked a model');
  const busyMs = record.durationMs - (record.waitedMs ?? record.durationMs);
  const amount = price === undefined || operation === 'count' ? 0 : moneyOf(usage, price, busyMs, share);
  const { outcome } = record;
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
    outcome: 'code' in outcome ? `${outcome.type} ${outcome.code}` : outcome.type,
    estimated: isRemote && outcome.type !== 'finished' ? 1 : 0,
  };
  return { entry, used: usedOf(usage, amount) };
}
