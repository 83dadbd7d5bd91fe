import { expect, test } from 'vitest';
import { planRequest } from '../../../../src/wire/index.ts';
import { requestOf, speedsOf, usualSettings } from './plan-settings.ts';

test.each([
  {},
  { from: 'rates', bunching: 6, growth: 1.2 },
  { hour: '2,5', accuracy: '90.5', hosted: 'openai/o1' },
] as const)('%j is a request that the server takes', (change) => {
  const request = requestOf({ ...usualSettings, ...change });
  expect(planRequest.parse(request)).toEqual(request);
});

test.each([
  { speeds: '' },
  { speeds: '1:0' },
  { speeds: '1:40,x' },
  { hour: 'much' },
  { hour: '-1' },
  { accuracy: '0' },
  { accuracy: '101' },
])('%j is no request', (change) => {
  expect(requestOf({ ...usualSettings, ...change })).toBe(undefined);
});

test('speeds are those of the command line', () => {
  expect(speedsOf('1:40, 16:480.5')).toEqual([
    { sequences: 1, tokens_per_second: 40 },
    { sequences: 16, tokens_per_second: 480.5 },
  ]);
});
