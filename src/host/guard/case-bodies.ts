// Cases as the API tells them to people of the organisation whose case it is: of other organisations there are counts, and no names.
import { lookUp } from '../../base/index.ts';
import type { Evidence } from '../../guard/index.ts';
import type { AuditEntry, GuardCase, Limit } from '../../store/index.ts';
import type { GuardCaseBody, GuardCaseSummary, GuardCluster, GuardedUse } from '../../wire/index.ts';
import { type MeasureName, measureOfLimit, measuresOf } from './measures.ts';

/** Names of accounts by their identifiers. */
export type AccountNames = Readonly<Record<string, string>>;

type Around = { readonly names: AccountNames; readonly limits: readonly Limit[] };

export function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

export function namesIn(accounts: readonly { readonly id: string; readonly name: string }[]): AccountNames {
  return Object.fromEntries(accounts.map(({ id, name }) => [id, name]));
}

export function summaryOf(found: GuardCase, { names, limits }: Around): GuardCaseSummary {
  const { id, account, use_class, level, state, statistic, opened_at, closed_at } = found;
  const { cluster, judgement, requests, traceTokens, weekBegan } = found.evidence as Evidence;
  const inForce = measuresOf(limits, found).flatMap((measure) =>
    measure.inForce === undefined ? [] : [measure.name],
  );
  return {
    ...{ id, object: 'guard_case', account, account_name: lookUp(names, account) ?? null },
    ...{ accounts: cluster?.members.length ?? 1, class: use_class as GuardedUse, level, state },
    ...{ statistic: statistic / 1000, bound: cluster?.bound ?? judgement.p },
    ...{ requests, trace_tokens: traceTokens, week_began: secondsOf(Date.parse(weekBegan)) },
    ...{ opened_at: secondsOf(opened_at), closed_at: closed_at === null ? null : secondsOf(closed_at) },
    measures: inForce,
  };
}

/** @param log entries about the case and its measures, the newest first */
export function bodyOf(
  found: GuardCase,
  {
    log,
    clearsAll,
    ...around
  }: Around & { readonly log: readonly AuditEntry[]; readonly clearsAll: boolean },
): GuardCaseBody {
  const evidence = found.evidence as Evidence;
  const { judgement, contributions, clearedBy, notKnown, rate, calibrated, score, cluster } = evidence;
  const { honestWeeks, requests: reached, thresholds } = judgement;
  const own = (kind: string): boolean => !isOtherOrganisation(kind, found.organisation);
  const kinds = evidence.kinds.filter(own);
  return {
    ...summaryOf(found, around),
    ...{ honest_weeks: honestWeeks, reached_after: reached, rate, thresholds },
    ...{ calibrated_at: secondsOf(Date.parse(calibrated)), score },
    contributions: contributions.map(({ feature, value, honestMedian, percentile, logOdds }) => ({
      ...{ feature, value, honest_median: honestMedian, percentile, log_odds: logOdds },
    })),
    ...{ cleared_by: clearedBy, kinds, other_kinds: evidence.kinds.length - kinds.length },
    ...{ not_known: notKnown, clears_all: clearsAll },
    cluster: cluster === undefined ? null : clusterOf(cluster, found.organisation, around.names),
    measures: measuresOf(around.limits, found).map(({ name, amount, unit, period, inForce, other }) => ({
      ...{ name, since: inForce === undefined ? null : beganAt(log, inForce.id) },
      ...{ amount, unit, period, other_limit: other?.id ?? null },
    })),
    log: log.map(({ at, action, actor, reason, target }) => ({
      ...{ at: secondsOf(at), action, measure: measureOf(target) },
      ...{ by: 'principal' in actor ? actor.principal : actor.type, reason },
    })),
  };
}

function measureOf({ type, id }: AuditEntry['target']): MeasureName | null {
  return type === 'rate_limit' ? (measureOfLimit(id) ?? null) : null;
}

/** The oldest that is told where there were too many changes since. */
function beganAt(log: readonly AuditEntry[], limit: string): number {
  const entry = log.find(({ target }) => target.id === limit) ?? log.at(-1);
  return secondsOf(entry?.at ?? 0);
}

/** Calibrations on observed weeks call their kinds by the organisations. */
export function isOtherOrganisation(kind: string, organisation: string): boolean {
  return /^org_[0-9a-f]{30}$/.test(kind) && kind !== organisation;
}

function clusterOf(
  cluster: NonNullable<Evidence['cluster']>,
  asking: string,
  names: AccountNames,
): GuardCluster {
  const { members, links, edges, eValue, novelTraceTokens, reasons } = cluster;
  return {
    members: members.map(({ organisation, account, requests, traceTokens, joinedBy, measured }) => {
      const isOwn = organisation === asking;
      return {
        account: isOwn ? account : null,
        name: isOwn ? (lookUp(names, account) ?? null) : null,
        ...{ requests, trace_tokens: traceTokens },
        // Of before it was kept who is joined by what nobody is measured.
        ...{ joined_by: joinedBy ?? [], measured: measured ?? false },
      };
    }),
    ...{ e_value: eValue, novel_trace_tokens: novelTraceTokens, reasons, edges },
    links: links.map(({ test, accounts, neighbours, limit, eValue: value }) => ({
      ...{ test, accounts, neighbours, limit, e_value: value },
    })),
  };
}
