// Samples of one reply on the playground: what the server offers is asked for, and what each sample and tier took is told.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consoleFiles } from '../../src/host/console-files.ts';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

describe.skipIf(!hasBrowser)('samples on the playground (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  let asked = 0;
  beforeAll(async () => {
    const checkers = new Map([['countdown', () => (answer: string) => answer === '3*5+6']]);
    served = await serveConsole(
      { reply: () => ['hm, ', 'hm', '</think>', asked++ === 0 ? '3+5' : '3*5+6'] },
      { gateway: { console: consoleFiles(), checkers, limits: { maxSamples: 6 } } },
    );
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test('are a vote, a check or a cascade, each told sample by sample', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl());
    await page.getByRole('navigation').getByRole('link', { name: 'Playground' }).click();
    const ask = async (question: string): Promise<void> => {
      await page.getByRole('textbox', { name: 'Ask' }).fill(question);
      await page.getByRole('button', { name: 'Send' }).click();
    };
    await page.getByRole('button', { name: 'verify', exact: true }).click();
    await expect.poll(() => page.getByLabel('Checked as').inputValue()).toBe('countdown');
    await ask('Use 3, 5 and 6 to make 21.');
    const spent = page.locator('article summary');
    await spent.first().waitFor();
    await expect
      .poll(() => spent.first().textContent())
      .toBe('verify: 2 samples, ended by an answer that is right');
    await expect.poll(() => page.locator('.answer').first().textContent()).toContain('3*5+6');
    await spent.first().click();
    const rows = page.locator('article tbody tr');
    await expect.poll(() => rows.count()).toBe(2);
    await expect.poll(() => rows.nth(1).textContent()).toContain('the reply');
    await page.getByRole('button', { name: 'vote', exact: true }).click();
    await page.getByLabel('Samples at most').fill('3');
    await ask('And once more?');
    await spent.nth(1).waitFor();
    await expect.poll(() => spent.nth(1).textContent()).toMatch(/^vote: 3 samples, .*100% gave this answer$/);
    await page.getByRole('button', { name: 'cascade', exact: true }).click();
    await page.getByLabel('Checked as').selectOption('countdown');
    await page.getByLabel('Budgets of the tiers').fill('2, none');
    await ask('And by tiers?');
    await spent.nth(2).waitFor();
    await expect
      .poll(() => spent.nth(2).textContent())
      .toContain('cascade: 1 sample, ended by an answer that is right');
    expect(faults).toEqual([]);
  }, 60_000);
});
