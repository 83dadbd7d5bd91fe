// What `npm run test:mutation` is told: a test that was moved would be left out of a measurement without a word.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { furtherTests } from '../../scripts/mutation/further-tests.ts';

const root = join(import.meta.dirname, '..', '..');

test('the folders of src that have tests elsewhere are there, and so are these tests', () => {
  const folders = [...furtherTests.keys()].map((folder) => `src/${folder}`);
  const missing = [...folders, ...[...furtherTests.values()].flat()].filter(
    (path) => !existsSync(join(root, path)),
  );
  expect(missing).toEqual([]);
});
