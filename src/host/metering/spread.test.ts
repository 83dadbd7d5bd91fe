import { expect, test } from 'vitest';
import { nothingSpread } from '../../store/index.ts';
import { noUsage } from '../../traffic/index.ts';
import { energyOf, spreadOf } from './spread.ts';

const choice = (completionTokens: number, beside?: 'discarded' | 'probe') => ({
  ...{ finish: 'stop', usage: { ...noUsage, completionTokens } },
  ...(beside !== undefined && { beside }),
});

test.each([
  ['nothing', [], {}],
  ['two choices', [choice(5), choice(7)], { samples: 2 }],
  ['a vote', [choice(5, 'discarded'), choice(7), choice(1.5, 'discarded')], { samples: 3, discarded: 7 }],
  [
    'probed thinking',
    [choice(9), choice(2, 'probe'), choice(3, 'probe')],
    { samples: 1, probes: 2, probed: 5 },
  ],
] as const)('%s', (_, choices, expected) => {
  expect(spreadOf({ choices })).toEqual({ ...nothingSpread, ...expected });
});

test('a tier names the request of its client', () => {
  const tierOf = { request: 'req_1', tier: 1 };
  expect(spreadOf({ choices: [choice(2)], tierOf })).toEqual({
    ...nothingSpread,
    ...{ parent: 'req_1', tier: 1, samples: 1 },
  });
});

test.each([
  [undefined, 1000, 1, {}],
  [140, 1000, 1, { millijoules: 140_000, energy: 'modelled' }],
  [140, 250.5, 0.25, { millijoules: 8768, energy: 'modelled' }],
  [140, 1000, 3, { millijoules: 140_000, energy: 'modelled' }],
  [140, 0, 1, { millijoules: 0, energy: 'modelled' }],
])('of %s watts for %s ms in %s of the places', (watts, busyMs, share, expected) => {
  expect(energyOf(watts, busyMs, share)).toEqual(expected);
});
