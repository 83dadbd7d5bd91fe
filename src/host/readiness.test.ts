// What is assessed by itself before it is served, and what only a policy that the officer accepts may admit.
import { expect, test } from 'vitest';
import { manualClock, TiegelError } from '../base/index.ts';
import type { NotAdmitted, OfficerState } from '../catalog/index.ts';
import { assessWhereDue } from './readiness.ts';

const now = Date.UTC(2026, 0, 1);

function wordOf(...accepted: readonly (readonly [name: string, expires: number])[]): OfficerState {
  const word = {
    schema: 1,
    officer: { name: 'Jo Officer', keyid: 'k', publicKey: 'p' },
    accepted: accepted.map(([name, expires]) => ({
      ...{ name, version: '1', digest: 'd', minimum: 'same', lift: 'policy' },
      expires: new Date(expires).toISOString(),
    })),
  };
  return { state: 'given', word } as unknown as OfficerState;
}

/** Whether it was assessed, or the code and message of what was thrown instead. */
async function outcome(state: OfficerState, admittedBy?: string): Promise<unknown> {
  const known: NotAdmitted = { admitted: false, state: 'stale', reason: 'it expired' };
  const assessed = new Error('it is being assessed');
  const steps = {
    officer: { read: () => state, give: () => {} },
    admit: async () => (admittedBy === undefined ? known : { ...known, admittedBy }),
    assess: () => Promise.reject(assessed),
  };
  try {
    return await assessWhereDue({ onNote: () => {}, clock: manualClock(now) }, 'mine', steps);
  } catch (err) {
    if (err === assessed) return 'assessed';
    return TiegelError.isInstance(err) ? [err.code, err.message] : err;
  }
}

test('without an officer, what no policy has decided on is assessed at once, and the rest by its policy again', async () => {
  expect(await outcome({ state: 'none' })).toBe('assessed');
  expect(await outcome({ state: 'none' }, 'tasks')).toEqual([
    'TGL_ASSESSMENT_DUE',
    expect.stringContaining('by the policy tasks'),
  ]);
});

test('with an officer nothing is assessed by itself: a policy that is accepted now has to admit it', async () => {
  const word = wordOf(['general', now + 1], ['tasks', now + 1]);
  const due = (policy: string) => ['TGL_ASSESSMENT_DUE', expect.stringContaining(`by the policy ${policy}`)];
  expect(await outcome(word)).toEqual(due('general'));
  expect(await outcome(word, 'tasks')).toEqual(due('tasks'));
  expect(await outcome(word, 'mine-own')).toEqual(due('general'));
  expect(await outcome(wordOf(['general', now], ['tasks', now + 1]), 'general')).toEqual(due('tasks'));
});

test('where the officer accepts nothing, or the word cannot be relied on, nothing is assessed', async () => {
  const none = ['TGL_NO_POLICY_ACCEPTED', expect.stringContaining('mine')];
  expect(await outcome(wordOf())).toEqual(none);
  expect(await outcome(wordOf(['general', now]), 'general')).toEqual(none);
  expect(await outcome({ state: 'unsound', problem: 'it was changed' })).toEqual(none);
});
