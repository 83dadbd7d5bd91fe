// What a policy may say, what several of them come to, and which engines are left.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EnginePlace } from '../../base/index.ts';
import { effectivePolicy, strictestOf } from './combine.ts';
import { mayServe, permittedOf } from './may-serve.ts';
import { type Allowed, defaultPolicy, type Policy, type PolicyDocument, parsePolicy } from './policy.ts';
import { presets } from './presets.ts';

const regions = ['DE', 'DE-BE', 'FR', 'IE', 'US', 'US-CA'];
const countries = ['DE', 'FR', 'IE', 'US'];
const names = ['Near GmbH', 'Far Ltd', 'Farther Inc.'];

const listOf = (entries: readonly string[]): fc.Arbitrary<Allowed> =>
  fc.oneof(fc.constant('any' as const), fc.subarray([...entries]));

const optional = <Value extends object>(value: fc.Arbitrary<Partial<Value>>) =>
  fc.option(value, { nil: undefined });

const documents: fc.Arbitrary<PolicyDocument> = fc
  .record({
    retention: optional(
      fc.record(
        {
          contentDays: fc.nat(100),
          idempotencyHours: fc.nat(24),
          auditDays: fc.nat(4000),
          ledgerDays: fc.nat(4000),
        },
        { requiredKeys: [] },
      ),
    ),
    engines: optional(
      fc.record(
        { regions: listOf(regions), operators: listOf(names), operatorCountries: listOf(countries) },
        { requiredKeys: [] },
      ),
    ),
    egress: fc.option(fc.constantFrom('any' as const, 'own-hardware' as const), { nil: undefined }),
  })
  .map(({ retention, engines, egress }) => ({
    schema: 1,
    ...(retention !== undefined && { retention }),
    ...(engines !== undefined && { engines }),
    ...(egress !== undefined && { egress }),
  }));

const operators = [null, ...names.flatMap((name) => countries.map((country) => ({ name, country })))];
const allPlaces: readonly EnginePlace[] = [null, ...regions].flatMap((region) => [
  { region, operator: null, ownHardware: true, host: null },
  ...operators.map((operator) => ({ region, operator, ownHardware: false, host: 'far.example' })),
]);

const allowedBy = (policy: Policy): readonly EnginePlace[] =>
  allPlaces.filter((place) => mayServe(policy, place).allowed);

describe('several policies', () => {
  test('allow what all of them allow, and keep as long as the one that keeps least', () => {
    fc.assert(
      fc.property(documents, documents, (organisation, account) => {
        const base = effectivePolicy(organisation);
        const both = effectivePolicy(organisation, account);
        const alone = effectivePolicy(account);
        const expected = allowedBy(base).filter((place) => mayServe(alone, place).allowed);
        expect(allowedBy(both)).toEqual(expected);
        for (const name of Object.keys(base.retention) as (keyof Policy['retention'])[]) {
          const given = account.retention?.[name] ?? Number.POSITIVE_INFINITY;
          expect(both.retention[name]).toBe(Math.min(base.retention[name], given));
        }
      }),
    );
  });

  test('combined into one document mean the same, in any order, and none of them allows more than one alone', () => {
    fc.assert(
      fc.property(fc.array(documents, { minLength: 1, maxLength: 4 }), (several) => {
        const combined = effectivePolicy(strictestOf(several));
        const reversed = effectivePolicy(strictestOf(several.toReversed()));
        expect(allowedBy(reversed)).toEqual(allowedBy(combined));
        expect(reversed.retention).toEqual(combined.retention);
        for (const one of several) {
          const alone = effectivePolicy(one);
          expect(allowedBy(combined).every((place) => mayServe(alone, place).allowed)).toBe(true);
        }
        const parsed = parsePolicy(JSON.parse(JSON.stringify(strictestOf(several))));
        expect(parsed).toEqual(strictestOf(several));
      }),
    );
  });
});

test('without a policy nothing that was written is kept, and every engine may answer', () => {
  expect(effectivePolicy(undefined)).toEqual(defaultPolicy);
  expect(defaultPolicy.retention.contentDays).toBe(0);
  expect(allowedBy(defaultPolicy)).toEqual(allPlaces);
});

