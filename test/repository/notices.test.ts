// The inventory of what is shipped is that of the lockfile, so that nobody who checks it checks something else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { neededPackages } from '../../scripts/needed-packages.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');

const inventory = JSON.parse(read('sbom.cdx.json')) as {
  readonly components: readonly { readonly name: string; readonly version: string }[];
};
const needed = neededPackages(JSON.parse(read('package-lock.json'))).map(
  ({ name, version }) => `${name} ${version}`,
);
const listed = inventory.components.map(({ name, version }) => `${name} ${version}`);

test('sbom.cdx.json names what the lockfile installs to run, and llama.cpp; `npm run notices` writes it anew', () => {
  const installed = listed.filter((entry) => !entry.startsWith('llama.cpp '));
  expect(installed.toSorted()).toEqual(needed.toSorted());
  expect(listed.filter((entry) => entry.startsWith('llama.cpp '))).toHaveLength(1);
});

test('NOTICE names every one of them', () => {
  const notice = read('NOTICE');
  expect(listed.filter((entry) => !notice.includes(`\n${entry} (`))).toEqual([]);
});

test('the container starts from an image that a digest names', () => {
  const bases = read('deploy/Containerfile').match(/^FROM .*$/gm) ?? [];
  expect(bases.length).toBeGreaterThan(0);
  for (const base of bases) expect(base).toMatch(/@sha256:[0-9a-f]{64}(\s|$)/);
});
