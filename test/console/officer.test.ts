// The way of a security officer: a model that was rejected, why, and on what; by mouse and by keyboard alone. Then what every role
// sees: the pages that it may use and no others, on which nothing is asked for that it may not.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, bench, scriptedEngine, serving } from '../../src/assess/fixture.ts';
import { assess } from '../../src/assess/index.ts';
import { capable, fileCheck, policyBattery } from '../../src/assess/policy-fixture.ts';
import { allRoutes } from '../../src/gateway/example-requests.ts';
import { openAssessmentReader } from '../../src/host/assessments/read-assessments.ts';
import { consoleFiles } from '../../src/host/console-files.ts';
import { catalogReader } from '../../src/host/read-catalog.ts';
import { roleNames, scopesOfRole } from '../../src/store/terms/roles.ts';
import { tabTo } from './keyboard.ts';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

const model = 'random';

describe.skipIf(!hasBrowser)('people of every role (skipped: there is no Chromium)', () => {
  let place: Bench;
  let served: ServedConsole;
  beforeAll(async () => {
    place = await bench();
    const { catalog } = place;
    await assess(
      place.options({
        battery: policyBattery([fileCheck, capable]),
        startEngine: async () =>
          scriptedEngine({ reply: () => ['<b>hm</b>', '</think>', '<img src=x onerror=alert(1)>'] }),
      }),
    );
    const models = { list: () => [], resolve: () => undefined };
    served = await serveConsole(
      {},
      {
        gateway: {
          readCatalog: catalogReader({ catalog, models, servingOf: async () => serving }),
          readAssessments: openAssessmentReader({
            ...{ home: catalog.home, trusted: [catalog.attestations.publicKey] },
          }),
          console: consoleFiles(),
        },
      },
    );
  });
  afterAll(async () => {
    await served[Symbol.asyncDispose]();
    place[Symbol.dispose]();
  });

  const isShown = async (page: Page): Promise<void> => {
    const facts = page.getByRole('region', { name: model, exact: true });
    await expect.poll(() => facts.getByRole('heading').textContent()).toBe(`${model}: rejected`);
    const why = page.getByRole('region', { name: 'Why' });
    await why.getByText(/^capability: /).waitFor();
    const criteria = page.getByRole('region', { name: 'Criteria' });
    await expect
      .poll(() => criteria.getByRole('row', { name: /capability/ }).textContent())
      .toMatch(/≥ 50%.*missed/);
    await expect
      .poll(() => page.getByRole('region', { name: 'Judges' }).getByRole('row').count())
      .toBeGreaterThan(1);
    const subject = page.getByRole('region', { name: 'What exactly was assessed' });
    await expect.poll(() => subject.getByText('valid, by this server').count()).toBe(1);
    await expect.poll(() => subject.getByText('tiegel-scripted 1').count()).toBe(1);
    await expect
      .poll(() => page.getByRole('region', { name: 'Assessments' }).getByText('rejected').count())
      .toBe(1);
    expect(new URL(page.url()).searchParams.get('model')).toBe(model);
  };
  const trialsAreShown = async (page: Page): Promise<void> => {
    const trials = page.getByRole('region', { name: 'Trials: capability' });
    await trials.getByRole('article').first().waitFor();
    // What the model wrote is text.
    await expect
      .poll(() => trials.getByText('<img src=x onerror=alert(1)>').count())
      .toBeGreaterThanOrEqual(10);
    await expect.poll(() => page.locator('main img, pre b').count()).toBe(0);
    expect(new URL(page.url()).searchParams.get('criterion')).toBe('capability');
  };

  test('an officer is told why a model was rejected, and reads its trials', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.operatorSignInUrl('security'));
    await page.getByRole('navigation').getByRole('link', { name: 'Models' }).click();
    await page.getByRole('button', { name: 'Not served' }).click();
    await page.getByRole('link', { name: model }).click();
    await isShown(page);
    await page.getByRole('button', { name: 'Show trials of capability' }).click();
    await trialsAreShown(page);
    await page.reload();
    await isShown(page);
    await trialsAreShown(page);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('article').nth(11).waitFor();
    await page.getByRole('button', { name: 'it happened' }).click();
    await page.getByText('No such trials.').waitFor();
    await page.goBack();
    await trialsAreShown(page);
    expect(faults).toEqual([]);
  }, 60_000);

  test('by keyboard alone as well', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.operatorSignInUrl('security'));
    await page.getByRole('navigation').getByRole('link', { name: 'Models' }).waitFor();
    await tabTo(page, /^Models$/);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: model }).waitFor();
    await tabTo(page, new RegExp(`^${model}$`));
    await page.keyboard.press('Enter');
    await isShown(page);
    await tabTo(page, /^Show trials of capability/);
    await page.keyboard.press('Enter');
    await trialsAreShown(page);
    // The focus is at what was opened.
    await tabTo(page, /^Close$/);
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Trials: capability' }).waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  }, 60_000);

  test('whoever does not operate the server sees the state and no report', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl('security'));
    await page.getByRole('navigation').getByRole('link', { name: 'Models' }).click();
    await page.getByRole('link', { name: model }).click();
    await page.getByRole('region', { name: model, exact: true }).waitFor();
    await page.waitForLoadState('networkidle');
    await expect.poll(() => page.getByRole('region', { name: 'Criteria' }).count()).toBe(0);
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
