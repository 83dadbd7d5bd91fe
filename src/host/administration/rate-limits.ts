// Limits of an account on single models, in the units and periods that OpenAI's administration has.
import { TiegelError } from '../../base/index.ts';
import type { Administration, Asker, RateLimitFacts } from '../../gateway/index.ts';
import { addLimit, type Limit, limitsAt } from '../../store/index.ts';
import type { HostStore } from '../open-store.ts';
import { authorOf, identified, organisationOf, type Refused, recording } from './asker.ts';

const counted = {
  requestsPerMinute: { unit: 'requests', period: 'minute' },
  tokensPerMinute: { unit: 'tokens', period: 'minute' },
  requestsPerDay: { unit: 'requests', period: 'day' },
} as const satisfies Readonly<Record<string, Pick<Limit, 'unit' | 'period'>>>;

const names = Object.keys(counted) as readonly (keyof typeof counted)[];

export function rateLimitsOf({ store }: HostStore, refused: Refused): Administration['rateLimits'] {
  const { context, accounts, database } = store;
  const accountOf = (asker: Asker, project: string) =>
    accounts.get(organisationOf(asker), identified('account', project));
  const limitsOf = async (account: string): Promise<readonly Limit[]> =>
    (await limitsAt(database, context.clock.now())).filter(
      ({ scope, subject, enforcement }) =>
        scope === 'account' && subject === account && enforcement === 'hard',
    );
  return {
    of: async (asker, project, models) => {
      const limits = await limitsOf((await accountOf(asker, project)).id);
      return models.map((model) => factsOf(model, limits));
    },
    update: async (asker, project, model, changes) => {
      const attempt = { action: 'rate_limit.updated', target: { type: 'account', id: project } } as const;
      const account = await recording(refused, asker, attempt, async () => {
        const found = await accountOf(asker, project);
        if (found.state === 'archived') throw new TiegelError('TGL_STORE_CONFLICT');
        return found.id;
      });
      const before = factsOf(model, await limitsOf(account));
      for (const name of names) {
        const amount = changes[name];
        if (amount === undefined || amount === before[name]) continue;
        await addLimit(context, authorOf(asker), {
          id: `lim_${Buffer.from(context.entropy(15)).toString('hex')}`,
          ...{ organisation: organisationOf(asker), scope: 'account', subject: account, model, amount },
          ...{ ...counted[name], enforcement: 'hard', validFrom: context.clock.now() },
        });
      }
      return factsOf(model, await limitsOf(account));
    },
  };
}

function factsOf(model: string, limits: readonly Limit[]): RateLimitFacts {
  const amountOf = (name: keyof typeof counted): number | null => {
    const { unit, period } = counted[name];
    const found = limits.find(
      (limit) => limit.model === model && limit.unit === unit && limit.period === period,
    );
    return found?.amount ?? null;
  };
  return {
    model,
    requestsPerMinute: amountOf('requestsPerMinute'),
    tokensPerMinute: amountOf('tokensPerMinute'),
    requestsPerDay: amountOf('requestsPerDay'),
  };
}
