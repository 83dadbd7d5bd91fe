// The guard in the console, over cases that the guard itself opened: nothing suspicious at first, then a case by keyboard alone from the list to
// why and to its end, and accounts that belong together. Pictures are written where TIEGEL_SCREENSHOTS names a directory.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCatalog } from '../../src/catalog/index.ts';
import { verifyCaseFile } from '../../src/guard/index.ts';
import { openSignedFile } from '../../src/host/guard/signed-files.ts';
import { limitsAt } from '../../src/store/index.ts';
import { openClusterCase } from '../integration/cluster-case.ts';
import { calibrateHonestly, harvest, startBeside } from '../integration/served-guard.ts';
import { tabTo } from './keyboard.ts';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

const pictures = process.env.TIEGEL_SCREENSHOTS;

describe.skipIf(!hasBrowser)('the guard (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  beforeEach(async () => {
    served = await serveConsole();
    if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
  });
  afterEach(() => served[Symbol.asyncDispose]());

  /** The owner's account asks as a thief does, beside a calibration on honest weeks. */
  const steal = async (): Promise<void> => {
    await calibrateHonestly(served.server);
    const guard = await startBeside(served.server, 'ask');
    harvest(guard, served.tenant);
    await guard[Symbol.asyncDispose]();
  };
  const limitsOfThief = async () => {
    const { store, clock } = served.server.opened;
    const limits = await limitsAt(store.database, clock.now());
    return limits.filter(({ scope, subject }) => scope === 'account' && subject === served.tenant.account);
  };
  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures !== undefined)
      await page.screenshot({ path: join(pictures, `guard-${name}.png`), fullPage: true });
  };

  test('finds nothing suspicious at first, and says how much was looked at and what cannot alarm', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl('security'));
    await page.getByRole('navigation').getByRole('link', { name: 'Guard' }).click();
    await page.getByRole('heading', { name: 'Nothing suspicious' }).waitFor();
    await page
      .getByText(/^0 requests \(0 accounts\) were looked at since/)
      .first()
      .waitFor();
    await page.getByText(/The guard is off/).waitFor();
    await calibrateHonestly(served.server);
    // A week later nobody is signed in any more.
    await page.goto(await served.signInUrl('security'));
    await page.getByRole('navigation').getByRole('link', { name: 'Guard' }).click();
    const classes = page.getByRole('region', { name: 'What can alarm' });
    await classes.getByRole('row', { name: /undeclared 30 can alarm/ }).waitFor();
    await expect.poll(() => classes.getByRole('row', { name: /never seen/ }).count()).toBe(5);
    await expect.poll(() => page.getByText(/The guard is off/).count()).toBe(0);
    expect(faults).toEqual([]);
  }, 60_000);

  test('leads by keyboard from a case over its reasons to its end, and its measure ends with it', async () => {
    await steal();
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl('owner'));
    await page.getByRole('link', { name: 'Guard' }).waitFor();
    await page.getByText('Open cases of the guard:').waitFor();
    await tabTo(page, /^Guard$/);
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Cases' }).getByRole('row').nth(1).waitFor();
    await tabTo(page, /^Nordlicht$/);
    await page.keyboard.press('Enter');
    // The focus is at what was opened.
    await page.locator('h2:focus', { hasText: 'asks as somebody does who harvests' }).waitFor();
    const why = page.getByRole('region', { name: 'Why' });
    await expect.poll(() => why.getByRole('row').count()).toBe(6);
    await page
      .getByText(/of honest weeks of calibrated kinds reach as much \(undeclared; 30 weeks/)
      .waitFor();
    await page.getByRole('region', { name: 'What would clear it' }).getByText('checked').waitFor();
    await expect
      .poll(() => page.getByRole('region', { name: 'What is not known' }).getByRole('listitem').count())
      .toBe(4);

    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Signed evidence' }).click();
    const { home, opened } = served.server;
    const { publicKey } = openCatalog({ home, clock: opened.clock }).attestations;
    const text = readFileSync(await (await download).path(), 'utf8');
    expect(verifyCaseFile(openSignedFile(text, [publicKey]).said).madeAgain).toBe(true);

    const decide = page.getByRole('region', { name: 'Decide' });
    await expect.poll(() => decide.getByRole('button', { name: 'Clear the case' }).isDisabled()).toBe(true);
    await tabTo(page, /Why/);
    await page.keyboard.type('asked the customer');
    await tabTo(page, /^Begin: Slow down/);
    await page.keyboard.press('Enter');
    await decide.getByText(/in force since/).waitFor();
    expect(await limitsOfThief()).toMatchObject([{ unit: 'reasoning-tokens', amount: 50_000 }]);
    await page.evaluate('scrollTo(0, 0)');
    await picture(page, 'case-light-en');

    served.server.opened.clock.advance(1000);
    await page.locator('h2.big').focus();
    await tabTo(page, /Why/);
    await page.keyboard.type('agreed on by contract');
    await tabTo(page, /^Clear the case$/);
    await page.keyboard.press('Enter');
    await page.locator('.state.tag', { hasText: 'cleared' }).waitFor();
    expect(await limitsOfThief()).toEqual([]);
    const log = page.getByRole('region', { name: 'What was done' });
    await log.getByText(/cleared by .*: agreed on by contract/).waitFor();
    await log.getByText(/Slow down ended by .*: agreed on by contract/).waitFor();
    await tabTo(page, /^Overview$/);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing needs a decision.').waitFor();
    expect(faults).toEqual([]);
  }, 90_000);

  test('asks for a fresh sign-in where that is long ago, and then keeps what was written', async () => {
    await steal();
    const { page } = await served.open();
    await page.goto(await served.signInUrl('owner'));
    await page.getByRole('link', { name: 'Guard' }).click();
    await page.getByRole('link', { name: 'Nordlicht' }).click();
    const why = page.getByRole('textbox', { name: 'Why' });
    await why.waitFor();
    // Three times twenty minutes, so that the session goes on.
    for (let pause = 0; pause < 3; pause++) {
      served.server.opened.clock.advance(1_210_000);
      await served.server.refresh();
      await page.reload();
      await why.waitFor();
    }
    await why.fill('agreed on');
    await page.getByRole('button', { name: 'Clear the case' }).click();
    await page
      .getByRole('alert')
      .getByText(/TGL_SIGN_IN_AGAIN/)
      .waitFor();
    await expect.poll(() => why.inputValue()).toBe('agreed on');
  }, 60_000);

  test('accounts that belong together are drawn, each test with its edges, and listed where they are too many', async () => {
    await openClusterCase(served.server.opened, served.tenant);
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl('security'));
    await page.getByRole('link', { name: 'Guard' }).click();
    await page.getByRole('link', { name: '25 accounts: Nordlicht' }).click();
    const together = page.getByRole('region', { name: 'Who belongs together' });
    await together.getByRole('img', { name: /^25 accounts, joined by/ }).waitFor();
    await expect.poll(() => together.locator('svg circle').count()).toBe(25);
    await expect.poll(() => together.locator('svg circle.out').count()).toBe(2);
    await together.getByRole('button', { name: 'infrastructure' }).click();
    await together.getByText(/^infrastructure: joins 24 accounts/).waitFor();
    await expect.poll(() => together.locator('figure line.pick').count()).toBeGreaterThanOrEqual(23);
    await together.getByText(/accounts have two reasons of different kinds/).waitFor();
    await together.locator('figure line:not(.pick)').first().dispatchEvent('click');
    await expect
      .poll(() => together.getByRole('button', { name: 'infrastructure' }).getAttribute('aria-pressed'))
      .toBe('false');
    await together.getByText('As a table').click();
    await together.getByRole('row', { name: /schedule; by one kind of tests only, not measured/ }).waitFor();
    await expect.poll(() => together.getByRole('row').count()).toBe(26);
    await expect.poll(() => together.getByText('of another organisation').count()).toBeGreaterThanOrEqual(2);
    served.server.opened.clock.advance(8 * 86_400_000);
    await openClusterCase(served.server.opened, served.tenant, 40);
    await page.context().clearCookies();
    await page.goto(await served.signInUrl('administrator'));
    await page.getByRole('link', { name: 'Guard' }).click();
    await page.getByRole('link', { name: '41 accounts: Nordlicht' }).click();
    await together.getByRole('row').nth(41).waitFor();
    await expect.poll(() => together.locator('figure').count()).toBe(0);
    expect(faults).toEqual([]);
  }, 90_000);

  test('can be used by everybody: nothing for axe to report, no page wider than a phone', async () => {
    await steal();
    await openClusterCase(served.server.opened, { ...served.tenant, account: 'acc_of_old' as never });
    await served.server.opened.store.guard.declareUse(
      ...([served.tenant.organisation, served.tenant.account, 'agent'] as const),
      { actor: { type: 'command-line' }, request: null, reason: null },
    );
    for (const [colorScheme, locale, width] of [
      ['light', 'en-GB', 1440],
      ['dark', 'de-DE', 1440],
      ['dark', 'de-DE', 360],
      ['light', 'de-DE', 360],
    ] as const) {
      const { page, faults } = await served.open({
        ...{ colorScheme, locale, bypassCSP: true, viewport: { width, height: 900 } },
      });
      await page.goto(await served.operatorSignInUrl('owner'));
      await page.locator('h1').waitFor();
      // Whoever operates the server sees groups of all organisations, and has cleared none.
      await page.goto(`${served.server.url}/console/guard?show=cleared`);
      await page.locator('.empty').waitFor();
      await page.context().clearCookies();
      await page.goto(await served.signInUrl('owner'));
      await page.locator('h1').waitFor();
      await page.goto(`${served.server.url}/console/guard`);
      const cases = page.locator('.section td a');
      await cases.nth(1).waitFor();
      const addresses = await cases.evaluateAll((links) =>
        links.map((link) => String(link.getAttribute('href'))),
      );
      for (const [place, address] of ['/console/guard', ...addresses].entries()) {
        await page.goto(`${served.server.url}${address}`);
        await page.locator('section.section').first().waitFor();
        await page.waitForLoadState('networkidle');
        await page.evaluate(axe.source);
        const found = (await page.evaluate(
          'axe.run().then(({ violations }) => JSON.stringify(violations))',
        )) as string;
        const findings = (JSON.parse(found) as { id: string; nodes: { html: string }[] }[]).map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
        );
        expect([address, findings]).toEqual([address, []]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        await picture(page, `${place}-${colorScheme}-${locale}-${width}`);
      }
      expect(faults).toEqual([]);
      await page.context().close();
    }
  }, 180_000);
});
