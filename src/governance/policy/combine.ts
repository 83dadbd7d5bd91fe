// Of several policies the stricter holds, in each of its parts by itself: an account's policy adds to what its organisation
// asks for and takes nothing away from it.
import { isWithinRegion } from '../../base/index.ts';
import { type Allowed, defaultPolicy, type Policy, type PolicyDocument } from './policy.ts';

/** The policy that holds for an account. What its organisation left out is as in the default. */
export function effectivePolicy(
  organisation: PolicyDocument | undefined,
  account?: PolicyDocument | undefined,
): Policy {
  const base = completed(organisation);
  return account === undefined ? base : completed(strictestOf([{ schema: 1, ...base }, account]));
}

function completed({ retention, engines, egress }: Partial<PolicyDocument> = {}): Policy {
  return {
    retention: { ...defaultPolicy.retention, ...retention },
    engines: { ...defaultPolicy.engines, ...engines },
    egress: egress ?? defaultPolicy.egress,
  };
}

/** What all of them allow: the shortest times, the entries of all lists. What the organisation states of itself, the last says. */
export function strictestOf(documents: readonly PolicyDocument[]): PolicyDocument {
  const retention = members(documents, 'retention', times);
  const engines = members(documents, 'engines', lists);
  const egress = documents.map((document) => document.egress).filter((value) => value !== undefined);
  const statement = Object.assign({}, ...documents.map((document) => document.statement));
  return {
    schema: 1,
    ...(retention !== undefined && { retention }),
    ...(engines !== undefined && { engines }),
    ...(egress.length > 0 && { egress: egress.includes('own-hardware') ? 'own-hardware' : 'any' }),
    ...(Object.keys(statement).length > 0 && { statement }),
  };
}

const times = {
  contentDays: Math.min,
  idempotencyHours: Math.min,
  auditDays: Math.min,
  ledgerDays: Math.min,
} as const;

const lists = {
  regions: (one: Allowed, other: Allowed) => inBoth(one, other, isWithinRegion),
  operators: (one: Allowed, other: Allowed) => inBoth(one, other, Object.is),
  operatorCountries: (one: Allowed, other: Allowed) => inBoth(one, other, Object.is),
} as const;

/** A part of the documents, each of its members combined over those that have it; undefined where none has the part. */
function members<Part extends 'retention' | 'engines', Value>(
  documents: readonly PolicyDocument[],
  part: Part,
  combine: Readonly<Record<string, (one: Value, other: Value) => Value>>,
): PolicyDocument[Part] | undefined {
  const given = documents.flatMap((document) => document[part] ?? []) as Readonly<Record<string, Value>>[];
  if (given.length === 0) return undefined;
  const combined = Object.entries(combine).flatMap(([name, stricter]) => {
    const values = given.flatMap((one) => (name in one ? [one[name] as Value] : []));
    return values.length === 0 ? [] : [[name, values.reduce((one, other) => stricter(one, other))]];
  });
  return Object.fromEntries(combined);
}

/** @param isPartOf whether the first entry is allowed where the second one is */
function inBoth(
  one: Allowed,
  other: Allowed,
  isPartOf: (entry: string, allowed: string) => boolean,
): Allowed {
  if (one === 'any') return other;
  if (other === 'any') return one;
  const within = (entries: readonly string[], limits: readonly string[]): readonly string[] =>
    entries.filter((entry) => limits.some((limit) => isPartOf(entry, limit)));
  return [...new Set([...within(one, other), ...within(other, one)])];
}
