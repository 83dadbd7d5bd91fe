// Loops without a condition of their own in the layers that draw random numbers: none waits for luck without a bound. What
// has to be drawn again is drawn by `firstAccepted`; whatever else loops so stands below, with what ends it.
import { expect, test } from 'vitest';
import { filesBelow } from './source-files.ts';

const ends: Readonly<Record<string, string>> = {
  'src/stats/incomplete-beta.ts': 'a bisection, which ends where no double lies between its bounds',
  'src/teach/decoder.ts': 'every turn adds a token to each row that is left, and rows have at most so many',
  'src/teach/grpo.ts': 'its rounds are counted against those of the stage',
  'src/teach/submit/submit.ts': 'it waits for a job of a cluster, sleeps in between and ends with the signal',
};

const unconditional = /\bfor \([^;()]*;\s*;[^)]*\)|\bwhile \(true\)|^\s*do \{/m;

test('every loop has a bound, or says what ends it', () => {
  const found = ['src/stats', 'src/tasks', 'src/teach']
    .flatMap((folder) => filesBelow(folder, ['.ts']))
    .filter(({ path, text }) => !path.endsWith('.test.ts') && unconditional.test(text))
    .map(({ path }) => path);
  expect(found).toEqual(Object.keys(ends));
});
