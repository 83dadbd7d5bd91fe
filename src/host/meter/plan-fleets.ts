// Plans over the API: for the newest requests out of the ledger of whoever asks, or for requests at given rates, simulated in a thread.
import { type Clock, TiegelError } from '../../base/index.ts';
import type { Meter, PlanAsker } from '../../gateway/index.ts';
import { drawTrace, type Plan, type Trace, traceOf } from '../../meter/index.ts';
import { hostedMoneyAt } from '../../prices/index.ts';
import { recentRequests, type Store } from '../../store/index.ts';
import type { AccountId, OrganisationId } from '../../traffic/index.ts';
import type { FleetPlanBody, PlanRequest } from '../../wire/index.ts';
import { openQuestionThread, type QuestionThreadOptions } from '../thread/question-thread.ts';
import type { FleetQuestion } from './plan-question.ts';

/** Requests that are simulated, the newest of the ledger; more say little more and take long. */
const simulatedRequests = 2_000;
const usualDays = 7;
const dayMs = 86_400_000;

export type FleetPlanner = Pick<Meter, 'plan'> & AsyncDisposable;

export type PlannerOptions = Pick<QuestionThreadOptions, 'maxMs' | 'idleMs' | 'maxWaiting'> & {
  readonly store: Pick<Store, 'database'>;
  readonly clock: Pick<Clock, 'now'>;
};

export function openPlanner({ store, clock, maxMs = 20_000, ...bounds }: PlannerOptions): FleetPlanner {
  const thread = openQuestionThread<FleetQuestion>({
    ...{ module: new URL('./worker.ts', import.meta.url), subject: 'fleets', maxMs, ...bounds },
    // Somebody who moves a slider asks again before the answer is there.
    maxOfOne: 3,
    unavailable: (reason) => new TiegelError('TGL_PLAN_UNAVAILABLE', { reason }),
  });
  return {
    plan: async (asker, request) => {
      const at = clock.now();
      const { hosted = null } = request;
      const money = hosted === null ? undefined : hostedMoneyAt(hosted, at);
      if (hosted !== null && money === undefined)
        throw invalid(
          'hosted',
          `No price of ${hosted} is known at this moment; GET /v1/x/prices lists those that are.`,
        );
      const trace = await traceFor(store, asker, request, at);
      const question: FleetQuestion = {
        ...{ trace, growth: request.growth ?? 1 },
        speeds: request.speeds.map(({ sequences, tokens_per_second }) => {
          return { sequences, tokensPerSecond: tokens_per_second };
        }),
        promptTokensPerSecond: request.prompt_tokens_per_second ?? 4_000,
        ...{ wait: request.wait_seconds ?? 2, cheaper: request.cheaper ?? 2 },
        ...{ replicaHour: request.replica_hour ?? undefined, accuracy: request.accuracy ?? undefined },
        hosted: hosted === null ? null : { name: hosted, at },
      };
      const plan = (await thread.ask(question, `${asker.organisation} ${asker.account ?? ''}`)) as Plan;
      return planBody(plan, money?.source ?? null);
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

/** @throws TGL_REQUEST_INVALID where the ledger has too few requests */
async function traceFor(
  { database }: PlannerOptions['store'],
  asker: PlanAsker,
  { requests }: PlanRequest,
  at: number,
): Promise<Trace> {
  if (requests.from === 'rates')
    return drawTrace(
      {
        ...{ perSecond: requests.per_second, gapVariation: requests.gap_variation ?? 1 },
        ...{ promptTokens: requests.prompt_tokens, completionTokens: requests.completion_tokens },
      },
      simulatedRequests,
    );
  const days = requests.days ?? usualDays;
  const rows = await recentRequests(database, {
    // The gateway has both of a principal, which the store made.
    ...{ organisation: asker.organisation as OrganisationId, account: asker.account as AccountId | null },
    ...{ model: requests.model ?? undefined, start: at - days * dayMs, end: at + 1 },
    limit: simulatedRequests,
  });
  const trace = traceOf(
    rows.map((row) => ({
      ...{ at: row.at / 1_000, client: row.account, promptTokens: row.prompt },
      completionTokens: Math.max(1, row.reasoning + row.answer),
    })),
  );
  if (trace !== undefined) return trace;
  const problem = `The ledger has fewer than two moments of the last ${days} days at which something was asked; plan with more days, or from rates.`;
  throw invalid('requests', problem);
}

function planBody(plan: Plan, source: string | null): FleetPlanBody {
  const { facts, rows, needed, headRoom, costs, demand } = plan;
  return {
    object: 'fleet_plan',
    requests: {
      ...{ count: facts.requests, seconds: facts.seconds, clients: facts.clients },
      ...{ largest_client: facts.topClient, gap_variation: facts.gapVariation },
      ...{ prompt_tokens: facts.promptTokens, completion_tokens: facts.completionTokens },
    },
    fleets: rows.map(({ replicas, p50, p95, p95Low, p95High, idle, formulaP95 }) => ({
      ...{ replicas, p50, p95, p95_lower: p95Low, p95_upper: p95High, idle, formula_p95: formulaP95 },
    })),
    ...{ needed, head_room: headRoom },
    costs: costs && {
      ...{ per_hour: costs.perHour, per_million_completion_tokens: costs.perMillionCompletionTokens },
      ...{ per_correct_answer: costs.perCorrectAnswer, hosted_per_hour: costs.hostedPerHour },
      ...{ break_even: costs.breakEven, hosted_source: source },
    },
    demand: demand.map((each) => ({
      ...{ elasticity: each.elasticity, requests: each.units, compute: each.compute, needed: each.needed },
    })),
  };
}

function invalid(field: string, problem: string): TiegelError {
  return new TiegelError('TGL_REQUEST_INVALID', { problem, field });
}
