// The committed build of the console is the one that its sources give, and is small enough.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../repository/source-files.ts';

const dist = join(root, 'console', 'dist');
const scratch = mkdtempSync(join(tmpdir(), 'tiegel-console-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function filesIn(directory: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(directory.length + 1), readFileSync(path)]),
  );
}

test('`npm run build:console` gives the committed files, byte for byte', () => {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  // Under a test runner React would be the one for development.
  const env = { ...process.env, NODE_ENV: 'production' };
  const options = ['build', 'console', '--outDir', scratch, '--emptyOutDir', '--logLevel', 'error'];
  const { status, stderr } = spawnSync(process.execPath, [vite, ...options], { cwd: root, env });
  expect(status, String(stderr)).toBe(0);
  const [committed, fresh] = [filesIn(dist), filesIn(scratch)];
  expect([...committed.keys()]).toEqual([...fresh.keys()]);
  for (const [name, content] of fresh) expect(committed.get(name)?.equals(content), name).toBe(true);
}, 120_000);

type Manifest = Readonly<
  Record<
    string,
    {
      readonly file: string;
      readonly isEntry?: boolean;
      readonly imports?: readonly string[];
      readonly dynamicImports?: readonly string[];
      readonly css?: readonly string[];
    }
  >
>;

describe('before the first paint of any page', () => {
  const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')) as Manifest;
  const compressed = (file: string): number => gzipSync(readFileSync(join(dist, file))).length;
  const closure = (name: string, seen: Set<string> = new Set()): ReadonlySet<string> => {
    seen.add(name);
    for (const other of manifest[name]?.imports ?? []) if (!seen.has(other)) closure(other, seen);
    return seen;
  };
  const [entry = ''] = Object.keys(manifest).filter((name) => manifest[name]?.isEntry);

  test.each(manifest[entry]?.dynamicImports ?? [])(
    '%s needs at most 180 KB of script and 50 KB of style',
    (page) => {
      const needed = [...new Set([...closure(entry), ...closure(page)])].map((name) => manifest[name]);
      const scripts = needed.map((chunk) => compressed(chunk?.file as string));
      const styles = [...new Set(needed.flatMap((chunk) => chunk?.css ?? []))].map(compressed);
      const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
      expect(sum(scripts)).toBeGreaterThan(50_000);
      expect(sum(scripts)).toBeLessThanOrEqual(180_000);
      expect(sum(styles)).toBeLessThanOrEqual(50_000);
    },
  );
});
