// Which unfinished downloads are thrown away.
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../fixture.ts';
import { sweepDownloads } from './sweep-downloads.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const daysAgo = (days: number): Date => new Date(now - days * 24 * 60 * 60 * 1000);

test.each([
  ['written a month and a day ago', 31, {}, false],
  ['written last week', 7, {}, true],
  ['of which one file was written last week', 31, { 'model.gguf.json': 7 }, true],
] as const)('a download %s', (_, directoryDays, fileDays, kept) => {
  using root = temporaryDirectory();
  const download = writeDownload(root.path, directoryDays, { 'model.gguf': 40, ...fileDays });
  sweepDownloads(root.path, now);
  expect(existsSync(download)).toBe(kept);
});

test.each([
  ['runs', process.pid, true],
  ['is gone', 2 ** 30, false],
] as const)('an old download whose process %s', (_, holder, kept) => {
  using root = temporaryDirectory();
  const download = writeDownload(root.path, 40, { 'model.gguf': 40 });
  writeFileSync(join(download, 'model.gguf.lock'), String(holder));
  age(join(download, 'model.gguf.lock'), 40);
  age(download, 40);
  sweepDownloads(root.path, now);
  expect(existsSync(download)).toBe(kept);
});

test('a folder within an old download keeps nothing', () => {
  using root = temporaryDirectory();
  const download = writeDownload(root.path, 40, { 'model.gguf': 40 });
  mkdirSync(join(download, 'folder'));
  age(download, 40);
  sweepDownloads(root.path, now);
  expect(existsSync(download)).toBe(false);
});

function writeDownload(root: string, days: number, files: Readonly<Record<string, number>>): string {
  const download = join(root, 'f'.repeat(64));
  mkdirSync(download);
  for (const [name, fileDays] of Object.entries(files)) {
    writeFileSync(join(download, name), 'bytes');
    age(join(download, name), fileDays);
  }
  age(download, days);
  return download;
}

function age(path: string, days: number): void {
  utimesSync(path, daysAgo(days), daysAgo(days));
}