describe('the preset', () => {
  const of = (name: keyof typeof presets): Policy => effectivePolicy(parsePolicy(presets[name].document));
  const far = (region: string | null, country: string): EnginePlace => ({
    ...{ region, ownHardware: false, host: 'far.example' },
    operator: { name: 'Far Ltd', country },
  });
  const own = (region: string | null): EnginePlace => ({
    ...{ region, operator: null, ownHardware: true, host: null },
  });

  test('eu-only looks at the place and at the operator, and takes nothing for granted', () => {
    const policy = of('eu-only');
    expect(mayServe(policy, far('IE', 'IE'))).toEqual({ allowed: true });
    expect(mayServe(policy, far('NO', 'DE'))).toEqual({ allowed: true });
    expect(mayServe(policy, own('DE-BE'))).toEqual({ allowed: true });
    expect(mayServe(policy, far('IE', 'CN'))).toEqual({ allowed: false, rule: 'engines.operatorCountries' });
    expect(mayServe(policy, far('CN', 'IE'))).toEqual({ allowed: false, rule: 'engines.regions' });
    expect(mayServe(policy, far('GB', 'IE'))).toEqual({ allowed: false, rule: 'engines.regions' });
    expect(mayServe(policy, far(null, 'IE'))).toEqual({ allowed: false, rule: 'engines.regions' });
    expect(mayServe(policy, own(null))).toEqual({ allowed: false, rule: 'engines.regions' });
  });

  test('own-hardware-only lets nobody else have a request', () => {
    expect(mayServe(of('own-hardware-only'), own(null))).toEqual({ allowed: true });
    expect(mayServe(of('own-hardware-only'), far('IE', 'IE'))).toEqual({ allowed: false, rule: 'egress' });
  });

  test('no-retention keeps neither content nor answers', () => {
    expect(of('no-retention').retention).toMatchObject({ contentDays: 0, idempotencyHours: 0 });
  });
});

test('of replicas those are left that may answer; where none is, each place says which rule forbids it', () => {
  const policy = effectivePolicy(presets['eu-only'].document);
  const operator = { name: 'Far Ltd', country: 'IE' };
  const at = (region: string | null): EnginePlace => ({
    ...{ region, operator, ownHardware: false, host: 'far.example' },
  });
  expect(permittedOf(policy, [at('US'), at('IE'), at('DE')])).toEqual({ indices: [1, 2] });
  expect(permittedOf(policy, [at('US'), at(null), at('US')])).toEqual({
    forbidden: ['engines.regions (US, Far Ltd (IE))', 'engines.regions (undeclared region, Far Ltd (IE))'],
  });
});

describe('a document', () => {
  test.each([
    [{}, /schema/],
    [{ schema: 2 }, /schema/],
    [{ schema: 1, region: 'DE' }, /region/],
    [{ schema: 1, engines: { regions: ['EU'] } }, /engines\.regions.*ISO 3166/],
    [{ schema: 1, engines: { regions: 'DE' } }, /engines\.regions/],
    [{ schema: 1, engines: { operatorCountries: ['DE-BE'] } }, /engines\.operatorCountries.*ISO 3166-1/],
    [{ schema: 1, retention: { contentDays: -1 } }, /retention\.contentDays/],
    [{ schema: 1, retention: { contentDays: 1.5 } }, /retention\.contentDays/],
    [{ schema: 1, retention: { idempotencyHours: 25 } }, /retention\.idempotencyHours/],
    [{ schema: 1, egress: 'none' }, /egress/],
    [null, /the document/],
  ])('%j is refused by the name of what is wrong', (document, problem) => {
    expect(() => parsePolicy(document)).toThrow(
      expect.objectContaining({
        code: 'TGL_DATA_POLICY_INVALID',
        message: expect.stringMatching(problem),
      }),
    );
  });

  test('of any value is parsed or refused, and never anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          parsePolicy(value);
        } catch (error) {
          expect(error).toMatchObject({ code: 'TGL_DATA_POLICY_INVALID' });
        }
      }),
    );
  });
});
