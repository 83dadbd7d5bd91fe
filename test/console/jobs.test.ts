// Long work in the console: what runs is shown with how far it is, started and cancelled; the page only asks, and the server goes on without it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleJobs } from '../../src/gateway/example-jobs.ts';
import { consoleFiles } from '../../src/host/console-files.ts';
import type { JobBody, JobRequest } from '../../src/wire/index.ts';
import { tabTo } from './keyboard.ts';
import { hasBrowser, type ServedConsole, serveConsole } from './served-console.ts';

describe.skipIf(!hasBrowser)('jobs (skipped: there is no Chromium)', () => {
  let served: ServedConsole;
  const started: JobRequest[] = [];
  let jobs: readonly JobBody[] = [];
  beforeAll(async () => {
    const [pulling, training] = (await exampleJobs.list(null as never, {})) as readonly [JobBody, JobBody];
    jobs = [pulling, training];
    served = await serveConsole(
      {},
      {
        gateway: {
          console: consoleFiles(),
          jobs: {
            ...exampleJobs,
            list: async () => jobs,
            start: async (_, request) => {
              started.push(request);
              const job = { ...pulling, id: `job-${started.length}`, request, state: 'queued' } as const;
              jobs = [job, ...jobs];
              return job;
            },
            cancel: async (_, id) => {
              jobs = jobs.map((job) => (job.id === id ? { ...job, state: 'cancelled' } : job));
              return jobs.find((job) => job.id === id) as JobBody;
            },
          },
        },
      },
    );
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test('an assessment is started by keyboard alone, seen and cancelled', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.operatorSignInUrl('administrator'));
    await page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).waitFor();
    await tabTo(page, /^Jobs$/);
    await page.keyboard.press('Enter');
    const fetching = page.getByRole('region', { name: 'Fetch qwen3:0.6b' });
    await fetching.getByText(/250.0 MB of 500.0 MB · ~ 30 s left/).waitFor();
    await page.getByRole('option', { name: 'scripted-2' }).waitFor({ state: 'attached' });
    await tabTo(page, /^Assess$/);
    await page.keyboard.press('Enter');
    const assessing = page.getByRole('region', { name: 'Assess scripted-2' });
    await assessing.waitFor();
    expect(started).toEqual([{ kind: 'assess', model: 'scripted-2', policy: null }]);
    await assessing.getByRole('button', { name: 'Cancel' }).click();
    await assessing.getByRole('button', { name: 'Go on' }).waitFor();
    await page.reload();
    await assessing.getByText('cancelled').waitFor();
    expect(faults).toEqual([]);
  }, 60_000);

  test('an assessment by a policy shows each bound beside what is required, and how many trials are left to it', async () => {
    const { page, faults } = await served.open();
    jobs = [...jobs, ...(await exampleJobs.list(null as never, {})).slice(2)];
    await page.goto(await served.operatorSignInUrl('administrator'));
    await page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).click();
    const row = (name: string) => page.getByRole('row', { name });
    await row('harm-direct').waitFor();
    await expect
      .poll(() => row('harm-direct').getByRole('cell').allTextContents())
      .toEqual(expect.arrayContaining(['≤ 8%', '≤ 10%', '120 / 2001 unassessed', 'met']));
    await expect
      .poll(() => row('capability').getByRole('cell').allTextContents())
      .toEqual(expect.arrayContaining(['≥ 44%', '≥ 50%', '60 / 200', 'not decided']));
    await page.getByText(/180 of 400 trials · ~ 4 min left/).waitFor();
    expect(faults).toEqual([]);
  }, 60_000);

  test('a training is drawn as it goes, and a recipe is started under a name', async () => {
    const { page, faults } = await served.open();
    await page.goto(await served.operatorSignInUrl('owner'));
    await page.getByRole('navigation').getByRole('link', { name: 'Training' }).click();
    const training = page.getByRole('region', { name: 'Teach first (pico)' });
    await training.getByRole('img', { name: /loss 0\.\d+ .*step 40/ }).waitFor();
    await training.getByText('after 50 steps · 26 tokens · right').waitFor();
    const steps = training.getByRole('slider', { name: 'The same problem, step by step' });
    await steps.press('ArrowLeft');
    await training.getByText('after 0 steps · 12 tokens · wrong').waitFor();
    await training.getByText('12+7=19 no </think> no', { exact: true }).waitFor();
    const directory = process.env.TIEGEL_SCREENSHOTS;
    if (directory !== undefined) await page.screenshot({ path: `${directory}/training.png`, fullPage: true });
    await page.getByLabel('Name of the model').fill('second');
    await page.getByRole('button', { name: 'Start training' }).click();
    await page.getByRole('region', { name: 'Teach second (pico)' }).waitFor();
    expect(started.at(-1)).toEqual({ kind: 'teach', recipe: 'pico', name: 'second' });
    expect(faults).toEqual([]);
  }, 60_000);

  test('whoever does not operate the server has no such pages', async () => {
    const { page } = await served.open();
    await page.goto(await served.signInUrl());
    await page.getByRole('navigation').getByRole('link', { name: 'Models' }).waitFor();
    expect(
      await page
        .getByRole('navigation')
        .getByRole('link', { name: /Jobs|Training/ })
        .count(),
    ).toBe(0);
  }, 60_000);
});
