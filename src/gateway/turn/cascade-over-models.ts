// A cascade whose tiers are models: each answers in turn until an answer is accepted, as a request of its own. A tier that is refused, or
// fails, is passed over, and said so; where the last one does, the last answer that there is stands.
import { TiegelError } from '../../base/index.ts';
import {
  type ConverseRequest,
  type RunningTurn,
  type StrategyReport,
  type StreamPart,
  sampledTurn,
  type TierReport,
} from '../../reasoning/index.ts';
import { noUsage } from '../../traffic/index.ts';
import type { Demand } from '../access/gate.ts';
import type { ServedModel } from '../access/served-model.ts';
import type { GatewayLimits } from '../limits.ts';
import type { GatewayRequest } from '../request.ts';
import { converseRequestsOf } from './conversation.ts';
import { withinCaps } from './reply-caps.ts';
import type { Exchange } from './serve-inference.ts';
import {
  acceptorOf,
  type Checking,
  choiceOf,
  placeUnder,
  requireAbilities,
  samplesOf,
  withBudget,
  withoutCheckedForm,
} from './spend-samples.ts';
import type { Tiers } from './tiers.ts';
import type { TurnRequest, TurnStrategy } from './turn-request.ts';

type Cascade = Extract<TurnStrategy, { readonly type: 'cascade' }>;

/** The models of a cascade by tier; undefined where all of its tiers are the request's own model. */
export function tierModelsOf({ strategy, model }: TurnRequest): readonly string[] | undefined {
  if (strategy?.type !== 'cascade' || strategy.models === undefined) return undefined;
  const names = strategy.models.map((name) => name ?? model);
  return names.every((name) => name === model) ? undefined : names;
}

export type CascadeOptions = {
  readonly tiers: Tiers;
  readonly limits: Pick<GatewayLimits, 'maxSamples'>;
  readonly checking: Checking;
  readonly signal: AbortSignal;
  readonly cacheScope: string | undefined;
  readonly endThinking: AbortSignal | undefined;
  readonly demandOf: (turn: TurnRequest, model: ServedModel) => Omit<Demand, 'bytes' | 'promptTokens'>;
  /** Runs one reply, and says where it waits for its place. */
  readonly converse: (exchange: Exchange, request: ConverseRequest, signal: AbortSignal) => RunningTurn;
  readonly acquire: (
    exchange: Exchange,
    request: ConverseRequest,
  ) => ReturnType<Exchange['grant']['acquire']>;
};

/**
 * The turn, and what its first tier is asked.
 *
 * @throws what one of its models cannot do for the request: TGL_CAPABILITY_MISSING, TGL_REQUEST_INVALID
 */
export function cascadeOverModels(
  turn: TurnRequest & { readonly strategy: Cascade },
  options: CascadeOptions,
): { readonly sampled: ReturnType<typeof sampledTurn>; readonly asked: readonly ConverseRequest[] } {
  const { tiers, limits, checking, signal, cacheScope, endThinking } = options;
  const { strategy } = turn;
  samplesOf(turn, limits);
  const requestOf = (tier: number, ofTier: TurnRequest, model: ServedModel): ConverseRequest => {
    const asked = withoutCheckedForm({ ...ofTier, strategy }, model.engine);
    const [request] = converseRequestsOf(asked, model, { cacheScope, endThinking }) as [ConverseRequest];
    return choiceOf(withBudget(request, strategy.budgets[tier] ?? null), tier);
  };
  const turns = tiers.models.map(({ name }): TurnRequest => ({ ...turn, model: name, strategy: undefined }));
  const asked = tiers.models.map(({ model }, tier) => requestOf(tier, turns[tier] as TurnRequest, model));
  requireAlike(turn, tiers, asked);
  const sampled = sampledTurn({
    strategy: {
      ...{ type: 'cascade', budgets: strategy.budgets, passesOver },
      accept: acceptorOf(turn, strategy.accept, checking),
    },
    requestOf: (tier) => asked[tier] as ConverseRequest,
    converse: ({ logProbabilities }, until, tier) => {
      const ofTier = turns[tier] as TurnRequest;
      let running: RunningTurn | undefined;
      const demand = (model: ServedModel) => options.demandOf(ofTier, model);
      return {
        usage: () => running?.usage() ?? noUsage,
        parts: tiers.ask(tier, demand, (exchange) => {
          const { model, grant, request } = exchange;
          const capped = requestOf(tier, withinCaps(ofTier, model, grant.caps), model);
          const { logProbabilities: shown } = model.engine.capabilities;
          // On the answer of the last tier nothing decides.
          const wanted = shown === 'none' ? capped : { ...capped, logProbabilities };
          const ends = AbortSignal.any([until, request.signal]);
          running = options.converse(exchange, wanted, ends);
          return inPlace(
            request,
            running,
            placeUnder(() => options.acquire(exchange, wanted), ends),
          );
        }),
      };
    },
    place: async () => noPlace,
    signal,
  });
  return { asked, sampled: { ...sampled, parts: withTiers(sampled.parts, tiers) } };
}

