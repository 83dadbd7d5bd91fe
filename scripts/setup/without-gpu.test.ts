import { expect, test } from 'vitest';
import { TiegelError } from '../../src/base/index.ts';
import type { Stamp } from './stamp.ts';
import { type Attempt, installOrWithoutGpu } from './without-gpu.ts';

const goal: Stamp = { lockfile: 'a', development: false, gpu: 'auto', builds: ['cuda', 'cpu'] };
const missing = new TiegelError('TGL_SETUP_PACKAGE_MISSING', { path: '', reason: 'E404' });

/** An installation that fails wherever libraries for a GPU belong to it. */
async function attempted(change: Partial<Attempt> = {}) {
  const installed: (readonly string[])[] = [];
  const said: string[] = [];
  const install = async ({ builds }: Stamp): Promise<void> => {
    if (builds.includes('cuda')) throw missing;
    installed.push(builds);
  };
  const print = (text: string): void => void said.push(text);
  await installOrWithoutGpu({ before: undefined, goal, needed: ['cpu'], install, print, ...change });
  return { installed, said: said.join('\n') };
}

test('what needs no GPU is installed where the libraries for it cannot be had, and that is told', async () => {
  const { installed, said } = await attempted();
  expect(installed).toEqual([['cpu']]);
  expect(said).toMatch(/TGL_SETUP_PACKAGE_MISSING.*\nGoing on without/);
});

test('nothing is installed anew where that is there already', async () => {
  expect((await attempted({ before: { ...goal, builds: ['cpu'] } })).installed).toEqual([]);
  const older = { ...goal, builds: ['cpu'], lockfile: 'b' };
  expect((await attempted({ before: older })).installed).toEqual([['cpu']]);
});

test('a choice that was made by hand fails with its error', async () => {
  await expect(attempted({ goal: { ...goal, gpu: 'cuda' } })).rejects.toBe(missing);
});

test('what fails for another reason fails', async () => {
  const broken = new Error('a defect');
  await expect(attempted({ install: () => Promise.reject(broken) })).rejects.toBe(broken);
  const alone = { goal: { ...goal, builds: ['cpu'] }, install: () => Promise.reject(missing) };
  await expect(attempted(alone)).rejects.toBe(missing);
});
