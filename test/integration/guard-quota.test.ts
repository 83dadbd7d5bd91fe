// Synthetic data that an account declared looks as harvesting does, and is not judged: what holds it is its quota, and the quota alone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testModel } from '../../src/gateway/testing.ts';
import { author } from '../../src/store/contract.ts';
import { addLimit } from '../../src/store/index.ts';
import { harvest, type ServedGuard, serveGuard } from './served-guard.ts';
import type { TenantWithKey } from './served-store.ts';

let served: ServedGuard;
beforeAll(async () => {
  served = await serveGuard('measure', {
    script: { reply: () => [...Array.from({ length: thought }, () => 'hm '), '</think>', 'ok'] },
  });
});
afterAll(() => served[Symbol.asyncDispose]());

const thought = 200;
const attempts = 12;
const quota = 1000;

/** How much of its reasoning a thief is given. */
async function harvested({ secret }: TenantWithKey): Promise<{ given: number; refused: string[] }> {
  let given = 0;
  const refused: string[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const response = await fetch(`${served.server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, messages: [{ role: 'user', content: `task ${attempt}` }] }),
    });
    const body = (await response.json()) as {
      readonly usage?: { readonly completion_tokens_details: { readonly reasoning_tokens: number } };
      readonly error?: { readonly tgl_code: string };
    };
    given += body.usage?.completion_tokens_details.reasoning_tokens ?? 0;
    if (body.error !== undefined) refused.push(body.error.tgl_code);
  }
  return { given, refused };
}

test('declared synthetic data opens no case whatever it harvests, and gets no more than its quota', async () => {
  const { opened, refresh } = served.server;
  const { store, clock } = opened;
  const free = await served.server.addTenant('free');
  const held = await served.server.addTenant('held');
  for (const { organisation, account } of [free, held])
    await store.guard.declareUse(organisation, account, 'synthetic-data', author);
  const { organisation, account } = held;
  await addLimit(store.context, author, {
    ...{ id: 'quota', organisation, scope: 'account', subject: account, model: null, amount: quota },
    ...{ unit: 'reasoning-tokens', period: 'day', enforcement: 'hard', validFrom: clock.now() },
  });
  await refresh();
  const unlimited = await harvested(free);
  expect(unlimited.refused).toEqual([]);
  expect(unlimited.given).toBeGreaterThan(quota);
  const limited = await harvested(held);
  expect(limited.given).toBeLessThanOrEqual(quota);
  expect(limited.given).toBeGreaterThan(0);
  // It is answered all the same, without reasoning.
  expect(limited.refused).toEqual([]);
  // The same behaviour without the declaration is a case.
  const undeclared = await served.server.addTenant('undeclared');
  for (const tenant of [free, held, undeclared]) harvest(served.guard, tenant);
  await served.guard.flush();
  const found = await store.guard.cases();
  expect(found.map((one) => one.account)).toEqual([undeclared.account]);
});
