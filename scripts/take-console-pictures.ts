// `npx node scripts/take-console-pictures.ts`: takes the pictures of the console that README and guides show, of the built files over a
// scripted engine, and writes them into docs/pictures.
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { serveConsole } from '../test/console/served-console.ts';

const directory = join(import.meta.dirname, '..', 'docs', 'pictures');

const reply = [
  ...['Each of 3, 5 and 6 is to be used once. ', '3 * 5 is 15, ', 'and 15 + 6 is 21, ', 'which is wanted.'],
  ...[
    '</think>',
    'Multiply first:\n\n',
    '- `3 * 5 = 15`\n',
    '- `15 + 6 = 21`\n\n',
    'So it is **3 * 5 + 6**.',
  ],
];

await using served = await serveConsole({ reply: () => reply });

async function take(
  name: string,
  { signIn, ...look }: Look,
  show: (page: Page) => Promise<void>,
): Promise<void> {
  const viewport = { width: 1440, height: 900 };
  const { page, context } = await served.open({ ...look, viewport, reducedMotion: 'reduce' });
  await page.goto(await signIn());
  await page.locator('.nav li').first().waitFor();
  await show(page);
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(directory, `console-${name}.png`) });
  await context.close();
}

type Look = {
  readonly locale: 'en-GB' | 'de-DE';
  readonly colorScheme: 'light' | 'dark';
  readonly signIn: () => Promise<string>;
};

const [owner, operator] = [() => served.signInUrl(), () => served.operatorSignInUrl('owner')];

await take('overview', { locale: 'en-GB', colorScheme: 'light', signIn: owner }, async (page) => {
  await page.locator('.nav a[href="/console/overview"]').click();
});
await take('playground', { locale: 'de-DE', colorScheme: 'dark', signIn: owner }, async (page) => {
  await page.locator('.nav a[href="/console/playground"]').click();
  await page.getByRole('button', { name: 'vergleichen' }).click();
  await page.getByRole('region', { name: 'Zweites' }).getByRole('button', { name: 'low' }).click();
  await page.locator('textarea').fill('Bilde 21 aus 3, 5 und 6.');
  await page.keyboard.press('Enter');
  await page.getByText('Fertig').nth(1).waitFor();
  await page.locator('.fold').first().click();
});
await take('models', { locale: 'de-DE', colorScheme: 'dark', signIn: operator }, async (page) => {
  await page.locator('.nav a[href="/console/models"]').click();
  await page.getByRole('link', { name: 'scripted-2' }).click();
});
await take('assessment', { locale: 'en-GB', colorScheme: 'light', signIn: operator }, async (page) => {
  await page.locator('.nav a[href="/console/jobs"]').click();
  await page.getByRole('region', { name: 'Assess scripted-2' }).scrollIntoViewIfNeeded();
});
