// The record of processing activities that Article 30 of the GDPR asks for, out of the configuration as it is at this moment. What
// nobody declared is named as missing instead of being filled in.
import { countryName, type EnginePlace, placeText } from '../base/index.ts';
import { mayServe } from './policy/may-serve.ts';
import type { Policy, Statement } from './policy/policy.ts';
import { europeanEconomicArea } from './policy/presets.ts';

export type ProcessingFacts = {
  readonly organisation: string;
  /** ISO 8601. */
  readonly at: string;
  readonly policy: Policy;
  /** 0 where nobody set one. */
  readonly policyVersion: number;
  readonly statement: Statement;
  /** The models that are in the catalog, with the places of their engines. */
  readonly models: readonly { readonly name: string; readonly places: readonly EnginePlace[] }[];
  /** Where accounts, ledger and audit log lie, without secrets. */
  readonly store: string;
  /** Who the people are whose requests are answered, in numbers. */
  readonly people: { readonly accounts: number; readonly principals: number; readonly keys: number };
};

export type Recipient = {
  readonly operator: string;
  readonly region: string;
  readonly models: readonly string[];
  /** The policy lets it have requests. */
  readonly allowed: boolean;
};

export type ProcessingRecord = {
  readonly organisation: string;
  readonly at: string;
  readonly policyVersion: number;
  readonly controller: string | null;
  readonly contact: string | null;
  readonly purposes: readonly string[];
  readonly dataSubjects: string;
  readonly categories: readonly Category[];
  readonly recipients: readonly Recipient[];
  /** Recipients outside the EU and EEA, or whose operator is. */
  readonly transfers: readonly Recipient[];
  readonly measures: readonly string[];
  /** What Article 30 asks for and nobody said. */
  readonly missing: readonly string[];
};

export type Category = { readonly data: string; readonly where: string; readonly kept: string };

export function processingRecord(facts: ProcessingFacts): ProcessingRecord {
  const { organisation, at, policyVersion, statement, people } = facts;
  const recipients = recipientsOf(facts);
  const own = 'own hardware';
  return {
    ...{ organisation, at, policyVersion },
    controller: statement.controller ?? null,
    contact: statement.contact ?? null,
    purposes: statement.purposes ?? [],
    dataSubjects: `${people.principals} people and services with ${people.keys} keys in ${people.accounts} accounts, and whoever their requests speak of`,
    categories: categoriesOf(facts),
    recipients: recipients.map(({ place: _, ...recipient }) => recipient),
    transfers: recipients
      .filter(({ place, allowed }) => allowed && !place.ownHardware && isTransfer(place))
      .map(({ place: _, ...recipient }) => recipient),
    measures: measuresOf(facts),
    missing: [
      ...(statement.controller === undefined ? ['the name of the controller (statement.controller)'] : []),
      ...(statement.contact === undefined ? ['how the controller is reached (statement.contact)'] : []),
      ...(statement.purposes === undefined ? ['the purposes (statement.purposes)'] : []),
      ...recipients.flatMap(({ place, models, operator }) => [
        ...(place.region === null ? [`the region of ${models.join(', ')} (${operator})`] : []),
        ...(place.operator === null && operator !== own ? [`the operator of ${models.join(', ')}`] : []),
      ]),
    ],
  };
}

/** Abroad, or where nobody can say that it is not. */
function isTransfer({ region, operator }: EnginePlace): boolean {
  const isInside = (code: string | undefined): boolean =>
    code !== undefined && europeanEconomicArea.includes(code.slice(0, 2));
  return !isInside(region ?? undefined) || !isInside(operator?.country);
}

/** Each operator in each region once. */
function recipientsOf({ models, policy }: ProcessingFacts): readonly (Recipient & { place: EnginePlace })[] {
  const all = models.flatMap(({ name, places }) => places.map((place) => ({ name, place })));
  return [...Map.groupBy(all, ({ place }) => placeText(place)).values()].map((group) => {
    const { place } = group[0] as (typeof all)[number];
    const { region, operator, ownHardware } = place;
    const entity = operator === null ? 'undeclared' : `${operator.name}, ${countryName(operator.country)}`;
    return {
      operator: ownHardware ? 'own hardware' : entity,
      region: region === null ? 'undeclared' : `${countryName(region)} (${region})`,
      models: [...new Set(group.map(({ name }) => name))],
      allowed: mayServe(policy, place).allowed,
      place,
    };
  });
}

function categoriesOf({ policy, store }: ProcessingFacts): readonly Category[] {
  const { contentDays, idempotencyHours, auditDays, ledgerDays } = policy.retention;
  const kept = (count: number, unit: string): string =>
    count === 0 ? 'not kept' : `at most ${count} ${unit}`;
  // Rows go by whole days of UTC, once a day.
  const byPolicy = (days: number): string =>
    `${Math.max(days, 1)} days by the policy, then removed within two days; sums of use stay`;
  return [
    {
      data: 'what people and models wrote',
      where:
        'in memory while a request runs; where it is kept, sealed by principal and month in the data directory',
      kept: kept(contentDays, 'days'),
    },
    {
      data: 'answers that a repeated request gets again',
      where: store,
      kept: idempotencyHours === 0 ? 'not kept' : `at most ${idempotencyHours} hours, where any are stored`,
    },
    {
      data: 'names, e-mail addresses and sign-in names of people',
      where: store,
      kept: 'until the person is erased',
    },
    {
      data: 'who asked which model when, with counts of tokens and amounts of money (ledger; no content)',
      where: store,
      kept: byPolicy(ledgerDays),
    },
    {
      data: 'who changed what when (audit log; no content)',
      where: store,
      kept: `${Math.max(auditDays, 1)} days by the policy, then removed within two days`,
    },
  ];
}

function measuresOf({ policy, store }: ProcessingFacts): readonly string[] {
  return [
    'Keys are kept as HMAC-SHA-256 under a pepper that lies outside the database.',
    'Each organisation sees its own rows alone; every query names it.',
    'The audit log is a chain of hashes, in the transaction of each change; changes that were refused stand in it too.',
    'An engine gets a request only after the data policy allowed its declared place, before routing, retries and fallbacks.',
    ...(policy.retention.contentDays === 0
      ? ['No content is stored.']
      : ['Stored content is sealed with AES-256-GCM; an erasure destroys the key, which reaches backups.']),
    `Accounts, ledger and audit log lie in ${store}.`,
  ];
}
