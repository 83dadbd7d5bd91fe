// The page Meter as people with different roles see it: what a correct answer costs, prices over time and the planner, over files that
// were kept as `tiegel meter` keeps them and a ledger that requests have filled.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock as clock } from '../../src/base/index.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import type { Meter } from '../../src/gateway/index.ts';
import { consoleFiles } from '../../src/host/console-files.ts';
import { openMeter } from '../../src/host/meter/meter.ts';
import {
  type Calibration,
  calibrationText,
  keptDirectory,
  keptFile,
  type MeasuredReport,
  type MeasuredRow,
  reportText,
} from '../../src/meter/index.ts';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

const made = '2026-11-30T08:00:00.000Z';
const cost = (estimate: number) =>
  ({ type: 'estimated', estimate, lower: estimate * 0.9, upper: estimate * 1.1 }) as const;
const row = (label: string, accuracy: number, tokens: number): MeasuredRow => ({
  ...{ label, strategy: { type: 'plain' }, samplesPerTask: 1 },
  accuracy: { estimate: accuracy, lower: accuracy - 0.05, upper: accuracy + 0.02 },
  costs: {
    ...{ tokens: cost(tokens), seconds: cost(tokens / 300), money: null },
    joules: { method: 'modelled', low: cost(tokens / 100), high: cost(tokens / 30) },
  },
  overGreedy:
    label === 'greedy'
      ? null
      : { difference: { estimate: 0.02, lower: -0.01 }, costRatio: { estimate: 4, lower: 3.7, upper: 4.3 } },
});
const report: MeasuredReport = {
  ...{ schema: 1, model: 'scripted', admissionKey: 'k', effort: 'low', made, tasks: 150, hosted: null },
  ...{ command: 'tiegel meter report scripted --effort low', selected: { type: 'greedy' }, money: null },
  rows: [row('greedy', 0.847, 93.7), row('vote, at most 4, all of them', 0.843, 376)],
  budgets: [row('at most 16 tokens of thinking', 0.2, 236), row('greedy', 0.847, 93.7)],
  energy: { method: 'modelled', sources: ['processor time'], unknown: [] },
};
const calibration: Calibration = {
  ...{ schema: 2, model: 'scripted', admissionKey: 'k', effort: 'low', made, selectedOn: ['x'] },
  ...{ samples: 4, temperature: 0.8, margin: 0.02, answer: { type: 'text' }, checker: null },
  ...{ expected: null, abstention: null, selected: { type: 'greedy' }, tried: [] },
};

describe.skipIf(!hasBrowser)('the page Meter (skipped: there is no Chromium)', () => {
  const home = mkdtempSync(join(tmpdir(), 'tiegel-meter-page-'));
  let served: ServedConsole;
  let meter: Meter & AsyncDisposable;
  beforeAll(async () => {
    const catalog = openCatalog({ home, clock, outdated: () => undefined });
    const port: { meter?: Meter } = {};
    served = await serveConsole({}, { gateway: { console: consoleFiles(), meter: lateMeter(port) } });
    const { store, clock: standing } = served.server.opened;
    meter = openMeter({
      store,
      clock: standing,
      catalog,
      models: { resolve: () => undefined },
      states: () => [],
    });
    port.meter = meter;
  });
  afterAll(async () => {
    await meter[Symbol.asyncDispose]();
    await served[Symbol.asyncDispose]();
    rmSync(home, { recursive: true });
  });

  test('says which commands fill it, then shows what they kept, in numbers, plots and a curve', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.operatorSignInUrl('owner'));
    await page.locator('.nav a[href="/console/meter"]').click();
    await page.getByText('tiegel meter calibrate tiegel-nano').waitFor();
    const { signingKey } = openCatalog({ home, clock, outdated: () => undefined });
    for (const kind of ['calibrations', 'reports'] as const)
      mkdirSync(keptDirectory(home, kind), { recursive: true });
    writeFileSync(
      keptFile(home, 'calibrations', 'scripted', 'low'),
      calibrationText(calibration, signingKey),
    );
    writeFileSync(keptFile(home, 'reports', 'scripted', 'low'), reportText(report, signingKey));
    writeFileSync(keptFile(home, 'reports', 'broken', 'low'), '{}');
    await page.reload();
    const costs = page.getByRole('region', { name: 'Cost over accuracy' });
    await costs.waitFor();
    await expect.poll(() => costs.locator('svg.wide circle').count()).toBe(2);
    const text = await costs.textContent();
    expect(text).toContain('84.7%');
    expect(text).toContain('93.7 (84.3 to 103)');
    expect(text).toContain('modelled');
    expect(text).toContain('selected, not served');
    await expect.poll(() => page.getByText('broken.low.json').textContent()).toContain('cannot be used');
    expect(
      await page.getByRole('region', { name: 'Budgets of thinking' }).locator('svg.wide path').count(),
    ).toBe(1);
    await page.getByText('The model is served in another way now').waitFor();
    await page.getByRole('button', { name: 'Joules' }).click();
    expect(page.url()).toContain('cost=joules');
    await expect.poll(() => costs.locator('svg.wide').getAttribute('aria-label')).toContain('Joules');
    expect(faults).toEqual([]);
  }, 60_000);

  test('plans by keyboard at rates, and says of an empty ledger that it is', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.signInUrl());
    await page.locator('.nav a[href="/console/meter"]').click();
    const planner = page.getByRole('region', { name: 'Planner' });
    await planner.getByText('Plan from rates until there are more.').waitFor();
    await planner.getByRole('button', { name: 'at rates' }).click();
    await planner.locator('svg.wide').waitFor();
    const needed = async (): Promise<number> =>
      Number(/(\d+) Replicas \(needed\)/.exec((await planner.textContent()) ?? '')?.[1]);
    const before = await needed();
    expect(before).toBeGreaterThan(0);
    const slider = planner.getByLabel('Requests/s');
    await slider.focus();
    for (let press = 0; press < 15; press++) await page.keyboard.press('ArrowRight');
    await expect.poll(needed, { timeout: 20_000 }).toBeGreaterThan(before);
    await planner.getByLabel('Answered right, %').fill('50');
    await planner.getByLabel('Cost of a replica-hour').fill('2');
    await planner.getByText('a correct answer').waitFor();
    await expect.poll(() => page.getByText('Cost over accuracy').count()).toBe(0);
    expect(faults).toEqual([]);
  }, 60_000);

  test('shows prices as steps over time, and every record with its source', async () => {
    const { page, faults } = await served.open({ locale: 'de-DE' });
    await page.goto(await served.signInUrl('billing'));
    await page.locator('.nav a[href="/console/meter"]').click();
    const prices = page.getByRole('region', { name: 'Preise im Lauf der Zeit' });
    await prices.locator('summary').click();
    const text = await prices.textContent();
    for (const fact of ['deepseek-reasoner', '16:30 – 00:30', 'api-docs.deepseek.com', 'o3-mini'])
      expect(text).toContain(fact);
    await expect.poll(() => prices.locator('svg.wide path.dash').count()).toBe(1);
    expect(faults).toEqual([]);
  }, 60_000);
});

/** What the gateway is given before there is a store to read. */
function lateMeter(port: { readonly meter?: Meter }): Meter {
  const known = (): Meter => {
    if (port.meter === undefined) throw new TypeError('the meter is not there yet');
    return port.meter;
  };
  return {
    models: () => known().models(),
    prices: () => known().prices(),
    plan: (...asked) => known().plan(...asked),
  };
}
