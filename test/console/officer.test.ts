// The way of a security officer: a model that was rejected, why, and on what; by mouse and by keyboard alone. Then what every role
// sees: the pages that it may use and no others, on which nothing is asked for that it may not.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allRoutes, exampleCatalogModel } from '../../src/gateway/example-requests.ts';
import { roleNames, scopesOfRole } from '../../src/store/terms/roles.ts';
import { tabTo } from './keyboard.ts';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

const rejected = exampleCatalogModel;
const reason = 'it was rejected: too many attacks succeed';

describe.skipIf(!hasBrowser)('people of every role (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  beforeAll(async () => {
    served = await serveConsole();
  });
  afterAll(() => served[Symbol.asyncDispose]());

  const isShown = async (page: Page): Promise<void> => {
    const facts = page.getByRole('region', { name: rejected.name });
    await facts.getByText(reason).waitFor();
    expect(await facts.getByRole('heading').textContent()).toBe(`${rejected.name}: rejected`);
    expect(await facts.getByText(`npm run tiegel -- assess report ${rejected.name}`).count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('model')).toBe(rejected.name);
  };

  test('an officer is told why a model was rejected', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl('security'));
    await page.getByRole('navigation').getByRole('link', { name: 'Models' }).click();
    await page.getByRole('button', { name: 'Not served' }).click();
    await page.getByRole('link', { name: rejected.name }).click();
    await isShown(page);
    await page.reload();
    await isShown(page);
    expect(faults).toEqual([]);
  }, 60_000);

  test('by keyboard alone as well', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl('security'));
    await page.getByRole('navigation').getByRole('link', { name: 'Models' }).waitFor();
    await tabTo(page, /^Models$/);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: rejected.name }).waitFor();
    await tabTo(page, new RegExp(`^${rejected.name}$`));
    await page.keyboard.press('Enter');
    await isShown(page);
    expect(faults).toEqual([]);
  }, 60_000);

  test.each(roleNames.map((role) => [role]))(
    '%s sees pages on which everything may be asked for',
    async (role) => {
      const { page, context, faults } = await served.open();
      const asked: { readonly path: string; readonly method: string; readonly status: number }[] = [];
      page.on('response', (response) => {
        const { pathname } = new URL(response.url());
        asked.push({ path: pathname, method: response.request().method(), status: response.status() });
      });
      await page.goto(await served.signInUrl(role));
      const links = page.locator('.nav li a');
      await links.first().waitFor();
      for (const [place] of (await links.all()).entries()) {
        await links.nth(place).click();
        await page.locator('h1').waitFor();
        await page.waitForLoadState('networkidle');
      }
      const scopes = scopesOfRole(role);
      const mayNot = asked.filter(({ path, method, status }) => {
        const row = allRoutes.find((one) => one.method === method && patternOf(one.path).test(path));
        // That of the session is asked before anybody is signed in.
        if (row === undefined || row.scope === 'public' || row.scope === 'any') return status === 403;
        return status === 403 || !scopes.includes(row.scope);
      });
      expect(mayNot).toEqual([]);
      expect(asked.length).toBeGreaterThan(0);
      expect(faults).toEqual([]);
      await context.close();
    },
    60_000,
  );
});

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', String.raw`\.`)}$`);
}
