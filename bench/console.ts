// A reply of 5,000 tokens of thinking and 800 of an answer at 200 tokens a second in headless Chromium: what it costs the process that
// draws the page, in the console and beside it in a page that has react-markdown read everything again for each paint. Then how many
// nodes the console's page has, and what twenty such replies leave behind. TIEGEL_BENCH_ROUNDS sets how often both sides take turns.
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession } from 'playwright-core';
import { build } from 'vite';
import { systemClock } from '../src/base/index.ts';
import { pretendAdmitted, servedBy, testModel } from '../src/gateway/testing.ts';
import { browserPath, type ServedConsole, serveConsole } from '../test/console/served-console.ts';
import { type BenchResult, median, rounded } from './bench.ts';
import { type BareBrowser, bareBrowser } from './console/bare-browser.ts';
import { answerTokens, longReply, thinkingTokens } from './console/reply.ts';

const tokensPerSecond = 200;
const rounds = Number(process.env.TIEGEL_BENCH_ROUNDS ?? 3);
const replies = 20;

/** Milliseconds of processor time of the process that draws the page. */
type Cost = { readonly thinking: number; readonly answer: number };

/** @see BenchResult */
export async function bench(): Promise<BenchResult> {
  if (browserPath === undefined)
    throw new Error('There is no Chromium; CHROMIUM names it where it is in no usual place.');
  const script = await builtNaive();
  await using served = await serve(tokensPerSecond);
  const [ours, naive]: [Cost[], Cost[]] = [[], []];
  for (let round = 1; round <= rounds; round++) {
    ours.push(await costOf(browserPath, 'console', (browser) => askConsole(served, browser)));
    naive.push(await costOf(browserPath, 'react-markdown', (browser) => askNaive(served, browser, script)));
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

/** @param ask opens the page, and answers when what is left is to ask */
async function costOf(
  executablePath: string,
  side: string,
  open: (browser: BareBrowser) => Promise<() => Promise<unknown>>,
): Promise<Cost> {
  await using browser = await bareBrowser(executablePath);
  const ask = await open(browser);
  const before = await browser.rendererMs();
  await ask();
  await browser.until("document.querySelector('.answer') !== null");
  const middle = await browser.rendererMs();
  await browser.until("document.body.innerText.includes('Done')");
  const cost = { thinking: middle - before, answer: (await browser.rendererMs()) - middle };
  process.stderr.write(`${side}: ${cost.thinking.toFixed(0)} + ${cost.answer.toFixed(0)} ms\n`);
  return cost;
}

const playground = '.nav a[href="/console/playground"]';

async function signIn(served: ServedConsole, browser: BareBrowser): Promise<void> {
  await browser.open(await served.signInUrl());
  await browser.until(`document.querySelector('${playground}') !== null`);
}

async function askConsole(served: ServedConsole, browser: BareBrowser): Promise<() => Promise<unknown>> {
  await signIn(served, browser);
  await browser.evaluate(`document.querySelector('${playground}').click()`);
  await browser.until("document.querySelector('textarea') !== null");
  await browser.evaluate("document.querySelector('textarea').focus()");
  return () => browser.enter('x');
}

/** On a page of the same origin that has nothing else. */
async function askNaive(
  served: ServedConsole,
  browser: BareBrowser,
  script: string,
): Promise<() => Promise<unknown>> {
  await signIn(served, browser);
  await browser.open(`${served.server.url}/healthz?model=${testModel}`);
  await browser.until("location.pathname === '/healthz' && document.readyState === 'complete'");
  await browser.evaluate("document.body.replaceChildren(); document.body.id = 'root'");
  // It asks as soon as it is there.
  return () => browser.evaluate(script);
}

async function leftBehind(
  served: ServedConsole,
): Promise<{ readonly nodes: number; readonly heapGrowthMb: number }> {
  const { page, context } = await served.open();
  await page.goto(await served.signInUrl());
  await page.locator(playground).click();
  const session = await context.newCDPSession(page);
  const reply = async (): Promise<void> => {
    await page.locator('textarea').fill('x');
    await page.keyboard.press('Enter');
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

async function builtNaive(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tiegel-naive-'));
  try {
    await build({
      ...{ root: join(import.meta.dirname, 'console', 'naive'), configFile: false, logLevel: 'error' },
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        ...{ outDir: directory, emptyOutDir: true },
        lib: { entry: 'main.ts', formats: ['iife'], name: 'naive', fileName: () => 'main.js' },
      },
    });
    return readFileSync(join(directory, 'main.js'), 'utf8');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
