// One seam to the disk: what changes it goes through `src/base/disk.ts`, where a test can record it and make it fail.
// Whoever needs another way stands in the list, with the reason why nothing is lost by it.
import { expect, test } from 'vitest';
import { filesBelow } from './source-files.ts';

const changing =
  /\b(appendFile|appendFileSync|copyFile|copyFileSync|cp|cpSync|createWriteStream|fdatasync|fdatasyncSync|fsync|fsyncSync|ftruncate|ftruncateSync|link|linkSync|mkdir|mkdirSync|open|openSync|rename|renameSync|truncate|truncateSync|write|writeFile|writeFileSync|writeSync)\b/;

const exceptions: Readonly<Record<string, string>> = {
  'src/base/disk.ts': 'the seam itself',
  'src/base/lock.ts': 'a lock does not outlive its process, so it need not survive the machine',
  'src/catalog/storage/collect-garbage.ts': 'what a crash undoes is collected again at the next removal',
  'src/engine/llama-server/fake-server.ts': 'a stand-in that tests alone start',
  'src/teach/json-lines.ts': 'lines behind the last checkpoint are dropped when a run goes on',
  'src/teach/rewards/sample-log.ts': 'samples for a person to look at; nothing is derived from them',
};
/** Files opened for reading only. */
const readers: Readonly<Record<string, string>> = {
  'src/assess/afterwards/assessment-history.ts': 'reads the first and the last bytes of files alone',
  'src/catalog/storage/open-regular-file.ts': 'opens for reading',
  'src/catalog/storage/strict-json.ts': 'opens for reading',
  'src/engine/held-files/held-files.ts': 'opens for reading; its links are names of a temporary directory',
  'src/formats/gguf/byte-source.ts': 'opens for reading',
};

test('no file changes the disk past the seam', () => {
  const past = filesBelow('src', ['.ts'])
    .filter(({ path }) => !path.endsWith('.test.ts') && !/fixture|test-|testing/.test(path))
    .filter(({ text }) =>
      [...text.matchAll(/import (?:type )?\{([^}]*)\} from 'node:fs(?:\/promises)?'/g)].some(([, names]) =>
        changing.test(names!),
      ),
    )
    .map(({ path }) => path);
  expect(past.toSorted()).toEqual([...Object.keys(exceptions), ...Object.keys(readers)].toSorted());
});

test('node:fs is imported by names, so that the test above sees what is used', () => {
  const whole = filesBelow('src', ['.ts'])
    .filter(({ text }) => /import (?:\* as )?\w+ from 'node:fs/.test(text))
    .map(({ path }) => path);
  expect(whole).toEqual([]);
});
