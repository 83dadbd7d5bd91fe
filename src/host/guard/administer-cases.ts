// Cases of the guard in the hands of people: read by suspicion, cleared and reopened with a reason, and the measures against an account, begun
// and ended. A change that is refused before it begins is in the audit log as well.
import { type Clock, TiegelError } from '../../base/index.ts';
import type { Catalog } from '../../catalog/index.ts';
import type { Asker, GuardAdministration } from '../../gateway/index.ts';
import { type GuardCase, type Limit, limitsAt, operatorOf, type Store } from '../../store/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';
import type { GuardCaseBody } from '../../wire/index.ts';
import { organisationOf, type Refused, recording, withReason } from '../administration/asker.ts';
import { bodyOf, namesIn, summaryOf } from './case-bodies.ts';
import { signCaseFile } from './case-files.ts';
import {
  beginMeasure,
  clearWithMeasures,
  endMeasures,
  limitPrefixes,
  type MeasureName,
  measuredOf,
  measuresOf,
} from './measures.ts';

/** Entries about one case that are told, the newest. */
const mostLogEntries = 50;
const usualPage = 20;

export type CaseOptions = {
  readonly attestations: Catalog['attestations'];
  readonly clock: Clock;
  readonly refused: Refused;
};

type Cases = Pick<GuardAdministration, 'cases' | 'getCase' | 'evidence' | 'clear' | 'reopen' | 'setMeasure'>;

export function administerCases(store: Store, { attestations, clock, refused }: CaseOptions): Cases {
  const { guard, accounts, database } = store;
  const shown = (found: GuardCase, clearsAll = false): Promise<GuardCaseBody> =>
    caseShown(store, clock, found, clearsAll);
  const isOperator = async (asker: Asker): Promise<boolean> =>
    (await operatorOf(database.query)) === organisationOf(asker);
  /** Of the own organisation; whoever operates the server reads cases of groups in all of them, and clears those. */
  const readable = async (asker: Asker, id: string): Promise<GuardCase> => {
    try {
      return await guard.caseOf(organisationOf(asker), id);
    } catch (error) {
      if (!TiegelError.isInstance(error) || !(await isOperator(asker))) throw error;
      return await guard.clusterCaseOf(id);
    }
  };
  const change = async (
    asker: Asker,
    id: string,
    action: 'guard.case.cleared' | 'guard.case.reopened' | 'rate_limit.updated',
    check: (found: GuardCase) => Promise<void> = async () => {},
  ): Promise<GuardCase> =>
    recording(refused, asker, { action, target: { type: 'guard_case', id } }, async () => {
      const found =
        action === 'guard.case.cleared'
          ? await readable(asker, id)
          : await guard.caseOf(organisationOf(asker), id);
      await check(found);
      return found;
    });
  return {
    cases: async (asker, { state, after, limit }) => {
      const organisation = organisationOf(asker);
      const page = {
        ...{ state: state ?? undefined, after: after ?? undefined },
        allClusters: await isOperator(asker),
      };
      const found = await guard.casesBySuspicion(organisation, { ...page, limit: (limit ?? usualPage) + 1 });
      const organisations = [...new Set(found.map((one) => one.organisation as OrganisationId))];
      const names = namesIn((await Promise.all(organisations.map((each) => accounts.list(each)))).flat());
      const limits = found.length === 0 ? [] : await limitsAt(database, clock.now());
      return found.map((one) => summaryOf(one, { names, limits }));
    },
    getCase: async (asker, id) => shown(await readable(asker, id), await isOperator(asker)),
    evidence: async (asker, id) => signCaseFile(store, attestations, await readable(asker, id), clock),
    clear: async (asker, id, reason) => {
      const found = await change(asker, id, 'guard.case.cleared');
      const author = withReason(asker, reason);
      const clearsAll = await isOperator(asker);
      const [cleared] = await clearWithMeasures(store, found, { author, clock, clearsAll });
      return shown(cleared, clearsAll);
    },
    reopen: async (asker, id, reason) => {
      await change(asker, id, 'guard.case.reopened');
      const reopened = await guard.reopenCase(organisationOf(asker), id, withReason(asker, reason));
      return shown(reopened, await isOperator(asker));
    },
    setMeasure: async (asker, id, { measure, in_force, reason }) => {
      const found = await change(asker, id, 'rate_limit.updated', async (one) => {
        if (in_force) requireMeasurable(one, measure, await limitsAt(database, clock.now()));
      });
      const author = withReason(asker, reason);
      if (in_force) await beginMeasure(store, measure, found, author, clock);
      else await endMeasures(store, [measure], found, author, clock);
      return shown(found, await isOperator(asker));
    },
  };
}

/** @throws TGL_GUARD_MEASURE_REFUSED */
function requireMeasurable(found: GuardCase, measure: MeasureName, limits: readonly Limit[]): void {
  if (measuredOf(found).length === 0)
    throw measureRefused(
      measure,
      'none of the accounts has two reasons of different kinds; limit one by `tiegel limit`',
    );
  const other = measuresOf(limits, found).find(({ name }) => name === measure)?.other;
  if (found.state === 'cleared') throw measureRefused(measure, 'the case is cleared');
  if (other !== undefined)
    throw measureRefused(measure, `the account has the limit ${other.id} of that kind, which stays`);
}

async function caseShown(
  { guard, audit, accounts, database }: Store,
  clock: Clock,
  found: GuardCase,
  clearsAll: boolean,
): Promise<GuardCaseBody> {
  const organisation = found.organisation as OrganisationId;
  const begun = await guard.limitIds(organisation, limitPrefixes(found));
  const log = await audit.list(organisation, { targets: [found.id, ...begun], limit: mostLogEntries });
  const limits = await limitsAt(database, clock.now());
  const names = namesIn(await accounts.list(organisation));
  return bodyOf(found, { names, log, limits, clearsAll: clearsAll && found.cluster !== null });
}

function measureRefused(measure: string, problem: string): TiegelError {
  return new TiegelError('TGL_GUARD_MEASURE_REFUSED', { measure, problem });
}
