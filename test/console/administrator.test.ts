// The way of an administrator: a limit is set, used up, met with an error that says what to do, and raised; once by mouse and once by
// keyboard alone, with a key that is made on the way. Then the usage that came of it, in the console as in the API.
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testModel } from '../../src/gateway/testing.ts';
import { consoleFiles } from '../../src/host/console-files.ts';
import type { CompletionUsageResult, UsagePage } from '../../src/wire/index.ts';
import { tabTo } from './keyboard.ts';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

describe.skipIf(!hasBrowser)('the way of an administrator (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  beforeEach(async () => {
    served = await serveConsole({ reply: () => ['so ', 'be it', '</think>', 'Yes.'] });
  });
  afterEach(() => served[Symbol.asyncDispose]());

  const turn = (page: Page, place: number) => page.locator('.turn').nth(place);

  test('leads from a limit over the error to a higher one', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl());
    const setDaily = async (requests: string): Promise<void> => {
      await page.getByRole('navigation').getByRole('link', { name: 'Limits' }).click();
      const form = page.getByRole('form', { name: testModel });
      await form.getByLabel('Requests a day').fill(requests);
      await form.getByRole('button', { name: 'Save' }).click();
      await form.getByText('Saved').waitFor();
      await served.server.refresh();
    };
    const ask = async (): Promise<void> => {
      await page.getByRole('navigation').getByRole('link', { name: 'Playground' }).click();
      await page.getByRole('textbox', { name: 'Ask' }).fill('May I?');
      await page.getByRole('button', { name: 'Send' }).click();
    };
    await setDaily('1');
    await ask();
    await turn(page, 0).getByText('Done').waitFor();
    await page.getByRole('textbox', { name: 'Ask' }).fill('Again?');
    await page.getByRole('button', { name: 'Send' }).click();
    const problem = turn(page, 1).getByRole('alert');
    await problem.waitFor();
    await expect.poll(() => problem.textContent()).toMatch(/TGL_\w+ · request req_/);
    await expect.poll(() => problem.locator('p').count()).toBe(2);
    await setDaily('5');
    await ask();
    await turn(page, 0).getByText('Done').waitFor();
    expect(faults).toEqual([]);
  }, 60_000);

  test('is possible by keyboard alone', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl());
    await page.locator('.nav li').first().waitFor();
    const setDaily = async (requests: string): Promise<void> => {
      await tabTo(page, /^Limits$/);
      await page.keyboard.press('Enter');
      await page.getByRole('form', { name: testModel }).waitFor();
      await tabTo(page, /^Requests a day/);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(requests);
      await tabTo(page, /^Save$/);
      await page.keyboard.press('Enter');
      await page.getByText('Saved').waitFor();
      await served.server.refresh();
    };
    const makeKey = async (): Promise<string> => {
      await tabTo(page, /^Keys$/);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor();
      await tabTo(page, /^Name of the new key/);
      await page.keyboard.type('laptop');
      await page.keyboard.press('Enter');
      const secret = (await page.locator('.note.ok .mono').textContent()) ?? '';
      await served.server.refresh();
      return secret;
    };
    const statusWith = async (secret: string): Promise<number> => {
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ model: testModel, messages: [{ role: 'user', content: 'May I?' }] });
      const url = `${served.server.url}/v1/chat/completions`;
      return (await fetch(url, { method: 'POST', headers, body })).status;
    };
    const ask = async (): Promise<void> => {
      await page.keyboard.type('May I?');
      await page.keyboard.press('Enter');
    };
    const goAndAsk = async (): Promise<void> => {
      await tabTo(page, /^Playground$/);
      await page.keyboard.press('Enter');
      await page.getByRole('textbox', { name: 'Ask' }).waitFor();
      await tabTo(page, /^Ask /);
      await ask();
      await turn(page, 0).getByText('Done').waitFor();
    };
    const secret = await makeKey();
    await setDaily('1');
    await goAndAsk();
    await ask();
    await expect.poll(() => turn(page, 1).getByRole('alert').textContent()).toMatch(/TGL_\w+ · request req_/);
    expect(await statusWith(secret)).toBe(429);
    await setDaily('5');
    await goAndAsk();
    expect(await statusWith(secret)).toBe(200);
    expect(faults).toEqual([]);
  }, 60_000);

  test('shows what was used, as the API tells it, and holds its filters in the address', async () => {
    const { page, context, faults } = await served.open();
    await context.clock.setSystemTime(served.server.opened.clock.now());
    await page.goto(await served.signInUrl());
    await page.getByRole('navigation').getByRole('link', { name: 'Playground' }).click();
    await page.getByRole('textbox', { name: 'Ask' }).fill('May I?');
    await page.keyboard.press('Enter');
    await page.getByText('Done').waitFor();
    await served.server.refresh();
    await page.getByRole('navigation').getByRole('link', { name: 'Usage' }).click();
    await page.getByText('7 days').click();
    await page.getByRole('button', { name: 'Key' }).click();
    expect(new URL(page.url()).searchParams.toString()).toBe('days=7&by=api_key_id');
    await page.reload();
    await expect
      .poll(() => page.getByRole('button', { name: '7 days' }).getAttribute('aria-pressed'))
      .toBe('true');
    await page.getByRole('button', { name: 'Model' }).click();
    const row = page.getByRole('row', { name: testModel });
    await row.waitFor();
    const [, requests, prompt, thinking, answer] = await row.getByRole('cell').allInnerTexts();
    const start = Math.floor(served.server.opened.clock.now() / 86_400_000) * 86_400;
    const { data } = (await page.evaluate(
      `fetch('/v1/organization/usage/completions?start_time=${start}').then((answer) => answer.json())`,
    )) as UsagePage<CompletionUsageResult>;
    const [told] = data[0]?.results ?? [];
    expect([requests, prompt, thinking, answer].map(Number)).toEqual([
      told?.num_model_requests,
      told?.input_tokens,
      told?.x_tiegel.reasoning_tokens,
      (told?.output_tokens ?? 0) - (told?.x_tiegel.reasoning_tokens ?? 0),
    ]);
    expect(Number(requests)).toBe(1);
    await page.getByText('No request of this range was lost').waitFor();
    expect(faults).toEqual([]);
  }, 60_000);

  test('shows what was lost or settled late, page by page, with what of it was billed', async () => {
    const rows = Array.from({ length: 60 }, (_, place) => ({
      ...({ seq: place + 1, request: `req_${place}`, kind: place % 2 === 0 ? 'lost' : 'late' } as const),
      ...{ at: Date.now(), account: 'a', principal: 'p', key: 'k', model: '<b>m</b>' },
      ...{ prompt: 1000, reasoning: 200, answer: 34, amount: '0.5', currency: 'eur' },
      billed: place % 2 === 0 ? '0' : '0.5',
    }));
    await using other = await serveConsole(
      {},
      {
        gateway: {
          console: consoleFiles(),
          readLostAndLate: async ({ after, limit }) => rows.slice(after, after + limit),
        },
      },
    );
    const { page, faults } = await other.open();
    await page.goto(await other.signInUrl());
    await page.getByRole('navigation').getByRole('link', { name: 'Usage' }).click();
    const table = page.getByRole('group', { name: 'Lost or late' });
    await table.waitFor();
    const [, ...first] = await table.getByRole('row').nth(1).getByRole('cell').allTextContents();
    expect(first).toEqual(['lost', '<b>m</b>', '1,234', '€0.50', '€0.0']);
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => table.getByRole('row').count()).toBe(1 + rows.length);
    await expect.poll(() => page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    expect(faults).toEqual([]);
  }, 60_000);
});
