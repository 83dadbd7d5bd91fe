// What of a model a request may reach, and what is noted of it.
import { expect, test } from 'vitest';
import type { EnginePlace } from '../../base/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { Principal } from '../../traffic/index.ts';
import { principalOf, servedBy } from '../testing.ts';
import { type PermittedPlaces, withinPermitted } from './permitted-places.ts';
import type { ServedModel } from './served-model.ts';

const placeIn = (region: string): EnginePlace => ({
  region,
  operator: null,
  ownHardware: false,
  host: region,
});
const places = ['DE', 'US', 'FR'].map(placeIn);

function asked(
  permitted: PermittedPlaces | undefined,
  engine: Partial<Engine> = {},
  principal: Principal | null = principalOf(),
) {
  const model: ServedModel = { ...servedBy({ model: 'far', ...engine } as Engine), places };
  const request = { principal, places: [] as readonly EnginePlace[], policyVersion: null as number | null };
  return { model, request, permit: () => withinPermitted(permitted, request, model) };
}

const allowing =
  (indices: readonly number[]): PermittedPlaces =>
  () => ({ indices, policyVersion: 7 });

test('without a policy a request reaches all places', () => {
  const { model, request, permit } = asked(undefined, {}, null);
  expect(permit()).toBe(model);
  expect(request).toMatchObject({ places, policyVersion: null });
});

test('where all are permitted the engine is asked as it is, and the policy is noted', () => {
  const { model, request, permit } = asked(allowing([0, 1, 2]));
  expect(permit()).toBe(model);
  expect(request).toMatchObject({ places, policyVersion: 7 });
});

test('where some are permitted the engine is asked within them, and these are noted', () => {
  const near = {} as Engine;
  const narrowed: unknown[] = [];
  const within = (indices: readonly number[]): Engine => {
    narrowed.push(indices);
    return near;
  };
  const { model, request, permit } = asked(allowing([0, 2]), { within });
  expect(permit()).toEqual({ ...model, engine: near, places: [places[0], places[2]] });
  expect(narrowed).toEqual([[0, 2]]);
  expect(request).toMatchObject({ places: [places[0], places[2]], policyVersion: 7 });
});

test('the policy is told who asks for which model', () => {
  const told: unknown[] = [];
  const principal = principalOf();
  const { permit } = asked(
    (...given) => {
      told.push(given);
      return { indices: [0, 1, 2], policyVersion: 1 };
    },
    {},
    principal,
  );
  permit();
  expect(told).toEqual([[principal, { name: 'far', places }]]);
});

test('nothing is reached where nobody asks, no place is left, or the engine has no replicas to leave out', () => {
  for (const { permit } of [asked(allowing([0, 1, 2]), {}, null), asked(allowing([])), asked(allowing([0]))])
    expect(permit).toThrow(TypeError);
});
