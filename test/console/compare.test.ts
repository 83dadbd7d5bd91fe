// Two settings beside each other: the same question, what they differ in, and each one's own conversation.
import { describe, expect, test } from 'vitest';
import { testModel } from '../../src/gateway/testing.ts';
import { hasBrowser, serveConsole } from './served-console.ts';

type Asked = {
  readonly model: string;
  readonly seed: number;
  readonly reasoning_effort?: string;
  readonly messages: readonly { readonly content: string }[];
};

describe.skipIf(!hasBrowser)('two replies (skipped: there is no Chromium)', () => {
  test('differ in their settings alone, and each goes on from its own answer', async () => {
    let replies = 0;
    await using served = await serveConsole(
      { reply: () => ['so', '</think>', `This is reply ${++replies}.`] },
      { models: ['other'] },
    );
    const { page, faults } = await served.open();
    const asked: Asked[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/v1/chat/completions')) asked.push(request.postDataJSON() as Asked);
    });
    await page.goto(await served.signInUrl());
    await page.locator('.nav a[href="/console/playground"]').click();
    await page.getByRole('button', { name: 'Compare with a second' }).click();
    const second = page.getByRole('region', { name: 'Second' });
    await second.getByLabel('Model').selectOption('other');
    await second.getByRole('button', { name: 'low' }).click();
    const ask = async (question: string, turns: number): Promise<void> => {
      await page.locator('textarea').fill(question);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.getByText('Done').count()).toBe(2 * turns);
    };
    await ask('Who?', 1);
    expect(asked.map(({ model, reasoning_effort }) => [model, reasoning_effort])).toEqual([
      [testModel, undefined],
      ['other', 'low'],
    ]);
    expect(asked[0]?.seed).toBe(asked[1]?.seed);
    await ask('And now?', 2);
    const answers = await page.locator('.answer').allTextContents();
    expect(asked.slice(2).map(({ messages }) => messages.map(({ content }) => content))).toEqual(
      answers.slice(0, 2).map((answer) => ['Who?', answer, 'And now?']),
    );
    await page.getByRole('button', { name: 'Replay' }).last().click();
    await expect.poll(() => page.getByText('Done').count()).toBe(6);
    expect(asked.slice(4)).toEqual(asked.slice(2, 4));
    await page.getByRole('button', { name: 'Only the first' }).click();
    await page.locator('textarea').fill('Alone?');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByText('Done').count()).toBe(7);
    expect(asked).toHaveLength(7);
    expect(faults).toEqual([]);
  }, 60_000);
});
