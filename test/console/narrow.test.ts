// A phone: no page is wider than the screen, in the longer language; what is wide scrolls in itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

describe.skipIf(!hasBrowser)('at a width of 360 (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  beforeAll(async () => {
    served = await serveConsole({
      reply: () => ['hm', '</think>', `| a | b |\n|---|---|\n| ${'x'.repeat(200)} | y |\n`],
    });
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test('no page scrolls sideways', async () => {
    const { page, faults } = await served.open({ locale: 'de-DE', viewport: { width: 360, height: 740 } });
    await page.goto(await served.signInUrl());
    await page.locator('h1').waitFor();
    const paths = (await page.evaluate(
      `[...document.querySelectorAll('.nav li a')].map((link) => link.getAttribute('href'))`,
    )) as string[];
    expect(paths.length).toBeGreaterThan(5);
    const wide: string[] = [];
    const look = async (name: string): Promise<void> => {
      const width = (await page.evaluate('document.documentElement.scrollWidth')) as number;
      if (width > 360) wide.push(`${name}: ${width}`);
    };
    for (const path of paths) {
      await page.goto(`${served.server.url}${path}`);
      await page.locator('h1').waitFor();
      await page.waitForLoadState('networkidle');
      await look(path);
    }
    await page.goto(`${served.server.url}/console/playground`);
    await page.locator('textarea').fill('21');
    await page.keyboard.press('Enter');
    await page.locator('.answer table').waitFor();
    await look('an answer');
    await page.context().clearCookies();
    await page.goto(await served.operatorSignInUrl('owner'));
    await page.locator('h1').waitFor();
    for (const path of ['jobs', 'training', 'meter', 'models?model=scripted-2&criterion=harm-direct']) {
      await page.goto(`${served.server.url}/console/${path}`);
      await page.locator('section.section').last().waitFor();
      await page.waitForLoadState('networkidle');
      await look(path);
    }
    expect(wide).toEqual([]);
    expect(faults).toEqual([]);
  }, 90_000);
});
