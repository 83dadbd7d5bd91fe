// Measures against the account of a case, or against those of accounts that belong together that have two reasons: limits that replace none
// that is there, name their case, and end when a person clears it or ends them. The guard begins the first one by itself where it is told so;
// the second one is for a person only.
import type { Clock } from '../../base/index.ts';
import { measuredIn, membersIn } from '../../guard/index.ts';
import {
  type Author,
  addLimit,
  type GuardCase,
  type Limit,
  limitsAt,
  type Store,
} from '../../store/index.ts';
import type { OrganisationId } from '../../traffic/index.ts';

/** Enough to go on working by hand. Chosen, not derived: nothing was measured about how much a harvest needs. */
export const tracesPerDay = 50_000;

export type MeasureName = 'slow-down' | 'block';

type Measure = Pick<Limit, 'unit' | 'period' | 'amount'> & { readonly prefix: string };

const measures: Readonly<Record<MeasureName, Measure>> = {
  'slow-down': { prefix: 'limit', unit: 'reasoning-tokens', period: 'day', amount: tracesPerDay },
  block: { prefix: 'block', unit: 'requests', period: 'day', amount: 0 },
};

export const measureNames: readonly MeasureName[] = Object.keys(measures) as MeasureName[];

export type Limited = Pick<GuardCase, 'id' | 'organisation' | 'account'> &
  Partial<Pick<GuardCase, 'evidence'>>;

/** Enough for a question now and then. */
const leastPerDay = 500;

/** Accounts that belong together share what one would have, so that splitting buys nothing. */
function amountFor({ amount }: Measure, { evidence }: Limited): number {
  const accounts = measuredIn(evidence).length;
  if (amount === null || amount === 0 || accounts === 0) return amount ?? 0;
  return Math.max(leastPerDay, Math.floor(amount / accounts));
}

/** Of a case of accounts that belong together one of them, which has a limit of its own. */
function subjectOf({ id, organisation, evidence }: Limited, account: string): Limited {
  return { id: `${id}_${account}`, organisation, account, evidence };
}

/** The account of a case, or those of its organisation that belong together and are measured. */
export function measuredOf(limited: Limited): readonly Limited[] {
  const { organisation, evidence } = limited;
  if (membersIn(evidence).length === 0) return [limited];
  return measuredIn(evidence)
    .filter((member) => member.organisation === organisation)
    .map(({ account }) => subjectOf(limited, account));
}

/** Those as well that are not measured, or not any more. */
function allOf(limited: Limited): readonly Limited[] {
  const { organisation, evidence } = limited;
  const members = membersIn(evidence).filter((member) => member.organisation === organisation);
  return members.length === 0 ? [limited] : members.map(({ account }) => subjectOf(limited, account));
}

type StoreOfLimits = Pick<Store, 'context' | 'database'>;

/** What a measure comes to for the account of a case. */
export type MeasureState = {
  readonly name: MeasureName;
  readonly amount: number;
  readonly unit: Limit['unit'];
  readonly period: Limit['period'];
  /** The limit that the measure is; undefined where it is not in force. */
  readonly inForce: Limit | undefined;
  /** Another limit that counts the same, beside which the measure cannot be had. */
  readonly other: Limit | undefined;
};

/** With which the identifiers of a case's limits begin. */
export function limitPrefixes({ id }: Limited): readonly string[] {
  return measureNames.map((name) => `${measures[name].prefix}_${id}`);
}

/** Undefined for a limit that is no measure. */
export function measureOfLimit(id: string): MeasureName | undefined {
  return measureNames.find((name) => id.startsWith(`${measures[name].prefix}_case_`));
}

/** @param limits those that hold */
export function measuresOf(limits: readonly Limit[], limited: Limited): readonly MeasureState[] {
  const subjects = measuredOf(limited);
  return measureNames.map((name) => {
    const { unit, period } = measures[name];
    const states = subjects.map((subject) => stateOf(limits, name, subject));
    return {
      ...{ name, unit, period, amount: amountFor(measures[name], limited) },
      inForce: states.find(({ inForce }) => inForce !== undefined)?.inForce,
      // Where some can have it, it can be begun.
      other: states.every(({ other }) => other !== undefined) ? states[0]?.other : undefined,
    };
  });
}

type SubjectState = Pick<MeasureState, 'inForce' | 'other'>;

function stateOf(limits: readonly Limit[], name: MeasureName, subject: Limited): SubjectState {
  const { prefix, unit, period } = measures[name];
  const same = limits.find(
    (limit) => countsFor(limit, subject) && limit.unit === unit && limit.period === period,
  );
  // Each time it begins its limit has another identifier.
  const isMine = same?.id.startsWith(`${prefix}_${subject.id}`) ?? false;
  return { inForce: isMine ? same : undefined, other: isMine ? undefined : same };
}

function countsFor({ organisation, scope, subject, model }: Limit, limited: Limited): boolean {
  return (
    organisation === limited.organisation &&
    scope === 'account' &&
    subject === limited.account &&
    model === null
  );
}

