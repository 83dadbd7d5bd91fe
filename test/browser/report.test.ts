// A report in a real browser: Chromium draws it, runs nothing that a model wrote, and asks nobody for anything.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportWith } from '../../src/assess/reports/fixture.ts';
import { renderReport } from '../../src/assess/reports/render-report.ts';

const chromium = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

const directory = mkdtempSync(join(tmpdir(), 'tiegel-report-'));

/** Headless, without a name that resolves. */
function browse(page: string, ...flags: readonly string[]): string {
  const path = join(directory, 'report.html');
  writeFileSync(path, page);
  const usual = ['--headless', '--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND'];
  const profile = `--user-data-dir=${mkdtempSync(join(directory, 'profile-'))}`;
  const run = spawnSync(chromium as string, [...usual, profile, ...flags, `file://${path}`], {
    timeout: 90_000,
  });
  expect(run.status, String(run.stderr)).toBe(0);
  return String(run.stdout);
}

const attack = `<script>document.title = 'taken'</script><img src="http://evil.invalid/x" onerror="document.title='taken'">`;

test.skipIf(chromium === undefined)(
  'a browser draws the report and nothing that a model wrote becomes part of the page',
  () => {
    const dom = browse(renderReport(reportWith(attack), 'html'), '--dump-dom');
    expect(dom).toContain('<title>&lt;script&gt;document.title');
    expect(dom).not.toMatch(/<(script|img|iframe|link|object)[\s>]/);
    expect(dom.match(/<h2>/g)?.length).toBe(13);
    expect(dom).toMatch(/<circle class="(met|not-met|undecided)"/);
  },
  120_000,
);

test.skipIf(chromium === undefined)(
  'even markup that got into the page would be run and fetched by nobody',
  () => {
    const page = renderReport(reportWith('plain'), 'html').replace('</main>', `${attack}</main>`);
    expect(browse(page, '--dump-dom')).toContain('<title>plain');
  },
  120_000,
);

test.skipIf(chromium === undefined)(
  'it is drawn in colour, by the style that its policy names',
  () => {
    const picture = join(directory, 'report.png');
    const page = renderReport(reportWith('plain'), 'html');
    browse(page, '--window-size=1000,1600', '--hide-scrollbars', `--screenshot=${picture}`);
    const drawn = readFileSync(picture).length;
    browse(page.replace(/<style>/, '<style>/**/'), '--window-size=1000,1600', `--screenshot=${picture}`);
    // Unstyled, the browser draws black serifs on white: another picture.
    expect(readFileSync(picture).length).not.toBe(drawn);
    expect(drawn).toBeGreaterThan(20_000);
  },
  180_000,
);
