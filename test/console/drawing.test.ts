// How often a page is laid out while a reply streams into it, which is most of what a token costs the process that draws it.
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/index.ts';
import { browserPath, serveConsole } from './served-console.ts';

const tokens = 800;

describe.skipIf(browserPath === undefined)('drawing (skipped: there is no Chromium)', () => {
  test('thinking is laid out a few times a second, however many tokens come', async () => {
    const reply = [...Array.from({ length: tokens }, (_, place) => ` ${place}`), '</think>', 'ok'];
    await using served = await serveConsole({
      ...{ clock: systemClock, reply: () => reply, tokensPerSecond: 200, contextLength: 4096 },
    });
    const { page, context } = await served.open();
    await page.goto(await served.signInUrl());
    await page.locator('.nav a[href="/console/playground"]').click();
    await page.locator('textarea').fill('x');
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    const layouts = async (): Promise<number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'LayoutCount')?.value as number;
    };
    await page.keyboard.press('Enter');
    await page.locator('.tail').waitFor();
    const before = await layouts();
    const began = performance.now();
    await expect.poll(() => page.evaluate("document.querySelector('.answer') !== null"), poll).toBe(true);
    const seconds = (performance.now() - began) / 1000;
    // A slow machine takes longer and draws less often in that time.
    expect((await layouts()) - before).toBeLessThan(10 + 5 * seconds);
    // At its end the server counts them.
    await expect.poll(() => page.locator('.thinking .num').textContent(), poll).toMatch(/80[01] tokens/);
    await context.close();
  }, 60_000);
});

const poll = { interval: 500, timeout: 40_000 };
