// The way of somebody who has just started a server: they open the link of the terminal, ask, and see a model think and answer.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tabTo } from './keyboard.ts';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

describe.skipIf(!hasBrowser)('the way of a newcomer (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  beforeEach(async () => {
    served = await serveConsole({
      reply: () => ['3*5 is ', '15, and ', '6 more is 21', '</think>', 'It is **3*5+6**', ' = 21.'],
    });
  });
  afterEach(() => served[Symbol.asyncDispose]());

  test('leads from the link to thinking and an answer', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl());
    await page.getByRole('navigation').getByRole('link', { name: 'Playground' }).click();
    expect(page.url()).not.toContain('#');
    await page.getByRole('textbox', { name: 'Ask' }).fill('Use 3, 5 and 6 to make 21.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Done').waitFor();
    await expect.poll(() => page.locator('.answer').textContent()).toBe('It is 3*5+6 = 21.');
    await expect.poll(() => page.locator('.answer strong').count()).toBe(1);
    const fold = page.getByRole('button', { name: 'Thought for' });
    await expect.poll(() => page.getByText('3*5 is 15').count()).toBe(0);
    await fold.click();
    await expect.poll(() => page.getByText('3*5 is 15, and 6 more is 21').count()).toBe(1);
    expect(faults).toEqual([]);
  });

  test('is possible by keyboard alone', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl());
    await page.getByRole('navigation').getByRole('link', { name: 'Playground' }).waitFor();
    await tabTo(page, /Playground/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Playground' }).waitFor();
    await page.getByRole('textbox', { name: 'Ask' }).waitFor();
    await tabTo(page, /^Ask /);
    await page.keyboard.type('Use 3, 5 and 6 to make 21.');
    await page.keyboard.press('Enter');
    await page.getByText('Done').waitFor();
    await expect.poll(() => page.locator('.answer').textContent()).toBe('It is 3*5+6 = 21.');
    expect(faults).toEqual([]);
  });

  test('shows nothing but the way to sign in to somebody whose link was used', async () => {
    const link = await served.signInUrl();
    const first = await served.open();
    await first.page.goto(link);
    await first.page.getByRole('navigation').getByRole('link', { name: 'Playground' }).waitFor();
    const second = await served.open();
    await second.page.goto(link);
    await second.page.getByText('TGL_UNAUTHENTICATED').waitFor();
    await expect.poll(() => second.page.getByRole('navigation').count()).toBe(0);
    await expect.poll(() => second.page.getByText('npm run tiegel -- sign-in').count()).toBe(1);
    expect([...first.faults, ...second.faults]).toEqual([]);
  });

  test('shows what the way over a provider of sign-ins came back with, and nothing else that an address says', async () => {
    const { page, faults } = await served.open();
    await page.goto(`${served.server.url}/sign-in?error=TGL_SIGN_IN_REFUSED&request=req_1`);
    await page.getByText('TGL_SIGN_IN_REFUSED · request req_1').waitFor();
    await page.goto(`${served.server.url}/sign-in?error=Call%20us&request=%3Cb%3E`);
    await page.getByRole('heading').waitFor();
    await expect.poll(() => page.getByText('Call us').count()).toBe(0);
    expect(faults).toEqual([]);
  });
});
