// docs/architecture.md names files and folders; each of them exists, and each folder below src has its row.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesBelow, root } from './source-files.ts';

const text = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');

const paths = ['src', 'test', 'docs', 'fixtures', 'scripts', 'native', 'bench'].flatMap((folder) =>
  filesBelow(folder, ['']).map(({ path }) => `/${path}`),
);

/** Names of files that a running program writes, and patterns for names, are no files of the repository. */
function isNamed(word: string): boolean {
  return (
    /^[\w./-]+$/.test(word) && /\.(ts|c|test\.ts)$|^[a-z-]+\/[\w./-]+$/.test(word) && !/[A-Z]{3}/.test(word)
  );
}

const onDisk = /## Where things lie on disk[\s\S]*?(?=\n## )/;

test('every file and folder that it names exists', () => {
  const named = [...text.replace(onDisk, '').matchAll(/`([^`\n]+)`/g)].flatMap(([, word = '']) => word);
  const files = [...new Set(named.filter(isNamed))];
  expect(files.length).toBeGreaterThan(40);
  const missing = files.filter(
    (word) =>
      !paths.some((path) => path.endsWith(`/${word}`) || path.includes(`/${word.replace(/\/$/, '')}/`)),
  );
  expect(missing).toEqual([]);
});

test('every folder below src has a row in its table, and no other has', () => {
  const rows = [...text.matchAll(/^\| `([a-z]+)` +\|/gm)].map(([, folder = '']) => folder);
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(rows.toSorted()).toEqual(folders.toSorted());
});
