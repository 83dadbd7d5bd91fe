// The record says what the configuration is, and what nobody said.
import { expect, test } from 'vitest';
import type { EnginePlace } from '../base/index.ts';
import { effectivePolicy } from './policy/combine.ts';
import { presets } from './policy/presets.ts';
import { type ProcessingFacts, processingRecord } from './processing-record.ts';

const own: EnginePlace = { region: 'DE-BE', operator: null, ownHardware: true, host: null };
const near: EnginePlace = {
  ...{ region: 'IE', ownHardware: false, host: 'near.example' },
  operator: { name: 'Near Ltd', country: 'IE' },
};
const far: EnginePlace = { ...near, operator: { name: 'Far Inc.', country: 'US' } };
const unknown: EnginePlace = { region: null, operator: null, ownHardware: false, host: 'x.example' };

const facts: ProcessingFacts = {
  ...{ organisation: 'default', at: '2026-11-30T00:00:00.000Z', policyVersion: 3, store: 'a file' },
  policy: effectivePolicy(undefined),
  statement: {
    controller: 'Near GmbH, Berlin',
    contact: 'privacy@near.example',
    purposes: ['answering staff'],
  },
  models: [
    { name: 'nano', places: [own] },
    { name: 'r1', places: [near, near] },
    { name: 'abroad', places: [far, unknown] },
  ],
  people: { accounts: 1, principals: 2, keys: 3 },
};

test('names each operator in each region once, with its country, and what is a transfer', () => {
  const { recipients, transfers } = processingRecord(facts);
  expect(recipients).toEqual([
    { operator: 'own hardware', region: 'Germany (DE-BE)', models: ['nano'], allowed: true },
    { operator: 'Near Ltd, Ireland', region: 'Ireland (IE)', models: ['r1'], allowed: true },
    { operator: 'Far Inc., United States', region: 'Ireland (IE)', models: ['abroad'], allowed: true },
    { operator: 'undeclared', region: 'undeclared', models: ['abroad'], allowed: true },
  ]);
  expect(transfers.map(({ operator }) => operator)).toEqual(['Far Inc., United States', 'undeclared']);
});

test('a recipient that the policy forbids stays in sight and is no transfer', () => {
  const record = processingRecord({ ...facts, policy: effectivePolicy(presets['eu-only'].document) });
  expect(record.recipients.map(({ allowed }) => allowed)).toEqual([true, true, false, false]);
  expect(record.transfers).toEqual([]);
});

test('periods are those of the policy', () => {
  const keptOf = (policy: ProcessingFacts['policy']) =>
    processingRecord({ ...facts, policy }).categories.map(({ kept }) => kept);
  expect(keptOf(facts.policy)).toEqual([
    'not kept',
    'at most 24 hours, where any are stored',
    'until the person is erased',
    '3650 days by the policy, then removed within two days; sums of use stay',
    '3650 days by the policy, then removed within two days',
  ]);
  const longer = effectivePolicy({ schema: 1, retention: { contentDays: 30, idempotencyHours: 0 } });
  expect(keptOf(longer).slice(0, 2)).toEqual(['at most 30 days', 'not kept']);
});

test('what nobody said is missing, and is not made up', () => {
  expect(processingRecord(facts).missing).toEqual([
    'the region of abroad (undeclared)',
    'the operator of abroad',
  ]);
  const bare = processingRecord({ ...facts, models: [], statement: {} });
  expect(bare).toMatchObject({ controller: null, contact: null, purposes: [] });
  expect(bare.missing).toHaveLength(3);
});
