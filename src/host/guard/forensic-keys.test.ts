import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { currentMarkKey, forensicKeys } from './forensic-keys.ts';

const pepperOf = (name: string) => ({
  hash: (text: string) => createHmac('sha256', name).update(text).digest(),
});

test('each quarter has a key of its own, the same for all who share the pepper', () => {
  const at = (year: number, month: number) => currentMarkKey(pepperOf('a'), Date.UTC(year, month, 28, 23));
  expect([at(2026, 0), at(2026, 2), at(2026, 3), at(2026, 11)].map(({ cohort }) => cohort)).toEqual([
    ...['2026-Q1', '2026-Q1', '2026-Q2', '2026-Q4'],
  ]);
  expect(at(2026, 0)).toEqual(at(2026, 2));
  expect(at(2026, 0).key).not.toEqual(at(2027, 0).key);
  expect(currentMarkKey(pepperOf('b'), 0).key).not.toEqual(currentMarkKey(pepperOf('a'), 0).key);
  expect(at(2026, 0).key).toHaveLength(32);
});

test('those of the last quarters go back over the turn of a year', () => {
  const { marks, exposure } = forensicKeys(pepperOf('a'), Date.UTC(2027, 0, 2), 3);
  expect(marks.map(({ cohort }) => cohort)).toEqual(['2027-Q1', '2026-Q4', '2026-Q3']);
  expect(marks[1]).toEqual(currentMarkKey(pepperOf('a'), Date.UTC(2026, 11, 31)));
  expect(marks.map(({ key }) => key)).not.toContainEqual(exposure);
});
