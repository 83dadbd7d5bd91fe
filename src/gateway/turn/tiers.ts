// The tiers of a request that several models answer one after another. Each is a request of its own behind the client's: it passes the
// gate, and has limits, a hold, a price and a row of the ledger of its own, which is written before the next one is asked.
import { formatAmount, parseAmount } from '../../prices/index.ts';
import type { RunningTurn } from '../../reasoning/index.ts';
import type { RequestObserver } from '../../traffic/index.ts';
import { requireModelAllowed } from '../access/access.ts';
import type { Bill, Demand, Grant } from '../access/gate.ts';
import { withinPermitted } from '../access/permitted-places.ts';
import { resolveModel } from '../access/resolve-model.ts';
import type { ServedModel } from '../access/served-model.ts';
import type { GatewayContext } from '../context.ts';
import { GatewayRequest, outcomeOf } from '../request.ts';
import { endRequest } from './end-request.ts';
import type { Exchange } from './serve-inference.ts';

export type TierModel = { readonly name: string; readonly model: ServedModel };

/** What is known of a tier that was asked; null before it was a request of its own. */
export type AskedTier = {
  request: string | null;
  bill: Bill | undefined;
  failure: unknown;
};

export type TierDemand = (model: ServedModel) => Omit<Demand, 'bytes' | 'promptTokens'>;

export type Tiers = {
  readonly models: readonly TierModel[];
  /** In their order. */
  readonly asked: readonly AskedTier[];
  /** Lets a tier in and runs it; it has been settled once its parts are over. @throws also what refuses it */
  readonly ask: (
    tier: number,
    demand: TierDemand,
    run: (exchange: Exchange) => RunningTurn['parts'],
  ) => RunningTurn['parts'];
};

/**
 * The models of all tiers, before any of them is asked.
 *
 * @throws what refuses one of them: TGL_MODEL_UNKNOWN, TGL_MODEL_NOT_ALLOWED, TGL_MODEL_NOT_ADMITTED, or why it was withdrawn
 */
export async function resolveTiers(
  context: GatewayContext,
  { principal }: GatewayRequest,
  names: readonly string[],
): Promise<readonly TierModel[]> {
  const models: TierModel[] = [];
  for (const name of names) {
    requireModelAllowed(principal, name);
    models.push({ name, model: await resolveModel(context, name, principal) });
  }
  return models;
}

/** @throws TGL_POLICY_NO_ENGINE where one of them may not be asked, before any is */
export function openTiers(
  context: GatewayContext,
  request: GatewayRequest,
  models: readonly TierModel[],
  size: Pick<Demand, 'bytes' | 'promptTokens'>,
): { readonly tiers: Tiers; readonly grant: Grant } {
  const places = models.flatMap(({ model }) => {
    withinPermitted(context.permittedPlaces, request, model);
    return request.places;
  });
  request.places = places;
  request.isSpread = true;
  const asked: AskedTier[] = [];
  const tiers: Tiers = {
    ...{ models, asked },
    ask: (tier, demand, run) => {
      const known: AskedTier = { request: null, bill: undefined, failure: undefined };
      asked[tier] = known;
      const { name } = models[tier] as TierModel;
      return askTier(
        context,
        request,
        { tier, name, known, demandOf: (model) => ({ ...demand(model), ...size }) },
        run,
      );
    },
  };
  return { tiers, grant: spreadGrant(asked) };
}

type AskingTier = {
  readonly tier: number;
  readonly name: string;
  readonly known: AskedTier;
  readonly demandOf: (model: ServedModel) => Demand;
};

async function* askTier(
  context: GatewayContext,
  client: GatewayRequest,
  { tier, name, known, demandOf }: AskingTier,
  run: (exchange: Exchange) => RunningTurn['parts'],
): RunningTurn['parts'] {
  const request = tierRequest(context, client, tier);
  const told = { ...context, observer: observerOfTiers(context) };
  // Given back after the settlement, which needs them.
  using held = new DisposableStack();
  held.use(context.signalFollowers.follow(client.signal, request));
  try {
    const { exchange, terms } = await enterTier(context, request, { name, demandOf });
    for (const kept of terms) held.use(kept);
    known.request = request.id;
    client.tiersLetIn++;
    yield* run(exchange);
    client.waitedMs ??= request.waitedMs === null ? null : client.elapsed();
    known.bill = exchange.grant.bill(request.usage());
    await endRequest(told, request, { type: 'finished' });
  } catch (error) {
    known.failure = error;
    known.bill ??= request.grant?.bill(request.usage());
    // Nobody waits for it any more; that it failed is known to the settlement.
    await endRequest(told, request, outcomeOf(error, request)).catch(() => {});
    throw error;
  } finally {
    client.takeHeadersOf(request);
    await endRequest(told, request, { type: 'client-gone' });
    request.close();
  }
}

/** Behind the gate, with what has to be given back once it is settled. */
async function enterTier(
  context: GatewayContext,
  request: GatewayRequest,
  { name, demandOf }: Pick<AskingTier, 'name' | 'demandOf'>,
): Promise<{ readonly exchange: Exchange; readonly terms: readonly Disposable[] }> {
  const { signalFollowers, permittedPlaces, gate } = context;
  // It may have been withdrawn while the tiers before it answered.
  const model = await resolveModel(context, name, request.principal);
  request.model = { name, admissionKey: model.admitted.admissionKey };
  const permitted = withinPermitted(permittedPlaces, request, model);
  const grant = await gate.enter(request, model, demandOf(model));
  request.grant = grant;
  const terms = [
    grant,
    signalFollowers.follow(model.withdrawn, request),
    ...grant.terms.map(({ over }) => signalFollowers.follow(over, request)),
  ];
  request.requireCurrent();
  return { exchange: { request, model: permitted, grant }, terms };
}

/** A request of its own, of the same client. */
function tierRequest(
  { newIdentifier, clock }: GatewayContext,
  client: GatewayRequest,
  tier: number,
): GatewayRequest {
  const request = new GatewayRequest(newIdentifier('req'), client.raw, client.response, clock);
  const { route, dialect, principal } = client;
  return Object.assign(request, { route, dialect, principal, tierOf: { request: client.id, tier } });
}

function observerOfTiers({ observer }: GatewayContext): RequestObserver {
  return observer.tierEnded === undefined ? {} : { ended: observer.tierEnded };
}

/** Of the client's request, which itself holds nothing. */
function spreadGrant(asked: readonly AskedTier[]): Grant {
  return {
    acquire: () => {
      throw new TypeError('tiers: each of them takes a place of its own');
    },
    caps: undefined,
    bill: () => sumOfBills(asked.filter(({ request }) => request !== null).map(({ bill }) => bill)),
    terms: [],
    settle: () => {},
    [Symbol.dispose]: () => {},
  };
}

/** What they cost together, by the price and with what is left of the last one; undefined where one of them is not known. */
function sumOfBills(bills: readonly (Bill | undefined)[]): Bill | undefined {
  const known = bills.filter((bill) => bill !== undefined);
  const last = known.at(-1);
  if (last === undefined || known.length < bills.length) return undefined;
  const sum = known.reduce((all, { amount }) => all + parseAmount(amount), 0);
  return { ...last, amount: formatAmount(sum) };
}
