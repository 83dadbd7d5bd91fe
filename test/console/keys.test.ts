// Keys made in the console: the secret is shown once, works, and is nowhere afterwards; a revoked key works no more.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

describe.skipIf(!hasBrowser)('keys (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  beforeAll(async () => {
    served = await serveConsole();
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test('show their secret once, and are revoked after a question', async () => {
    const { page, faults } = await served.open();
    const { server } = served;
    const statusWith = async (secret: string): Promise<number> => {
      await server.refresh();
      const headers = { authorization: `Bearer ${secret}` };
      return (await fetch(`${server.url}/v1/models`, { headers })).status;
    };
    await page.goto(await served.signInUrl());
    await page.locator('.nav a[href="/console/keys"]').click();
    // By its label, since the page before it has a text box too and is there until this one has loaded.
    await page.getByLabel('Name of the new key').fill('laptop');
    await page.keyboard.press('Enter');
    const secret = (await page.locator('.note.ok .mono').textContent()) ?? '';
    expect(await statusWith(secret)).toBe(200);
    await page.locator('.nav a[href="/console/limits"]').click();
    await page.getByRole('heading', { name: 'Limits', level: 1 }).waitFor();
    await page.locator('.nav a[href="/console/keys"]').click();
    await page.getByText('laptop').waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toContain(
      secret,
    );
    await page.getByRole('button', { name: 'Revoke…' }).click();
    expect(await statusWith(secret)).toBe(200);
    await page.getByRole('button', { name: 'Revoke for ever' }).click();
    await page.getByText('You have no keys.').waitFor();
    expect(await statusWith(secret)).toBe(401);
    expect(faults).toEqual([]);
  }, 60_000);
});
