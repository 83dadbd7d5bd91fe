// Policies hold as they stand in the store, the stricter of organisation and account, and what cannot be read allows nothing.
import { expect, test } from 'vitest';
import type { Json } from '../base/index.ts';
import type { StoredPolicy } from '../store/index.ts';
import { permittedPlaces } from './permitted-places.ts';
import { followPolicies } from './policies-in-force.ts';

type Names = Parameters<Awaited<ReturnType<typeof followPolicies>>['of']>[0];

const who = (organisation: string, account: string): Names => ({ organisation, account }) as Names;

const stored = (
  organisation: string,
  account: string | null,
  version: number,
  document: Json,
): StoredPolicy => ({ organisation, account, version, document, setAt: 0 }) as StoredPolicy;

function source(current: StoredPolicy[]) {
  const listeners = new Set<() => void>();
  let isAway = false;
  return {
    policies: {
      allCurrent: async () => {
        if (isAway) throw new Error('away');
        return current;
      },
    },
    onChange: (listener: () => void) => {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    goAway: () => {
      isAway = true;
    },
    listeners,
  };
}

const far = {
  ...{ region: 'IE', ownHardware: false, host: 'far.example' },
  operator: { name: 'Far Ltd', country: 'IE' },
};

test('each account has the stricter of its own policy and its organisation’s, under the greater version', async () => {
  const store = source([
    stored('org_1', null, 4, { schema: 1, engines: { regions: ['IE', 'US'] } }),
    stored('org_1', 'acc_1', 3, { schema: 1, engines: { regions: ['US', 'FR'] } }),
    stored('org_2', 'acc_9', 1, { schema: 1, egress: 'own-hardware' }),
  ]);
  await using policies = await followPolicies(store);
  expect(policies.of(who('org_1', 'acc_1'))).toMatchObject({
    version: 4,
    policy: { engines: { regions: ['US'] } },
  });
  expect(policies.of(who('org_1', 'acc_2'))).toMatchObject({
    version: 4,
    policy: { engines: { regions: ['IE', 'US'] } },
  });
  expect(policies.of(who('org_2', 'acc_9'))).toMatchObject({
    version: 1,
    policy: { egress: 'own-hardware' },
  });
  expect(policies.of(who('org_2', 'acc_1'))).toMatchObject({ version: 0, policy: { egress: 'any' } });
  const permitted = permittedPlaces(policies);
  expect(permitted(who('org_1', 'acc_2'), { name: 'r1', places: [far] })).toEqual({
    indices: [0],
    policyVersion: 4,
  });
  expect(() => permitted(who('org_1', 'acc_1'), { name: 'r1', places: [far] })).toThrow(
    expect.objectContaining({
      code: 'TGL_POLICY_NO_ENGINE',
      message: expect.stringContaining(
        'version 4, lets no engine of the model r1 answer: engines.regions (IE, Far Ltd (IE))',
      ),
    }),
  );
});

test('a change holds once the store tells of it, and what was known goes on holding while the store is away', async () => {
  const current = [stored('org_1', null, 1, { schema: 1, egress: 'own-hardware' })];
  const store = source(current);
  await using policies = await followPolicies(store, { pollMs: 3_600_000 });
  current[0] = stored('org_1', null, 2, { schema: 1 });
  for (const listener of store.listeners) listener();
  await policies.refresh();
  expect(policies.of(who('org_1', 'acc_1'))).toMatchObject({ version: 2, policy: { egress: 'any' } });
  store.goAway();
  await expect(policies.refresh()).rejects.toThrow('away');
  expect(policies.of(who('org_1', 'acc_1')).version).toBe(2);
});

test('a policy of a later version of the program allows nothing, and somebody is told', async () => {
  const unreadable: unknown[] = [];
  const store = source([stored('org_1', null, 1, { schema: 2, moons: [] })]);
  await using policies = await followPolicies(store, {
    onUnreadable: ({ version }) => unreadable.push(version),
  });
  expect(unreadable).toEqual([1]);
  expect(() => permittedPlaces(policies)(who('org_1', 'acc_1'), { name: 'r1', places: [far] })).toThrow(
    expect.objectContaining({ code: 'TGL_POLICY_NO_ENGINE' }),
  );
});
