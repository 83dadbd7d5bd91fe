// What an organisation or an account may spend in a month: its hard limit on money over all models, in hundredths of the currency.
import { TiegelError } from '../../base/index.ts';
import type { Administration, Asker, AuditAttempt, SpendLimitFacts } from '../../gateway/index.ts';
import { nanoUnits } from '../../prices/index.ts';
import { addLimit, type Limit, limitsAt } from '../../store/index.ts';
import type { HostStore } from '../open-store.ts';
import { authorOf, identified, organisationOf, type Refused, recording } from './asker.ts';

const nanoInHundredth = nanoUnits / 100;

type Subject = Pick<Limit, 'scope' | 'subject'> & { readonly currency: string };

export function spendLimitsOf({ store }: HostStore, refused: Refused): Administration['spendLimits'] {
  const { context, accounts, database, organisations } = store;
  const subjectOf = async (asker: Asker, project: string | null): Promise<Subject> => {
    const organisation = organisationOf(asker);
    const { currency } = await organisations.get(organisation);
    if (project === null) return { scope: 'organisation', subject: organisation, currency };
    const { id } = await accounts.get(organisation, identified('account', project));
    return { scope: 'account', subject: id, currency };
  };
  const find = async ({ scope, subject, currency }: Subject): Promise<SpendLimitFacts | undefined> => {
    const found = (await limitsAt(database, context.clock.now())).find(
      (limit) =>
        limit.scope === scope &&
        limit.subject === subject &&
        limit.model === null &&
        limit.unit === 'money' &&
        limit.period === 'month' &&
        limit.enforcement === 'hard',
    );
    return found && { currency, hundredths: found.amount / nanoInHundredth };
  };
  const get = async (subject: Subject): Promise<SpendLimitFacts> => {
    const found = await find(subject);
    if (found === undefined)
      throw new TiegelError('TGL_ID_UNKNOWN', { kind: 'spend limit', received: 'of a month' });
    return found;
  };
  const write = (asker: Asker, { scope, subject }: Subject, amount: number | null): Promise<void> =>
    addLimit(context, authorOf(asker), {
      id: `lim_${Buffer.from(context.entropy(15)).toString('hex')}`,
      ...{ organisation: organisationOf(asker), scope, subject, model: null, unit: 'money', period: 'month' },
      ...{ amount, enforcement: 'hard', validFrom: context.clock.now() },
    });
  const attemptOf = (
    asker: Asker,
    project: string | null,
    action: 'rate_limit.updated' | 'rate_limit.deleted',
  ): AuditAttempt => ({ action, target: { type: 'account', id: project ?? asker.organisation } });
  return {
    get: async (asker, project) => get(await subjectOf(asker, project)),
    set: async (asker, project, { currency, hundredths }) => {
      const subject = await recording(
        refused,
        asker,
        attemptOf(asker, project, 'rate_limit.updated'),
        async () => {
          const found = await subjectOf(asker, project);
          if (found.currency === currency) return found;
          const problem = `The currency of the organisation is ${found.currency}, not ${currency}.`;
          throw new TiegelError('TGL_REQUEST_INVALID', { field: 'currency', problem });
        },
      );
      await write(asker, subject, hundredths * nanoInHundredth);
      return get(subject);
    },
    remove: async (asker, project) => {
      const subject = await recording(
        refused,
        asker,
        attemptOf(asker, project, 'rate_limit.deleted'),
        async () => {
          const found = await subjectOf(asker, project);
          await get(found);
          return found;
        },
      );
      await write(asker, subject, null);
    },
  };
}
