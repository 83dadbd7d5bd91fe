// What an administrator does with people and their data: somebody is added, let in by a link, given another role, and erased with a receipt.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tabTo } from './keyboard.ts';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

describe.skipIf(!hasBrowser)('people and their data (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  beforeAll(async () => {
    served = await serveConsole();
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test('somebody is added by keyboard alone, signs in by a link, and is erased', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl());
    await page.getByRole('navigation').getByRole('link', { name: 'People' }).waitFor();
    await tabTo(page, /^People$/);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add', exact: true }).waitFor();
    await tabTo(page, /^Name/);
    await page.keyboard.type('Carla');
    await page.keyboard.press('Enter');
    const row = page.getByRole('row', { name: /Carla/ });
    await row.waitFor();
    await row.getByLabel('Role of Carla').selectOption('viewer');
    await row.getByRole('button', { name: 'Sign-in link' }).click();
    const link = (await page.locator('.note.ok .mono').textContent()) ?? '';
    expect(link).toMatch(/\/sign-in#/);
    const other = await served.open();
    await other.page.goto(link);
    await other.page.getByRole('navigation').getByText('Carla').waitFor();
    await other.page.getByText('viewer').waitFor();
    await other.context.close();

    const id = (await row.locator('.mono').textContent()) ?? '';
    await page.goto(`${served.server.url}/console/data-policy`);
    const erasure = page.getByRole('region', { name: 'Erase a person' });
    await erasure.getByLabel('Identifier of the person').fill(id);
    await erasure.getByRole('button', { name: 'Preview' }).click();
    const act = erasure.getByRole('button', { name: 'Erase for ever' });
    await act.waitFor();
    await expect.poll(() => act.isDisabled()).toBe(true);
    await erasure.getByLabel(/once more/).fill(id);
    await act.click();
    await erasure.getByText('This is the receipt').waitFor();
    await expect.poll(() => erasure.getByText(id).count()).toBeGreaterThan(0);
    await page.goto(`${served.server.url}/console/people`);
    await page.getByRole('row').nth(1).waitFor();
    await expect.poll(() => page.getByRole('row', { name: /Carla/ }).count()).toBe(0);
    expect(faults).toEqual([]);
  }, 60_000);

  test('a preset is previewed before it holds, and says which rule forbids a model', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl());
    await page.getByRole('navigation').getByRole('link', { name: 'Data policy' }).click();
    const where = page.getByRole('region', { name: 'Where a request may be answered' });
    await where.getByRole('row', { name: /scripted.*may/ }).waitFor();
    await page.getByRole('combobox', { name: /^Preset/ }).selectOption('eu-only');
    await page
      .getByRole('region', { name: 'Set by preset' })
      .getByRole('button', { name: 'Preview' })
      .click();
    await page.getByText('nothing has changed yet').waitFor();
    await expect.poll(() => where.getByRole('row', { name: /scripted.*may/ }).count()).toBe(1);
    await page.getByRole('button', { name: 'Set for the organisation' }).click();
    await where.getByRole('row', { name: /scripted.*engines\.regions \(US, Far Ltd/ }).waitFor();
    await page.getByText(/version 1/).waitFor();
    expect(faults).toEqual([]);
  }, 60_000);
});
