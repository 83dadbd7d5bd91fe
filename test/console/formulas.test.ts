// Formulas in an answer: drawn with fonts of the server's own, and left as they were written where they are none.
import { describe, expect, test } from 'vitest';
import { browserPath, serveConsole } from './served-console.ts';

const answer = [
  String.raw`Half of it is $\frac{a}{b}$, and`,
  String.raw`$$\sum_{i=1}^{n} i = \frac{n(n+1)}{2}$$`,
  String.raw`costs $5. This is none: $\frac{a$, nor is $\def\a{\a\a}\a$.`,
  String.raw`And $\href{javascript:alert(1)}{x}$ leads nowhere, $\includegraphics{https://evil.invalid/f}$ loads nothing.`,
].join('\n\n');

describe.skipIf(browserPath === undefined)('formulas (skipped: there is no Chromium)', () => {
  test('are drawn, and what is none stays what was written', async () => {
    await using served = await serveConsole({ reply: () => ['ok', '</think>', answer] });
    const { page, context, faults } = await served.open();
    await page.goto(await served.signInUrl());
    await page.locator('.nav a[href="/console/playground"]').click();
    await page.locator('textarea').fill('x');
    await page.keyboard.press('Enter');
    await page.locator('.turn').getByText('Done').waitFor();
    const drawn = page.locator('.answer .formula .katex');
    await expect.poll(() => drawn.count()).toBe(4);
    await expect.poll(() => page.locator('.answer .formula.display .katex').count()).toBe(1);
    await expect.poll(() => page.locator('.answer').textContent()).toContain(String.raw`$\def\a{\a\a}\a$`);
    await expect.poll(() => page.locator('.answer :is(a[href], img)').count()).toBe(0);
    const fonts = await page.evaluate<string[]>(
      "document.fonts.ready.then(() => [...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family))",
    );
    expect(fonts.join()).toContain('KaTeX_Math');
    const directory = process.env.TIEGEL_SCREENSHOTS;
    if (directory !== undefined) await page.screenshot({ path: `${directory}/formulas.png` });
    expect(faults).toEqual([]);
    await context.close();
  }, 60_000);
});
