// The guard's commands as an operator gives them: calibrate on a log, replay another, look at what there is, and clear a case.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import { emptyHome, tiegel } from './tiegel-process.ts';

type Told = Record<string, never>;

async function told(home: string, ...words: readonly string[]): Promise<Told> {
  return JSON.parse((await tiegel(home, 'guard', ...words, '--json')).stdout) as Told;
}

const start = 1_795_996_800;
const usual = { inputTokens: 30, reasoningTokens: 200, answerTokens: 40, traceShown: true };
const words = 'invoice parcel meeting table garden lunch printer ticket holiday broken colour'.split(' ');

function honest(account: number): readonly object[] {
  const random = seededRandom(account);
  return Array.from({ length: 30 }, (_, count) => ({
    ...{ ...usual, time: start + account, organisation: `o${account % 6}`, account: `a${account}` },
    ...{ class: 'rag', conversation: `c${account} ${count >> 2}` },
    prompt: random.pick([`where is my ${random.pick(words)}?`, `move the ${random.pick(words)}`, 'thanks']),
  }));
}

const thief: readonly object[] = Array.from({ length: 60 }, (_, count) => ({
  ...{ ...usual, time: start + 1000 + count, organisation: 'x', account: 'thief', class: 'rag' },
  prompt: `Write ${count} reasons for inflation and compute ${count}^7 mod 31.\n\nExplain step by step and show all your reasoning before the final answer.`,
}));

function logOf(home: string, name: string, requests: readonly object[]): string {
  const file = join(home, name);
  writeFileSync(file, requests.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return file;
}

test('a calibration on a log says what it cannot do, and a replay tells the thief', {
  timeout: 180_000,
}, async () => {
  const home = emptyHome();
  const honestLog = logOf(home, 'honest.jsonl', Array.from({ length: 40 }, (_, one) => honest(one)).flat());
  const mixed = logOf(home, 'mixed.jsonl', [...honest(100), ...thief]);
  expect(await told(home, 'status')).toMatchObject({ setting: 'off', openCases: 0 });
  const usualRate = await told(home, 'calibrate', honestLog);
  expect(usualRate).toMatchObject({ version: 1, rate: 0.001, needed: 999 });
  const silent = (await tiegel(home, 'guard', 'status')).stdout;
  expect(silent).toContain('rag: 40 honest weeks of 6 kinds; nothing can alarm before there are 999');
  expect(await told(home, 'calibrate', honestLog, '--rate', '0.05')).toMatchObject({ version: 2 });
  expect(await told(home, 'status')).toMatchObject({ setting: 'ask' });
  const { accounts } = (await told(home, 'replay', mixed)) as never as {
    accounts: Record<string, unknown>[];
  };
  expect(accounts.map(({ account, eValue }) => [account, eValue])).toEqual([
    ...[
      ['a100', 0],
      ['thief', 20],
    ],
  ]);
  expect((await tiegel(home, 'guard', 'replay', mixed)).stdout).toMatch(
    /thief .* after 10 requests and 2000 tokens/,
  );
});

test('what is wrong is refused with what was received', { timeout: 180_000 }, async () => {
  const home = emptyHome();
  const wrong = logOf(home, 'wrong.jsonl', [{ ...thief[0], colour: 'red' }]);
  const unknown = `case_${'0'.repeat(30)}`;
  const refused = [
    [['replay', wrong], 'TGL_GUARD_TRAFFIC_INVALID', 'Line 1 .*colour'],
    [['replay', join(home, 'absent')], 'TGL_USAGE', 'ENOENT'],
    [['calibrate', wrong, '--rate', '2'], 'TGL_USAGE', 'got 2'],
    [['calibrate'], 'TGL_USAGE', 'nothing to calibrate on'],
    [['declare', 'acc_x', 'toys'], 'TGL_USAGE', 'got toys'],
    [['show', unknown], 'TGL_GUARD_CASE_UNKNOWN', unknown],
    [['clear', unknown, '--reason', 'x'], 'TGL_GUARD_CASE_UNKNOWN', unknown],
    // What is no identifier might be a secret, and is not repeated.
    [['show', 'sk-tgl-secret'], 'TGL_GUARD_CASE_UNKNOWN', 'no case of that name'],
  ] as const;
  for (const [given, code, message] of refused)
    expect(await told(home, ...given)).toMatchObject({
      error: { code, message: expect.stringMatching(new RegExp(message)) },
    });
  expect(await told(home, 'cases')).toEqual({ cases: [] });
});
