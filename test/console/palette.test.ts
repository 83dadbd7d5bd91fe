// The command palette: everything that the navigation has, and what has no place in it, by a few letters.
import { describe, expect, test } from 'vitest';
import { hasBrowser, serveConsole } from './served-console.ts';

describe.skipIf(!hasBrowser)('the command palette (skipped: there is no Chromium)', () => {
  test('leads by keyboard to what the role may open, and to nothing else', async () => {
    await using served = await serveConsole();
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl('member'));
    const links = page.getByRole('navigation').getByRole('listitem');
    await links.first().waitFor();
    const options = page.getByRole('option');
    await page.keyboard.press('ControlOrMeta+k');
    await options.first().waitFor();
    const destinations = async () => (await options.allTextContents()).slice(0, await links.count());
    await expect.poll(destinations).toEqual(await links.allTextContents());
    await page.keyboard.type('dark or');
    await expect.poll(() => options.count()).toBe(1);
    const themeOf = () => page.evaluate('document.documentElement.dataset.theme');
    const theme = await themeOf();
    await page.keyboard.press('Enter');
    await expect.poll(themeOf).not.toBe(theme);
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('s');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => page.getByRole('option', { selected: true }).count()).toBe(1);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('audit');
    await page.getByText('Nothing of that name').waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('limits');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console/limits');
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(faults).toEqual([]);
  }, 60_000);

  test('is there when it is opened again in the moment in which it closes', async () => {
    await using served = await serveConsole();
    const { page } = await served.open();
    await page.goto(await served.signInUrl('member'));
    await page.getByRole('navigation').waitFor();
    const options = page.getByRole('option');
    await page.keyboard.press('ControlOrMeta+k');
    await options.first().waitFor();
    const unfiltered = await options.count();
    await page.keyboard.type('dark or');
    await expect.poll(() => options.count()).toBe(1);
    // Both in one task, before the browser tells of the closing.
    await page.evaluate(`for (const [key, ctrlKey] of [['Enter', false], ['k', true]])
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true }));`);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
    await expect.poll(() => options.count()).toBe(unfiltered);
    await expect.poll(() => page.getByRole('combobox').inputValue()).toBe('');
  }, 60_000);
});
