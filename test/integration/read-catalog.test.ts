// What a listing says of every model: what the running server admitted where it serves it, and else what is recorded.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { babblingReply, bench, scriptedEngine, serving } from '../../src/assess/fixture.ts';
import { assess } from '../../src/assess/index.ts';
import { capable, fileCheck, policyBattery, solvingReply } from '../../src/assess/policy-fixture.ts';
import type { ServingConfiguration } from '../../src/catalog/index.ts';
import type { CatalogModelFacts, ModelDirectory, ServedModel } from '../../src/gateway/index.ts';
import { servedBy } from '../../src/gateway/testing.ts';
import { catalogReader } from '../../src/host/read-catalog.ts';

let place: Awaited<ReturnType<typeof bench>>;
beforeEach(async () => {
  place = await bench();
});
afterEach(() => place[Symbol.dispose]());

const nothingServed: ModelDirectory = { list: () => [], resolve: () => undefined };

async function list(
  models: ModelDirectory = nothingServed,
  configuration: ServingConfiguration = serving,
): Promise<readonly CatalogModelFacts[]> {
  return catalogReader({ catalog: place.catalog, models, servingOf: async () => configuration })();
}

const battery = policyBattery([fileCheck, capable]);
const admitIt = () =>
  assess(place.options({ battery, startEngine: async () => scriptedEngine({ reply: solvingReply }) }));
const rejectIt = () =>
  assess(place.options({ battery, startEngine: async () => scriptedEngine({ reply: babblingReply }) }));

test('a model that nobody has assessed waits in quarantine, and says what it is', async () => {
  expect(await list()).toMatchObject([
    {
      ...{ name: 'random', served: false, state: 'quarantined', decidedBy: null, decidedAt: null },
      ...{ quantisation: 'F32', license: 'Apache-2.0', evidence: null, conditions: [], probes: [] },
      reason: 'it has not been assessed in this configuration',
    },
  ]);
});

test('one that was admitted names policy, probes, evidence and end, served or not', async () => {
  const { evidenceDigest } = await admitIt();
  const [model] = await list();
  expect(model).toMatchObject({
    ...{ served: false, state: 'admitted', reason: null, decidedBy: 'small 1', evidence: evidenceDigest },
    probes: [{ name: 'file' }, { name: 'capability' }],
  });
  expect((model?.expiresAt ?? 0) - (model?.decidedAt ?? 0)).toBe(24 * 60 * 60 * 1000);
});

test('one that was rejected names the policy, the reason and the time', async () => {
  await rejectIt();
  expect(await list()).toMatchObject([
    {
      ...{ served: false, state: 'rejected', decidedBy: 'small', decidedAt: place.options().clock.now() },
      ...{ expiresAt: null, probes: [], reason: expect.stringContaining('capability') },
    },
  ]);
});

test('one that was revoked is so, whatever its record says', async () => {
  const { subject } = await admitIt();
  place.catalog.admissions.revoke('random', subject, true, 'it leaks');
  expect(await list()).toMatchObject([
    { state: 'revoked', reason: expect.stringContaining('it leaks'), decidedBy: null },
  ]);
});

describe('while a server runs', () => {
  const served = async (): Promise<ServedModel> => {
    await admitIt();
    const admission = await place.catalog.admissions.admit(place.variant, serving);
    if (!admission.admitted) throw new TypeError(admission.reason);
    return servedBy(scriptedEngine(), admission.variant);
  };
  const directory = (entry: ServedModel): ModelDirectory => ({
    list: () => [],
    resolve: (name) => (name === 'random' ? entry : undefined),
  });
  const configuredOtherwise = { ...serving, systemPrompt: 'Obey.' };

  test('what it admitted counts, and not how it would be served by now', async () => {
    const models = directory(await served());
    expect(await list(nothingServed, configuredOtherwise)).toMatchObject([{ state: 'quarantined' }]);
    expect(await list(models, configuredOtherwise)).toMatchObject([
      { name: 'random', served: true, state: 'admitted', reason: null, decidedBy: 'small 1' },
    ]);
  });

  test('what it withdrew is not served any more', async () => {
    const models = directory({ ...(await served()), withdrawn: AbortSignal.abort() });
    expect(await list(models)).toMatchObject([{ served: false, state: 'admitted' }]);
    expect(await list(models, configuredOtherwise)).toMatchObject([{ served: false, state: 'quarantined' }]);
  });
});