/** False where all accounts that are measured have a limit of that kind already, as low or of somebody else. @throws TGL_STORE_UNAVAILABLE */
export async function beginMeasure(
  { context, database }: StoreOfLimits,
  name: MeasureName,
  limited: Limited,
  author: Author,
  clock: Clock,
): Promise<boolean> {
  const now = clock.now();
  const limits = await limitsAt(database, now);
  const { prefix, unit, period } = measures[name];
  const amount = amountFor(measures[name], limited);
  let begun = false;
  for (const subject of measuredOf(limited)) {
    const { inForce, other } = stateOf(limits, name, subject);
    // Of a group that has grown each member has less.
    const isEnough = inForce !== undefined && (inForce.amount ?? 0) <= amount;
    if (isEnough || other !== undefined) continue;
    await addLimit(context, author, {
      ...{ id: `${prefix}_${subject.id}_${now}`, organisation: subject.organisation as OrganisationId },
      ...{ scope: 'account', subject: subject.account, model: null, unit, period, amount },
      ...{ enforcement: 'hard', validFrom: now },
    });
    begun = true;
  }
  return begun;
}

/** Ends measures of a case, and no other limits. @returns those that were in force @throws TGL_STORE_UNAVAILABLE */
export async function endMeasures(
  store: StoreOfLimits,
  names: readonly MeasureName[],
  limited: Limited,
  author: Author,
  clock: Clock,
): Promise<readonly MeasureName[]> {
  const limits = await limitsAt(store.database, clock.now());
  const inForce = allOf(limited).flatMap((subject) =>
    names.flatMap((name) => stateOf(limits, name, subject).inForce ?? []),
  );
  await endLimits(store, inForce, author, clock);
  return names.filter((name) => inForce.some(({ id }) => measureOfLimit(id) === name));
}

/**
 * Clears a case and ends its measures; of a group, where whoever operates the server clears it, those of all organisations that have a part.
 *
 * @returns what was cleared, the case that is meant first @throws TGL_GUARD_CASE_UNKNOWN, TGL_STORE_UNAVAILABLE
 */
export async function clearWithMeasures(
  store: StoreOfLimits & Pick<Store, 'guard'>,
  { organisation, id, cluster }: GuardCase,
  {
    author,
    clock,
    clearsAll,
  }: { readonly author: Author; readonly clock: Clock; readonly clearsAll: boolean },
): Promise<readonly [GuardCase, ...GuardCase[]]> {
  const cleared = await store.guard.clearCase(organisation as OrganisationId, id, author);
  const others = cluster === null || !clearsAll ? [] : await store.guard.clearCluster(cluster, author);
  for (const one of [cleared, ...others]) await endMeasures(store, measureNames, one, author, clock);
  return [cleared, ...others];
}

/**
 * Brings measures of a case of accounts that belong together to how it stands now: of members that are not measured what the guard may begin by
 * itself ends, whichever such case it was begun for, since who was measured as one of a group need not be once that has grown, or become one with
 * another; where it is asked for, it begins for the others.
 *
 * @throws TGL_STORE_UNAVAILABLE
 */
export async function settleMeasures(
  store: StoreOfLimits,
  found: GuardCase,
  { isAutomatic, clock }: { readonly isAutomatic: boolean; readonly clock: Clock },
): Promise<void> {
  const measured = new Set(measuredOf(found).map(({ account }) => account));
  const others = new Set(allOf(found).flatMap(({ account }) => (measured.has(account) ? [] : [account])));
  const ofGroup = new RegExp(`^${measures['slow-down'].prefix}_case_[0-9a-f]+_(.+)_[0-9]+$`);
  const limits = (await limitsAt(store.database, clock.now())).filter(
    ({ id, organisation, subject }) =>
      organisation === found.organisation && others.has(subject ?? '') && ofGroup.exec(id)?.[1] === subject,
  );
  await endLimits(store, limits, unmeasuredAuthor(found), clock);
  if (isAutomatic && found.level === 'measure')
    await beginMeasure(store, 'slow-down', found, automaticAuthor(found), clock);
}

async function endLimits(
  { context }: StoreOfLimits,
  limits: readonly Limit[],
  author: Author,
  clock: Clock,
): Promise<void> {
  for (const limit of limits)
    await addLimit(context, author, {
      ...limit,
      organisation: limit.organisation as OrganisationId,
      ...{ id: `${limit.id}_ended`, amount: null, validFrom: clock.now() },
    });
}

/** By the guard itself. */
export function automaticAuthor(limited: Limited): Author {
  return { actor: { type: 'server' }, request: null, reason: `measure of the guard's case ${limited.id}` };
}

function unmeasuredAuthor({ id }: Limited): Author {
  const reason = `one kind of tests alone joins it to the accounts of the guard's case ${id}`;
  return { actor: { type: 'server' }, request: null, reason };
}
