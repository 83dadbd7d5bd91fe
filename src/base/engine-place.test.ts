import { expect, test } from 'vitest';
import { countryName, isCountry } from './countries.ts';
import { isRegion, isWithinRegion, placeProblem, placeText } from './engine-place.ts';

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const pairs = letters.flatMap((one) => letters.map((other) => one + other));

test('there are 249 countries, each of which the runtime knows by its own code', () => {
  const known = pairs.filter(isCountry);
  expect(known).toHaveLength(249);
  for (const code of known) {
    expect(countryName(code)).not.toBe(code);
    expect(new Intl.Locale(`und-${code}`).region).toBe(code);
  }
  expect(['EU', 'UK', 'XX', 'ZZ', 'de'].filter(isCountry)).toEqual([]);
});

test('a region is a country or a part of one', () => {
  expect(['DE', 'DE-BE', 'FR-75', 'GB-ENG', 'US-CA'].every(isRegion)).toBe(true);
  expect(['', 'D', 'de', 'EU', 'DE-', 'DE-be', 'DE-ABCD', 'DE-BE-1', ' DE', 'DE\n'].filter(isRegion)).toEqual(
    [],
  );
});

test('a part lies within its country, and a country in none of its parts', () => {
  expect(isWithinRegion('DE-BE', 'DE')).toBe(true);
  expect(isWithinRegion('DE', 'DE')).toBe(true);
  expect(isWithinRegion('DE', 'DE-BE')).toBe(false);
  expect(isWithinRegion('DE-B', 'DE-BE')).toBe(false);
  expect(isWithinRegion('DE-BE', 'DE-B')).toBe(false);
});

test.each([
  [{ region: 'EU' }, /ISO 3166-1/],
  [{ operator: { name: 'Far Ltd', country: 'XX' } }, /ISO 3166-1/],
  [{ operator: { name: '', country: 'DE' } }, /one line/],
  [{ operator: { name: 'two\nlines', country: 'DE' } }, /one line/],
  [{ operator: { name: 'Far Ltd', country: 'DE' }, ownHardware: true }, /own hardware/],
] as const)('%j is no place', (place, problem) => {
  expect(placeProblem(place)).toMatch(problem);
});

test('what was declared is said, and what was not as well', () => {
  const operator = { name: 'Far Ltd', country: 'IE' };
  expect(placeProblem({ region: 'IE', operator })).toBeUndefined();
  expect(placeText({ region: 'IE', operator, ownHardware: false })).toBe('IE, Far Ltd (IE)');
  expect(placeText({ region: null, operator: null, ownHardware: true })).toBe(
    'undeclared region, own hardware',
  );
  expect(placeText({ region: null, operator: null, ownHardware: false })).toBe(
    'undeclared region, undeclared operator',
  );
});
