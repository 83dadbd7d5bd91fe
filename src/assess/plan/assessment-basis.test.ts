// A record goes stale when something becomes known that its assessment did not know, and says what.
import { expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import { openCatalog } from '../../catalog/index.ts';
import { assess } from '../assess.ts';
import { bench, serving } from '../fixture.ts';
import { outdatedSince } from './assessment-basis.ts';

test('a new advisory or a new attack makes a record stale, by name; one that knew them is valid', async () => {
  using place = await bench();
  const { clock } = place.options();
  const { record } = await assess(place.options());
  if (record === null) expect.unreachable('the assessment passes');
  const catalog = openCatalog({ home: place.catalog.home, clock, outdated: outdatedSince });
  expect(await catalog.admissions.admit(place.variant, serving)).toMatchObject({ admitted: true });

  const passed = { ...record, validDays: 1 };
  catalog.admissions.record({ ...passed, basis: { ...record.basis, advisories: digestOf('older') } });
  expect(await catalog.admissions.admit(place.variant, serving)).toMatchObject({
    state: 'stale',
    reason: expect.stringMatching(/^the advisories on tiegel-scripted 1 have changed/),
  });
  catalog.admissions.record({ ...passed, basis: { ...record.basis, attacks: digestOf('fewer') } });
  expect(await catalog.admissions.admit(place.variant, serving)).toMatchObject({
    state: 'stale',
    reason: expect.stringContaining('other attacks'),
  });
});
