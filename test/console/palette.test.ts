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
    expect((await options.allTextContents()).slice(0, await links.count())).toEqual(
      await links.allTextContents(),
    );
    await page.keyboard.type('dark or');
    await expect.poll(() => options.count()).toBe(1);
    const themeOf = () => page.evaluate('document.documentElement.dataset.theme');
    const theme = await themeOf();
    await page.keyboard.press('Enter');
    expect(await themeOf()).not.toBe(theme);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('s');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await page.getByRole('option', { selected: true }).count()).toBe(1);
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
});
