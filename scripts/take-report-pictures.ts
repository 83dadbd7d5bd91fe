// `npx node scripts/take-report-pictures.ts`: walks the officer's path with the shipped model in a data directory of its own, prints what
// the commands say, and takes the pictures of the report that docs/assess.md shows. `CHROMIUM` names the browser.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempDisposableSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '..');
const pictures = join(root, 'docs', 'assess');

using directory = mkdtempDisposableSync(join(tmpdir(), 'tiegel-officer-'));
const home = join(directory.path, 'home');
const key = join(directory.path, 'officer.pem');
mkdirSync(home);

function tiegel(...args: readonly string[]): void {
  const run = spawnSync(process.execPath, [join(root, 'src', 'cli', 'main.ts'), ...args], {
    env: { ...process.env, TIEGEL_HOME: home },
    encoding: 'utf8',
  });
  process.stdout.write(
    `$ tiegel ${args.join(' ').replaceAll(directory.path, '/media/stick')}\n${run.stdout}\n`,
  );
  if (run.status !== 0) throw new Error(`tiegel ${args[0]} ended with ${run.status}: ${run.stderr}`);
}

tiegel('officer', 'init', '--name', 'Jo Officer', '--key-file', key);
tiegel('officer', 'accept', 'tasks', '--as-strong', '--key-file', key);
tiegel('assess', 'tiegel-nano', '--policy', 'tasks', '--plan');
tiegel('assess', 'tiegel-nano', '--policy', 'tasks');
const [id = ''] = readdirSync(join(home, 'assessments'));
tiegel('assess', 'verify', id);
tiegel('list');
tiegel('officer', 'show');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
await take('report', 'en', 'light');
await take('report-german', 'de', 'dark');
await browser.close();

async function take(name: string, language: 'en' | 'de', colorScheme: 'light' | 'dark'): Promise<void> {
  const page = join(directory.path, `${name}.html`);
  tiegel('assess', 'report', id, '--language', language, '--out', page);
  const opened = await browser.newPage({ colorScheme, viewport: { width: 960, height: 760 } });
  await opened.goto(`file://${page}`);
  await opened.screenshot({ path: join(pictures, `${name}.png`) });
  await opened.close();
}