/** Its parts, once it has a place. What it came to is asked for there from now on. */
async function* inPlace(
  request: GatewayRequest,
  { parts, usage }: RunningTurn,
  place: Promise<Disposable>,
): RunningTurn['parts'] {
  let finish: string | null = null;
  request.askForChoices(() => [{ finish, usage: usage() }]);
  using _held = await place;
  for await (const batch of parts) {
    const last = batch.at(-1);
    if (last?.type === 'end') ({ finish } = last);
    yield batch;
  }
}

const noPlace: Disposable = { [Symbol.dispose]: () => {} };

/** What becomes of a tier is told in the reply, but for what has to end the request. */
function passesOver(failure: unknown): boolean {
  return TiegelError.isInstance(failure) && failure.code !== 'TGL_SETTLEMENT_FAILED';
}

/** Whichever tier answers, the reply has one form. */
function requireAlike(
  { strategy, logProbabilities, toolChoice }: TurnRequest & { readonly strategy: Cascade },
  { models }: Tiers,
  asked: readonly ConverseRequest[],
): void {
  for (const { model } of models.slice(0, -1)) requireAbilities(strategy, model.engine);
  const differ = <Value>(values: readonly Value[]): boolean => new Set(values).size > 1;
  const missing = (feature: string): TiegelError =>
    new TiegelError('TGL_CAPABILITY_MISSING', {
      ...{ model: models.map(({ name }) => name).join(', '), feature, field: 'x_tiegel.strategy' },
    });
  if (
    logProbabilities !== undefined &&
    differ(models.map(({ model }) => model.engine.capabilities.logProbabilities))
  )
    throw missing('log-probabilities of the same kind from every tier');
  if (toolChoice === 'required' && differ(asked.map((request) => request.toolChoice)))
    throw missing('the same way of having to call a tool in every tier');
}

async function* withTiers(parts: RunningTurn['parts'], tiers: Tiers): RunningTurn['parts'] {
  for await (const batch of parts)
    yield batch.map(
      (part): StreamPart =>
        part.type === 'end' && part.strategy !== undefined
          ? { ...part, strategy: { ...part.strategy, tiers: tierReports(part.strategy, tiers) } }
          : part,
    );
}

function tierReports({ chosen, stoppedBy }: StrategyReport, { models, asked }: Tiers): readonly TierReport[] {
  return asked.map(({ request, bill, failure }, tier) => {
    const answered =
      tier === chosen && stoppedBy === 'rule' ? 'accepted' : tier === chosen ? 'kept' : 'declined';
    return {
      model: models[tier]?.name ?? '',
      request,
      outcome: failure === undefined ? answered : 'failed',
      code: TiegelError.isInstance(failure) ? failure.code : null,
      cost: bill === undefined ? null : { amount: bill.amount, currency: bill.currency, price: bill.price },
    };
  });
}
