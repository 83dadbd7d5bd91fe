// What axe-core finds on every page, in both themes and both languages: nothing. The pages come from the navigation, so that a new one is
// among them. Pictures of them are written where TIEGEL_SCREENSHOTS names a directory.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

const pictures = process.env.TIEGEL_SCREENSHOTS;

describe.skipIf(!hasBrowser)('accessibility (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  beforeAll(async () => {
    served = await serveConsole({
      reply: () => ['15, ', 'and 6 more', '</think>', '# 21\n\n- `3*5`\n- [a](https://x.example)'],
    });
    if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test.each([
    ['light', 'en-GB'],
    ['dark', 'de-DE'],
    ['dark', 'en-GB'],
    ['light', 'de-DE'],
  ] as const)(
    'has nothing to report in %s, %s',
    async (colorScheme, locale) => {
      const { page, faults } = await served.open({
        ...{ colorScheme, locale, bypassCSP: true, reducedMotion: 'reduce' },
        viewport: { width: 1440, height: 900 },
      });
      const findings: string[] = [];
      const check = async (name: string): Promise<void> => {
        await page.waitForLoadState('networkidle');
        await page.evaluate(axe.source);
        const found = (await page.evaluate(
          'axe.run().then(({ violations }) => JSON.stringify(violations))',
        )) as string;
        for (const { id, nodes } of JSON.parse(found) as { id: string; nodes: { html: string }[] }[])
          findings.push(`${name}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`);
        if (pictures !== undefined)
          await page.screenshot({ path: join(pictures, `${name}-${colorScheme}-${locale}.png`) });
      };
      await page.goto(`${served.server.url}/`);
      await page.getByRole('heading').waitFor();
      await check('sign-in');
      await page.goto(await served.signInUrl());
      const links = page.locator('.nav li a');
      await links.first().waitFor();
      for (const [place] of (await links.all()).entries()) {
        await links.nth(place).click();
        await page.locator('h1').waitFor();
        await check(new URL(page.url()).pathname.split('/').at(-1) as string);
      }
      await page.keyboard.press('Control+k');
      await page.getByRole('option').first().waitFor();
      await check('palette');
      await page.keyboard.press('Escape');
      await page.locator('.nav a[href="/console/playground"]').click();
      // A page that is left may have a text box too, and is there until the next one has loaded.
      await page.locator('textarea').fill('21');
      await page.keyboard.press('Enter');
      await page.locator('.answer h3').waitFor();
      await page.locator('.fold').click();
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
      await check('playground-answered');
      await page.goto(`${served.server.url}/`);
      await page.context().clearCookies();
      await page.goto(await served.operatorSignInUrl('owner'));
      await links.first().waitFor();
      await page.goto(`${served.server.url}/console/models?model=scripted-2&criterion=harm-direct`);
      await page.locator('article.trial').waitFor();
      await check('report');
      for (const name of ['jobs', 'training', 'meter']) {
        await page.goto(`${served.server.url}/console/${name}`);
        await page.locator('section.section').first().waitFor();
        await check(name);
      }
      expect(findings).toEqual([]);
      expect(faults).toEqual([]);
    },
    90_000,
  );
});
