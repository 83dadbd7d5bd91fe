// A log is read strictly, by line and name, and what is said of its accounts is what a server would have said.
import { expect, test } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { calibrateClasses } from '../calibration/calibration.ts';
import { honestWeeksOf } from '../calibration/honest-weeks.ts';
import { shippedGuardScore } from '../score/guard-score.ts';
import { readTraffic } from './read-traffic.ts';
import { type ReplayedWeek, replayTraffic, reportsOf } from './replay-traffic.ts';

const request = {
  ...{ time: 1_795_996_800, organisation: 'o', account: 'a', class: 'chat', model: 'm', prompt: 'hello' },
  ...{ inputTokens: 3, reasoningTokens: 5, answerTokens: 2, traceShown: true, temperature: 0.6, n: 1 },
  ...{ conversation: 'c', infrastructure: { network: 'n' } },
};
type Line = Record<string, unknown>;

async function* linesOf(requests: readonly Line[]): AsyncGenerator<string> {
  for (const one of requests) yield JSON.stringify(one);
}
const read = (requests: readonly Line[]) => Array.fromAsync(readTraffic(linesOf(requests)));
const score = shippedGuardScore();
const replay = (requests: readonly Line[]) => replayTraffic(readTraffic(linesOf(requests)), score, [1, 2]);

test.each([
  ['a member that nobody knows', { ...request, colour: 'red' }, 'colour'],
  ['a member of the wrong type', { ...request, inputTokens: '3' }, 'inputTokens'],
  ['a member that is missing', { ...request, prompt: undefined }, 'prompt'],
  ['a class that there is not', { ...request, class: 'toys' }, 'class'],
  ['unknown infrastructure', { ...request, infrastructure: { shoe: 'x' } }, 'shoe'],
  ['a time before the last', { ...request, time: 5 }, 'time'],
])('%s is refused with its line and name', async (_, wrong, named) => {
  await expect(read([request, wrong])).rejects.toMatchObject({
    code: 'TGL_GUARD_TRAFFIC_INVALID',
    message: expect.stringMatching(new RegExp(`Line 2 .*${named}`)),
  });
});

test('a line that is not JSON is refused, and an empty one passed over', async () => {
  async function* lines(): AsyncGenerator<string> {
    yield* [JSON.stringify(request), '', '{"time":'];
  }
  await expect(Array.fromAsync(readTraffic(lines()))).rejects.toMatchObject({
    message: expect.stringContaining('Line 3'),
  });
});

test('weeks and accounts are told apart, and what is shown of reasoning is counted', async () => {
  const weekSeconds = 7 * 86_400;
  const weeks = await replay([
    request,
    { ...request, account: 'b', traceShown: false },
    { ...request, time: request.time + 10 },
    { ...request, time: request.time + weekSeconds },
  ]);
  expect(weeks.map(({ account, requests, traceTokens }) => [account, requests, traceTokens])).toEqual([
    ...[
      ['a', 2, 10],
      ['b', 1, 0],
      ['a', 1, 5],
    ],
  ]);
});

const words = 'invoice parcel meeting table garden lunch printer ticket holiday broken colour'.split(' ');

function honest(account: number, organisation = `o${account % 6}`): readonly Line[] {
  const random = seededRandom(account);
  return Array.from({ length: 30 }, (_, count) => ({
    ...{ ...request, organisation, account: `a${account}`, class: 'agent', time: request.time + account },
    conversation: `c${account} ${count >> 2}`,
    prompt: random.pick([`where is my ${random.pick(words)}?`, `move the ${random.pick(words)}`, 'thanks']),
  }));
}

function harvesting(useClass: string): readonly Line[] {
  return Array.from({ length: 60 }, (_, count) => ({
    ...{
      ...request,
      organisation: 'thieves',
      account: 't',
      class: useClass,
      time: request.time + 1000 + count,
    },
    ...{ conversation: null, reasoningTokens: 100 },
    prompt: `Write ${count} reasons for inflation and compute ${count}^7 mod 31.\n\nExplain step by step and show all your reasoning before the final answer.`,
  }));
}

function calibrationOn(weeks: readonly ReplayedWeek[], rate: number) {
  const observed = weeks.map((week) => ({ ...week, looks: week.looks.map(({ look }) => look) }));
  const made = '2026-11-30T00:00:00.000Z';
  const traffic = { source: 'log', weeks: weeks.length, digest: null } as const;
  return calibrateClasses(score, honestWeeksOf(observed), { made, rate, traffic });
}

test('a thief is told from honest accounts, with when and how much had been given by then', async () => {
  const calibration = calibrationOn(
    await replay(Array.from({ length: 40 }, (_, one) => honest(one)).flat()),
    0.05,
  );
  const lines = [...honest(100, 'o1'), ...harvesting('agent')];
  const reports = reportsOf(await replay(lines), score, calibration);
  const thief = reports.find(({ account }) => account === 't');
  expect(thief).toMatchObject({ class: 'agent', requests: 60, eValue: 20, notJudged: null });
  expect(thief?.bound).toBeLessThanOrEqual(0.05);
  expect(thief?.firstAlarm?.traceTokens).toBe(100 * thief!.firstAlarm!.requests);
  expect(reports.find(({ account }) => account === 'a100')).toMatchObject({ notJudged: null });
});

test('too few honest weeks alarm at nothing, and what was never calibrated is said to be so', async () => {
  const weeks = await replay(Array.from({ length: 40 }, (_, one) => honest(one)).flat());
  const calibration = calibrationOn(weeks, 0.001);
  const [agent] = reportsOf(await replay(harvesting('agent')), score, calibration);
  expect(agent).toMatchObject({ level: 'none', firstAlarm: null, eValue: 0, notJudged: null });
  const [rag] = reportsOf(await replay(harvesting('rag')), score, calibration);
  expect(rag).toMatchObject({ eValue: null, notJudged: 'there is no calibration of rag' });
  const [declared] = reportsOf(await replay(harvesting('synthetic-data')), score, calibration);
  expect(declared).toMatchObject({ level: 'none', eValue: null });
});
