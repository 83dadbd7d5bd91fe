// Measures against the account of a case, or those that belong together: limits that replace none that is there, name their case, and end
// when a person clears it or ends them. The guard begins the first one by itself where it is told so; the second one is for a person only.
import type { Clock } from '../../base/index.ts';
import { membersIn } from '../../guard/index.ts';
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
  const accounts = membersIn(evidence).length;
  if (amount === null || amount === 0 || accounts === 0) return amount ?? 0;
  return Math.max(leastPerDay, Math.floor(amount / accounts));
}

/** The account of a case, or those of its organisation that belong together, each with a limit of its own. */
function subjectsOf(limited: Limited): readonly Limited[] {
  const { id, organisation, evidence } = limited;
  const members = membersIn(evidence).filter((member) => member.organisation === organisation);
  if (members.length === 0) return [limited];
  return members.map(({ account }) => ({ id: `${id}_${account}`, organisation, account }));
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
  return measureNames.map((name) => {
    const { prefix, unit, period } = measures[name];
    const amount = amountFor(measures[name], limited);
    const same = limits.find(
      (limit) => countsFor(limit, limited) && limit.unit === unit && limit.period === period,
    );
    // Each time it begins its limit has another identifier.
    const isMine = same?.id.startsWith(`${prefix}_${limited.id}`) ?? false;
    return {
      name,
      amount,
      unit,
      period,
      inForce: isMine ? same : undefined,
      other: isMine ? undefined : same,
    };
  });
}

function countsFor({ organisation, scope, subject, model }: Limit, limited: Limited): boolean {
  return (
    organisation === limited.organisation &&
    scope === 'account' &&
    subject === limited.account &&
    model === null
  );
}

/** False where all accounts of the case have a limit of that kind already, as low or of somebody else. @throws TGL_STORE_UNAVAILABLE */
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
  for (const subject of subjectsOf(limited)) {
    const state = measuresOf(limits, subject).find((one) => one.name === name)!;
    // Of a group that has grown each member has less.
    const isEnough = state.inForce !== undefined && (state.inForce.amount ?? 0) <= amount;
    if (isEnough || state.other !== undefined) continue;
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
  { context, database }: StoreOfLimits,
  names: readonly MeasureName[],
  limited: Limited,
  author: Author,
  clock: Clock,
): Promise<readonly MeasureName[]> {
  const now = clock.now();
  const limits = await limitsAt(database, now);
  const ended = new Set<MeasureName>();
  for (const subject of subjectsOf(limited))
    for (const { name, inForce } of measuresOf(limits, subject)) {
      if (inForce === undefined || !names.includes(name)) continue;
      await addLimit(context, author, {
        ...inForce,
        organisation: limited.organisation as OrganisationId,
        ...{ id: `${inForce.id}_ended`, amount: null, validFrom: now },
      });
      ended.add(name);
    }
  return [...ended];
}

/** By the guard itself. */
export function automaticAuthor(limited: Limited): Author {
  return { actor: { type: 'server' }, request: null, reason: `measure of the guard's case ${limited.id}` };
}
