// A reply of 5,000 tokens of thinking and 800 of an answer at 200 tokens a second in headless Chromium: what it costs the process that
// draws the page, in the console and beside it in a page that has react-markdown read everything again for each paint. Then how many
// nodes the console's page has, and what twenty such replies leave behind. TIEGEL_BENCH_ROUNDS sets how often both sides take turns.
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { build } from 'vite';
import { systemClock } from '../src/base/index.ts';
import { pretendAdmitted, servedBy, testModel } from '../src/gateway/testing.ts';
import { hasBrowser, type ServedConsole, serveConsole } from '../test/console/served-console.ts';
import { type BenchResult, median, rounded } from './bench.ts';
import { answerTokens, longReply, thinkingTokens } from './console/reply.ts';

const tokensPerSecond = 200;
const rounds = Number(process.env.TIEGEL_BENCH_ROUNDS ?? 3);
const replies = 20;

/** Milliseconds of processor time of the process that draws the page. */
type Cost = { readonly thinking: number; readonly answer: number };

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  if (!hasBrowser) throw new Error('There is no Chromium; CHROMIUM names it where it is in no usual place.');
  const script = await builtNaive();
  await using served = await serve(tokensPerSecond);
  const [ours, naive]: [Cost[], Cost[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    ours.push(await costOf(served, 'console', (page) => openConsole(served, page)));
    naive.push(await costOf(served, 'react-markdown', (page) => openNaive(served, page, script)));
  }
  await using fast = await serve(Number.POSITIVE_INFINITY);
  const { nodes, heapGrowthMb } = await leftBehind(fast);
  const whole = (costs: readonly Cost[]): number =>
    median(costs.map(({ thinking, answer }) => thinking + answer));
  return {
    ratios: { rendererCpuOverNaive: rounded(whole(ours) / whole(naive)) },
    figures: {
      cpuPerThinkingTokenMs: rounded(median(ours.map(({ thinking }) => thinking)) / thinkingTokens),
      cpuPerAnswerTokenMs: rounded(median(ours.map(({ answer }) => answer)) / answerTokens),
      naiveCpuPerThinkingTokenMs: rounded(median(naive.map(({ thinking }) => thinking)) / thinkingTokens),
      naiveCpuPerAnswerTokenMs: rounded(median(naive.map(({ answer }) => answer)) / answerTokens),
      ...{ domNodes: nodes, heapGrowthMb: rounded(heapGrowthMb), replies, tokensPerSecond },
    },
    rounds,
  };
}

function serve(pace: number): Promise<ServedConsole> {
  const sampling = { temperature: 0.6, topP: 0.95, maxTokens: 2 * longReply.length };
  return serveConsole(
    { clock: systemClock, reply: () => longReply, tokensPerSecond: pace, contextLength: 16_384 },
    { served: (engine) => servedBy(engine, pretendAdmitted(undefined, { sampling })) },
  );
}

async function costOf(
  served: ServedConsole,
  side: string,
  open: (page: Page) => Promise<void>,
): Promise<Cost> {
  const { page, context } = await served.open();
  await open(page);
  const before = await cpuMs(served.browser);
  await ask(page);
  await until(page, '.answer');
  const middle = await cpuMs(served.browser);
  await until(page, 'text/Done');
  const cost = { thinking: middle - before, answer: (await cpuMs(served.browser)) - middle };
  await context.close();
  process.stderr.write(`${side}: ${cost.thinking.toFixed(0)} + ${cost.answer.toFixed(0)} ms\n`);
  return cost;
}

/** Looked for from time to time: a page that is watched on every frame would pay for that. */
async function until(page: Page, selector: string): Promise<void> {
  const found = selector.startsWith('text/')
    ? `document.body.innerText.includes(${JSON.stringify(selector.slice(5))})`
    : `document.querySelector(${JSON.stringify(selector)}) !== null`;
  while (!(await page.evaluate(found))) await pause(250);
}

/** Of all processes that draw pages, of which one has a page. */
async function cpuMs(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const own = processInfo.filter(({ type }) => type === 'renderer');
  return own.reduce((total, { cpuTime }) => total + cpuTime * 1000, 0);
}

async function openConsole(served: ServedConsole, page: Page): Promise<void> {
  await page.goto(await served.signInUrl());
  await page.locator('.nav a[href="/console/playground"]').click();
  await page.locator('textarea').fill('x');
}

async function ask(page: Page): Promise<void> {
  await page.keyboard.press('Enter');
}

async function leftBehind(
  served: ServedConsole,
): Promise<{ readonly nodes: number; readonly heapGrowthMb: number }> {
  const { page, context } = await served.open();
  await openConsole(served, page);
  const session = await context.newCDPSession(page);
  const reply = async (): Promise<void> => {
    await page.locator('textarea').fill('x');
    await ask(page);
    await page.getByText('Done').waitFor();
  };
  const forget = async (): Promise<void> => {
    await page.getByRole('button', { name: 'New' }).click();
    await page.locator('.turn').waitFor({ state: 'detached' });
  };
  await reply();
  await page.locator('.fold').click();
  const nodes = (await page.evaluate(
    'let count = 0; for (const walker = document.createTreeWalker(document); walker.nextNode(); ) count++; count',
  )) as number;
  await forget();
  const before = await heapMb(session);
  for (let done = 0; done < replies; done++) {
    await reply();
    await forget();
  }
  const after = await heapMb(session);
  process.stderr.write(
    `heap: ${before.toFixed(1)} MB before, ${after.toFixed(1)} MB after ${replies} replies\n`,
  );
  await context.close();
  return { nodes, heapGrowthMb: after - before };
}

async function heapMb(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6;
}

async function openNaive(served: ServedConsole, page: Page, script: string): Promise<void> {
  await page.goto(await served.signInUrl());
  await page.locator('.nav a[href="/console/playground"]').waitFor();
  const body = '<!doctype html><div id="root"></div><script type="module" src="/naive/main.js"></script>';
  await page.route('**/naive/*', (route) =>
    route.fulfill(
      route.request().url().includes('main.js')
        ? { contentType: 'text/javascript', body: script }
        : { contentType: 'text/html', body },
    ),
  );
  // It asks as soon as it is there.
  await page.goto(`${served.server.url}/naive/?model=${testModel}`);
}

async function builtNaive(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tiegel-naive-'));
  try {
    await build({
      ...{ root: join(import.meta.dirname, 'console', 'naive'), configFile: false, logLevel: 'error' },
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        ...{ outDir: directory, emptyOutDir: true },
        lib: { entry: 'main.ts', formats: ['es'], fileName: () => 'main.js' },
      },
    });
    return readFileSync(join(directory, 'main.js'), 'utf8');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
