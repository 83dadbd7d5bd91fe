// Tests of pages: what a page shows comes some time after what was done to it, so that looking once is a race. Tests poll for
// what a locator should give, or wait for it.
import { expect, test } from 'vitest';
import { filesBelow } from './source-files.ts';

const looks =
  'count|textContent|innerText|inputValue|getAttribute|allTextContents|isDisabled|isVisible|isChecked';
const looksOnce = new RegExp(String.raw`expect\(\(?await [^;]*?\.(?:${looks})\(`);

test('no test looks at a page once where it has to wait for what it shows', () => {
  const found = filesBelow('test/console', ['.ts']).filter(({ text }) => looksOnce.test(text));
  expect(found.map(({ path }) => path)).toEqual([]);
});
